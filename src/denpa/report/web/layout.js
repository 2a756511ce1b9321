// A layered layout: layers by longest path, long wires through lanes of their own, order by
// barycentres, positions by exact isotonic regression, so that nothing overlaps. Equal inputs give
// equal pictures. `main` is the axis along which values flow, `cross` the other one.

/** @typedef {import("./types.js").Box} Box */
/** @typedef {import("./types.js").Wire} Wire */
/** @typedef {import("./types.js").Lane} Lane */
/** @typedef {import("./types.js").Place} Place */
/** @typedef {{ gap: number, sep: number, room?: number }} Space */

/** A box or one lane of a wire, in its layer. `ups` and `downs` are its neighbours, each with where
 * the wire ends on either side, counted from the middle.
 * @typedef {{ box: Box | null, main: number, cross: number, spine: boolean, layer: number,
 *   ups: Tie[], downs: Tie[], place: number, c: number, m: number, start: number, end: number
 * }} Spot */
/** @typedef {{ spot: Spot, mine: number, theirs: number }} Tie */

const LANE = 14;
/** With more spots than this, fewer rounds of improvement. */
const MANY = 3000;

/** The closest positions to some wishes that keep their distances and order.
 * @param {number[]} wishes @param {number[]} weight @param {number[]} apart */
function pool(wishes, weight, apart) {
  const offset = [0];
  for (let i = 1; i < wishes.length; i++) offset.push(offset[i - 1] + apart[i - 1]);
  /** @type {{ sum: number, w: number, n: number }[]} */
  const blocks = [];
  wishes.forEach((wish, i) => {
    blocks.push({ sum: (wish - offset[i]) * weight[i], w: weight[i], n: 1 });
    while (blocks.length > 1) {
      const b = blocks[blocks.length - 1];
      const a = blocks[blocks.length - 2];
      if (a.sum / a.w <= b.sum / b.w) break;
      blocks.splice(-2, 2, { sum: a.sum + b.sum, w: a.w + b.w, n: a.n + b.n });
    }
  });
  /** @type {number[]} */
  const out = [];
  for (const b of blocks) {
    for (let k = 0; k < b.n; k++) out.push(b.sum / b.w + offset[out.length]);
  }
  return out;
}

/** The layer of each box: after all that it reads. What reads nothing stands beside its reader.
 * @param {Box[]} boxes @param {Wire[]} wires */
function ranks(boxes, wires) {
  /** @type {Map<string, string[]>} */
  const ins = new Map(boxes.map((b) => [b.id, []]));
  /** @type {Map<string, string[]>} */
  const outs = new Map(boxes.map((b) => [b.id, []]));
  for (const l of wires) {
    ins.get(l.to)?.push(l.from);
    outs.get(l.from)?.push(l.to);
  }
  /** @type {Map<string, number>} */
  const rank = new Map();
  const missing = new Map(boxes.map((b) => [b.id, ins.get(b.id)?.length ?? 0]));
  const ready = boxes.filter((b) => !missing.get(b.id)).map((b) => b.id);
  for (const b of boxes) if (!missing.get(b.id)) rank.set(b.id, 0);
  for (let k = 0; k < ready.length; k++) {
    const r = rank.get(ready[k]) ?? 0;
    for (const to of outs.get(ready[k]) ?? []) {
      rank.set(to, Math.max(rank.get(to) ?? 0, r + 1));
      const left = (missing.get(to) ?? 0) - 1;
      missing.set(to, left);
      if (!left) ready.push(to);
    }
  }
  if (ready.length < boxes.length) throw new Error("the picture has a cycle");
  for (const b of boxes) {
    const readers = outs.get(b.id) ?? [];
    if (!b.leaf || !readers.length) continue;
    let first = Infinity;
    for (const x of readers) first = Math.min(first, rank.get(x) ?? 0);
    rank.set(b.id, first - 1);
  }
  let [low, high] = [Infinity, -Infinity];
  for (const b of boxes) {
    if (b.end) continue;
    low = Math.min(low, rank.get(b.id) ?? 0);
    high = Math.max(high, rank.get(b.id) ?? 0);
  }
  for (const b of boxes) {
    // where wires come in, or leave: the first layer, the last one
    if (b.end === "first") rank.set(b.id, low - 1);
    if (b.end === "last") rank.set(b.id, high + 1);
  }
  return rank;
}

/** Boxes by layer; a layer that is too wide for the page gives its parameters layers of their own.
 * @param {Box[]} boxes @param {Map<string, number>} rank @param {number} sep @param {number} room */
function layersOf(boxes, rank, sep, room) {
  let low = Infinity;
  for (const r of rank.values()) low = Math.min(low, r);
  /** @type {Box[][]} */
  const layers = [];
  for (const b of boxes) {
    const r = (rank.get(b.id) ?? 0) - low;
    if (!layers[r]) layers[r] = [];
    layers[r].push(b);
  }
  /** @param {Box[]} xs */
  const width = (xs) => xs.reduce((w, b) => w + b.cross + sep, -sep);
  return layers.filter(Boolean).flatMap((layer) => {
    if (width(layer) <= room || layer.length === 1) return [layer];
    const rest = layer.filter((b) => !b.parameter);
    const rows = rest.length ? [rest] : [];
    for (const b of layer.filter((x) => x.parameter)) {
      const row = rows[rows.length - 1];
      if (row && row !== rest && width([...row, b]) + LANE + sep <= room) row.push(b);
      else rows.push([b]);
    }
    return rows;
  });
}

/** How many wires between two neighbouring layers cross: inversions, counted in a Fenwick tree.
 * @param {Spot[]} above @param {Spot[]} below */
function crossed(above, below) {
  above.forEach((n, k) => {
    n.place = k;
  });
  const tree = new Int32Array(above.length + 1);
  let count = 0;
  let seen = 0;
  for (const n of below) {
    for (const t of n.ups) {
      let before = 0;
      for (let i = t.spot.place + 1; i > 0; i -= i & -i) before += tree[i];
      count += seen - before;
    }
    for (const t of n.ups) {
      for (let i = t.spot.place + 1; i <= above.length; i += i & -i) tree[i]++;
      seen++;
    }
  }
  return count;
}

/** @param {Spot[][]} layers */
function crossings(layers) {
  let count = 0;
  for (let r = 1; r < layers.length; r++) count += crossed(layers[r - 1], layers[r]);
  return count;
}

/** Order a layer by where its neighbours on one side stand.
 * @param {Spot[]} layer @param {"ups" | "downs"} side @param {Spot[]} beside */
function sweep(layer, side, beside) {
  for (const xs of [layer, beside]) {
    xs.forEach((n, k) => {
      n.place = (k + 0.5) / xs.length;
    });
  }
  const keys = new Map(
    layer.map((n) => {
      const ties = n[side];
      if (!ties.length) return [n, n.place];
      let sum = 0;
      for (const t of ties) {
        const share = t.spot.cross ? t.theirs / t.spot.cross : 0;
        sum += t.spot.place + (0.8 * share) / beside.length;
      }
      return [n, sum / ties.length];
    }),
  );
  layer.sort((a, b) => (keys.get(a) ?? 0) - (keys.get(b) ?? 0));
}

/** @param {Spot[][]} layers */
function ordered(layers) {
  let count = 0;
  for (const l of layers) count += l.length;
  const patience = count > MANY ? 4 : 12;
  let best = { count: crossings(layers), order: layers.map((l) => [...l]) };
  for (let k = 0; k < patience && best.count; k++) {
    if (k % 2) {
      for (let r = layers.length - 2; r >= 0; r--) sweep(layers[r], "downs", layers[r + 1]);
    } else {
      for (let r = 1; r < layers.length; r++) sweep(layers[r], "ups", layers[r - 1]);
    }
    const found = crossings(layers);
    if (found < best.count) best = { count: found, order: layers.map((l) => [...l]) };
  }
  return best.order;
}

/** How strongly two neighbours want to stand in line. @param {Spot} n @param {Spot} m */
function pull(n, m) {
  if (!n.box && !m.box) return 8;
  if (n.spine && m.spine) return 30;
  return n.box && m.box ? 0.5 : 2;
}

/** Move a layer as near to its neighbours as it can come.
 * @param {Spot[]} layer @param {("ups" | "downs")[]} sides @param {number} sep */
function relax(layer, sides, sep) {
  /** @type {number[]} */
  const weight = [];
  const wish = layer.map((n) => {
    let sum = 0;
    let total = 0;
    for (const side of sides) {
      for (const t of n[side]) {
        const w = pull(n, t.spot);
        sum += w * (t.spot.c + t.theirs - t.mine);
        total += w;
      }
    }
    weight.push(total || 0.01);
    return total ? sum / total : n.c;
  });
  const apart = layer.slice(1).map((n, i) => (n.cross + layer[i].cross) / 2 + sep);
  pool(wish, weight, apart).forEach((c, i) => {
    layer[i].c = c;
  });
}

/** @param {Spot[][]} layers @param {number} sep */
function positioned(layers, sep) {
  let count = 0;
  for (const layer of layers) {
    let c = 0;
    for (const n of layer) {
      n.c = c + n.cross / 2;
      c += n.cross + sep;
    }
    for (const n of layer) n.c -= (c - sep) / 2;
    count += layer.length;
  }
  const rounds = count > MANY ? 6 : 16;
  for (let k = 0; k < rounds; k++) {
    const both = k >= rounds - 4;
    for (let r = 1; r < layers.length; r++)
      relax(layers[r], both ? ["ups", "downs"] : ["ups"], sep);
    for (let r = layers.length - 2; r >= 0; r--) {
      relax(layers[r], both ? ["ups", "downs"] : ["downs"], sep);
    }
  }
}

/** A wire along the edge of the picture runs straight.
 * @param {Spot[][]} layers @param {Iterable<Spot[]>} routes */
function straighten(layers, routes) {
  for (const route of routes) {
    if (!route.length) continue;
    for (const first of [true, false]) {
      const at = first ? 0 : -1;
      if (!route.every((d) => layers[d.layer].at(at) === d)) continue;
      const all = route.map((d) => d.c);
      const c = first ? Math.min(...all) : Math.max(...all);
      for (const d of route) d.c = c;
      break;
    }
  }
}

/** On a narrow page every layer stays inside it, around the widest.
 * @param {Spot[][]} layers @param {number} room */
function squeeze(layers, room) {
  const spans = layers.map((l) => {
    const last = l[l.length - 1];
    return [l[0].c - l[0].cross / 2, last.c + last.cross / 2];
  });
  const [a, b] = spans.reduce((w, s) => (s[1] - s[0] > w[1] - w[0] ? s : w));
  const half = Math.max(room, b - a) / 2;
  const middle = spans.reduce((s, [p, q]) => s + (p + q) / 2, 0) / spans.length;
  const centre = Math.max(b - half, Math.min(a + half, middle));
  layers.forEach((layer, i) => {
    const over = Math.max(0, spans[i][1] - centre - half);
    const by = Math.max(0, centre - half - spans[i][0]) - over;
    for (const n of layer) n.c += by;
  });
}

/** @param {Box | null} box @param {number} layer @returns {Spot} */
const spotOf = (box, layer) => ({
  box,
  main: box?.main ?? 0,
  cross: box?.cross ?? LANE,
  spine: box?.spine ?? false,
  layer,
  ups: [],
  downs: [],
  place: 0,
  c: 0,
  m: 0,
  start: 0,
  end: 0,
});

/** Where boxes stand, and through which lanes long wires run. Boxes come in the order of
 * computation. @param {Box[]} boxes @param {Wire[]} wires @param {Space} space
 * @returns {{ main: number, cross: number, at: Map<string, Place>, routes: Map<string, Lane[]>,
 *   layers: number }} */
export function layered(boxes, wires, { gap, sep, room = Infinity }) {
  const empty = { main: 0, cross: 0, at: new Map(), routes: new Map(), layers: 0 };
  if (!boxes.length) return empty;
  const given = layersOf(boxes, ranks(boxes, wires), sep, room);
  let layers = given.map((layer, r) => layer.map((b) => spotOf(b, r)));
  /** @type {Map<string, Spot>} */
  const spots = new Map(layers.flat().map((n) => [n.box?.id ?? "", n]));
  /** @param {string} id */
  const spot = (id) => /** @type {Spot} */ (spots.get(id));
  /** @type {Map<string, Spot[]>} */
  const routes = new Map();
  for (const l of wires) {
    const [from, to] = [spot(l.from), spot(l.to)];
    let [last, mine] = [from, l.a ?? 0];
    const route = [];
    for (let r = from.layer + 1; r < to.layer; r++) {
      const d = spotOf(null, r);
      layers[r].push(d);
      route.push(d);
      last.downs.push({ spot: d, mine, theirs: 0 });
      d.ups.push({ spot: last, mine: 0, theirs: mine });
      [last, mine] = [d, 0];
    }
    last.downs.push({ spot: to, mine, theirs: l.b ?? 0 });
    to.ups.push({ spot: last, mine: l.b ?? 0, theirs: mine });
    routes.set(l.id, route);
  }
  layers = ordered(layers);
  positioned(layers, sep);
  straighten(layers, routes.values());

  const gaps = layers.map(() => gap); // wide enough for what is written on the wires
  for (const l of wires) {
    const k = l.late ? spot(l.to).layer - 1 : spot(l.from).layer;
    gaps[k] = Math.max(gaps[k], l.need ?? 0);
  }
  let main = 0;
  layers.forEach((layer, k) => {
    let deep = 0;
    for (const n of layer) deep = Math.max(deep, n.main);
    for (const n of layer) Object.assign(n, { m: main + deep / 2, start: main, end: main + deep });
    main += deep + (k < layers.length - 1 ? gaps[k] : 0);
  });
  if (room < Infinity) squeeze(layers, room);
  let [low, high] = [Infinity, -Infinity];
  for (const layer of layers) {
    low = Math.min(low, layer[0].c - layer[0].cross / 2);
    high = Math.max(high, layer[layer.length - 1].c + layer[layer.length - 1].cross / 2);
  }
  /** @type {Map<string, Place>} */
  const at = new Map();
  for (const n of layers.flat()) {
    n.c -= low;
    if (n.box) at.set(n.box.id, { c: n.c, m: n.m, start: n.start, end: n.end });
  }
  const lanes = [...routes].map(
    ([id, r]) =>
      /** @type {[string, Lane[]]} */ ([
        id,
        r.map((d) => ({ start: d.start, end: d.end, c: d.c })),
      ]),
  );
  return { main, cross: high - low, at, routes: new Map(lanes), layers: layers.length };
}
