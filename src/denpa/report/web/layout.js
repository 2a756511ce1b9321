// A layered layout: layers by longest path, long edges through dummies, order by barycentres,
// positions by exact isotonic regression, so that nothing overlaps. Equal inputs, equal pictures.
// `main` is the axis along which values flow, `cross` the other one.

function pool(desired, weight, apart) {
  const offset = [0];
  for (let i = 1; i < desired.length; i++) offset.push(offset[i - 1] + apart[i - 1]);
  const blocks = [];
  desired.forEach((d, i) => {
    blocks.push({ sum: (d - offset[i]) * weight[i], w: weight[i], n: 1 });
    while (blocks.length > 1) {
      const b = blocks[blocks.length - 1];
      const a = blocks[blocks.length - 2];
      if (a.sum / a.w <= b.sum / b.w) break;
      blocks.splice(-2, 2, { sum: a.sum + b.sum, w: a.w + b.w, n: a.n + b.n });
    }
  });
  const out = [];
  for (const b of blocks) for (let k = 0; k < b.n; k++) out.push(b.sum / b.w + offset[out.length]);
  return out;
}

/** How many wires between two neighbouring layers cross: inversions, counted in a Fenwick tree.
 * @param {any[]} above @param {any[]} below */
function crossed(above, below) {
  const place = new Map(above.map((n, k) => [n, k]));
  const tree = new Int32Array(above.length + 1);
  let count = 0;
  let seen = 0;
  for (const n of below) {
    const ends = n.up.map((/** @type {any} */ u) => place.get(u));
    for (const k of ends) {
      let before = 0;
      for (let i = k + 1; i > 0; i -= i & -i) before += tree[i];
      count += seen - before;
    }
    for (const k of ends) {
      for (let i = k + 1; i <= above.length; i += i & -i) tree[i]++;
      seen++;
    }
  }
  return count;
}

/** Where boxes stand, and through which lanes long wires run.
 * @param {any[]} boxes in the order of computation: id, main, cross, leaf, spine, parameter
 * @param {any[]} links id, from, to
 * @param {{ gap: number, sep: number, room?: number }} space
 */
export function layered(boxes, links, { gap, sep, room = Infinity }) {
  const byId = new Map(boxes.map((b) => [b.id, b]));
  const ins = new Map(boxes.map((b) => [b.id, []]));
  const outs = new Map(boxes.map((b) => [b.id, []]));
  for (const l of links) {
    ins.get(l.to).push(l.from);
    outs.get(l.from).push(l.to);
  }
  const rank = new Map();
  for (const b of boxes) // boxes come in the order of computation
    {
    let r = 0;
    for (const x of ins.get(b.id)) r = Math.max(r, rank.get(x) + 1);
    rank.set(b.id, r);
  }
  for (const b of boxes)
    if (b.leaf && outs.get(b.id).length) rank.set(b.id, Math.min(...outs.get(b.id).map((x) => rank.get(x))) - 1);
  let lowest = Infinity;
  for (const r of rank.values()) lowest = Math.min(lowest, r);
  let layers = [];
  for (const b of boxes) (layers[rank.get(b.id) - lowest] ??= []).push(b);
  layers = layers.flatMap((layer) => { // too wide: the parameters get a layer of their own
    const width = (xs) => xs.reduce((w, b) => w + b.cross + sep, -sep);
    if (width(layer) <= room || layer.length === 1) return [layer];
    const rest = layer.filter((b) => !b.parameter);
    const rows = rest.length ? [rest] : [];
    for (const b of layer.filter((x) => x.parameter)) {
      const row = rows[rows.length - 1];
      if (row && row !== rest && width([...row, b]) + 14 + sep <= room) row.push(b);
      else rows.push([b]);
    }
    return rows;
  });
  layers.forEach((layer, r) => layer.forEach((b) => rank.set(b.id, r)));

  const nodes = layers.map((layer) => layer.map((b) => ({ ...b, up: [], down: [] })));
  const at = new Map(nodes.flat().map((n) => [n.id, n]));
  const routes = new Map();
  for (const l of links) {
    let last = at.get(l.from);
    const route = [];
    for (let r = rank.get(l.from) + 1; r < rank.get(l.to); r++) {
      const d = { id: `${l.id}@${r}`, main: 0, cross: 14, dummy: true, layer: r, up: [], down: [] };
      nodes[r].push(d);
      route.push(d);
      last.down.push(d);
      d.up.push(last);
      last = d;
    }
    last.down.push(at.get(l.to));
    at.get(l.to).up.push(last);
    routes.set(l.id, route);
  }

  const crossings = () => {
    let count = 0;
    for (let r = 1; r < nodes.length; r++) count += crossed(nodes[r - 1], nodes[r]);
    return count;
  };
  const sweep = (layer, side, beside) => {
    const place = new Map([layer, beside].flatMap((xs) => xs.map((n, k) => [n, (k + 0.5) / xs.length])));
    const mean = (n) => (n[side].length ? n[side].reduce((s, m) => s + place.get(m), 0) / n[side].length : place.get(n));
    const keys = new Map(layer.map((n) => [n, mean(n)]));
    layer.sort((a, b) => keys.get(a) - keys.get(b));
  };
  let best = { count: crossings(), order: nodes.map((l) => [...l]) };
  const patience = nodes.flat().length > 3000 ? 4 : 12;
  for (let k = 0; k < patience && best.count; k++) {
    if (k % 2) for (let r = nodes.length - 2; r >= 0; r--) sweep(nodes[r], "down", nodes[r + 1]);
    else for (let r = 1; r < nodes.length; r++) sweep(nodes[r], "up", nodes[r - 1]);
    const count = crossings();
    if (count < best.count) best = { count, order: nodes.map((l) => [...l]) };
  }
  best.order.forEach((layer, r) => (nodes[r] = layer));

  for (const layer of nodes) {
    let c = 0;
    for (const n of layer) {
      n.c = c + n.cross / 2;
      c += n.cross + sep;
    }
    for (const n of layer) n.c -= (c - sep) / 2;
  }
  const relax = (layer, sides) => {
    const weight = [];
    const wish = layer.map((n) => {
      let sum = 0;
      let total = 0;
      for (const side of sides)
        for (const m of n[side]) {
          const w = n.dummy && m.dummy ? 8 : n.spine && m.spine ? 30 : n.dummy || m.dummy ? 2 : 0.5;
          sum += w * m.c;
          total += w;
        }
      weight.push(total || 0.01);
      return total ? sum / total : n.c;
    });
    const apart = layer.slice(1).map((n, i) => (n.cross + layer[i].cross) / 2 + sep);
    pool(wish, weight, apart).forEach((c, i) => (layer[i].c = c));
  };
  const rounds = nodes.flat().length > 3000 ? 6 : 16;
  for (let k = 0; k < rounds; k++) {
    for (let r = 1; r < nodes.length; r++) relax(nodes[r], k < rounds - 4 ? ["up"] : ["up", "down"]);
    for (let r = nodes.length - 2; r >= 0; r--) relax(nodes[r], k < rounds - 4 ? ["down"] : ["up", "down"]);
  }

  for (const route of routes.values()) // a wire along the edge of the picture runs straight
    for (const [first, pick] of [[true, Math.min], [false, Math.max]]) {
      const outer = route.every((d) => nodes[d.layer].at(first ? 0 : -1) === d);
      if (!outer || !route.length) continue;
      const c = pick(...route.map((d) => d.c));
      for (const d of route) d.c = c;
      break;
    }

  const gaps = nodes.map(() => gap); // wide enough for what is written on the wires
  for (const l of links) {
    const k = l.late ? rank.get(l.to) - 1 : rank.get(l.from);
    gaps[k] = Math.max(gaps[k], l.need ?? 0);
  }
  let m = 0;
  let k = 0;
  for (const layer of nodes) {
    const deep = Math.max(...layer.map((n) => n.main));
    for (const n of layer) Object.assign(n, { m: m + deep / 2, start: m, end: m + deep });
    m += deep + gaps[k];
    k += 1;
  }
  const all = nodes.flat();
  if (room < Infinity) { // narrow: every layer stays inside the page, around the widest
    const span = (l) => [l[0].c - l[0].cross / 2, l[l.length - 1].c + l[l.length - 1].cross / 2];
    const spans = nodes.map(span);
    const [a, b] = spans.reduce((w, s) => (s[1] - s[0] > w[1] - w[0] ? s : w));
    const half = Math.max(room, b - a) / 2;
    const middle = spans.reduce((s, [p, q]) => s + (p + q) / 2, 0) / spans.length;
    const centre = Math.max(b - half, Math.min(a + half, middle));
    nodes.forEach((layer, i) => {
      const by = Math.max(0, centre - half - spans[i][0]) - Math.max(0, spans[i][1] - centre - half);
      for (const n of layer) n.c += by;
    });
  }
  let [low, high] = [Infinity, -Infinity];
  for (const n of all) {
    low = Math.min(low, n.c - n.cross / 2);
    high = Math.max(high, n.c + n.cross / 2);
  }
  for (const n of all) n.c -= low;
  return {
    main: m - gaps[k - 1], cross: high - low, at,
    routes: new Map([...routes].map(([id, r]) => [id, r.map((d) => ({ start: d.start, end: d.end, c: d.c }))])),
  };
}
