// The record of a pass: arrays by name, local derivatives as sparse linear maps, and what is drawn
// while some groups are open and others closed. It multiplies and adds; it differentiates nothing.

/** @typedef {import("./types.js").Explained} Explained */
/** @typedef {import("./types.js").PassNode} PassNode */
/** @typedef {import("./types.js").PassEdge} PassEdge */
/** @typedef {import("./types.js").PassGroup} PassGroup */
/** @typedef {import("./types.js").Link} Link */
/** @typedef {import("./types.js").Unit} Unit */
/** @typedef {import("./types.js").Step} Step */
/** @typedef {import("./types.js").View} View */
/** @typedef {import("./types.js").Reached} Reached */
/** @typedef {import("./types.js").LocalMap} LocalMap */

const KINDS = {
  f64: Float64Array,
  f32: Float32Array,
  i64: BigInt64Array,
  i32: Int32Array,
  u8: Uint8Array,
};

/** @param {number[]} shape */
export const sizeOf = (shape) => shape.reduce((a, b) => a * b, 1);

/** @param {number[]} shape @param {number[]} index */
export const flat = (shape, index) => index.reduce((k, i, d) => k * shape[d] + i, 0);

/** @param {number[]} shape @param {number} k */
export function unflat(shape, k) {
  const index = new Array(shape.length);
  for (let d = shape.length - 1; d >= 0; d--) {
    index[d] = k % shape[d];
    k = Math.floor(k / shape[d]);
  }
  return index;
}

/** @param {number} n */
const range = (n) => Array.from({ length: n }, (_, k) => k);

/** All indices of a shape where some places are given. @param {number[]} shape
 * @param {(number | null)[]} fixed @returns {number[][]} */
function indices(shape, fixed) {
  /** @type {number[][]} */
  let out = [[]];
  shape.forEach((n, d) => {
    const at = fixed[d];
    const places = at === null || at === undefined ? range(n) : [at];
    out = out.flatMap((o) => places.map((k) => [...o, k]));
  });
  return out;
}

/** Where an element goes when x is broadcast to y. @param {number[]} index
 * @param {number[]} xs @param {number[]} ys */
function aligned(index, xs, ys) {
  const lead = ys.length - xs.length;
  return indices(
    ys,
    ys.map((n, d) => (d < lead || (xs[d - lead] === 1 && n !== 1) ? null : index[d - lead])),
  );
}

export class Store {
  /** @param {Explained} record */
  constructor(record) {
    if (record.schema !== "denpa.explanation" || record.version !== 1) {
      throw new Error("a record of another version");
    }
    this.record = record;
    this.nodes = record.nodes;
    this.batch = record.batch;
    /** @type {Map<string, { shape: number[], data: ArrayLike<number | bigint> }>} */
    this.cache = new Map();
    this.samples = record.batch?.samples ?? [];
    this.cut = record.batch !== null && this.samples.length < record.batch.size;
    for (const n of record.nodes) {
      n.full = n.shape;
      if (n.axis !== null && this.cut) {
        n.shape = n.shape.map((s, d) => (d === n.axis ? this.samples.length * n.per : s));
      }
    }
    this.byId = new Map(record.nodes.map((n) => [n.id, n]));
    this.edgeById = new Map(record.edges.map((e) => [e.id, e]));
    this.groupById = new Map(record.groups.map((g) => [g.id, g]));
    /** @type {Map<string, PassEdge[]>} */
    this.readers = new Map(record.nodes.map((n) => [n.id, []]));
    for (const e of record.edges) this.readers.get(e.from)?.push(e);
    this.loss = record.nodes[record.nodes.length - 1];
  }

  /** @param {string} id @returns {PassNode} */
  node(id) {
    const n = this.byId.get(id);
    if (!n) throw new Error(`no node ${id}`);
    return n;
  }

  /** @param {string} name */
  array(name) {
    let found = this.cache.get(name);
    if (!found) {
      const r = this.record.arrays[name];
      const bytes = Uint8Array.from(atob(r.data), (c) => c.charCodeAt(0));
      found = { shape: r.shape, data: new KINDS[r.dtype](bytes.buffer) };
      this.cache.set(name, found);
    }
    return found;
  }

  /** @param {string} name @param {number[]} index */
  at(name, index) {
    const a = this.array(name);
    return Number(a.data[flat(a.shape, index)]);
  }

  /** @param {PassNode} node @param {number[]} index */
  value(node, index) {
    return node.value === null ? NaN : this.at(node.value, index);
  }

  /** @param {PassNode} node @param {number[]} index */
  delta(node, index) {
    return node.delta === null ? NaN : this.at(node.delta, index);
  }

  /** The number of the example that a place on the batch's axis belongs to.
   * @param {PassNode} node @param {number} place */
  example(node, place) {
    return this.samples[Math.floor(place / node.per)];
  }

  /** An index as the whole batch counts it. @param {PassNode} node @param {number[]} index */
  counted(node, index) {
    if (node.axis === null || !this.cut) return index;
    return index.map((i, d) =>
      d === node.axis ? this.example(node, i) * node.per + (i % node.per) : i,
    );
  }

  /** The other way: where an index of the whole batch is stored; null where it is not.
   * @param {PassNode} node @param {number[]} index */
  stored(node, index) {
    if (node.axis === null || !this.cut) return index;
    const i = index[node.axis];
    const at = this.samples.indexOf(Math.floor(i / node.per));
    if (at < 0) return null;
    return index.map((k, d) => (d === node.axis ? at * node.per + (k % node.per) : k));
  }

  /** What one element of x reaches through an edge: which y, and ∂y/∂x.
   * @param {{ from: string, to: string, local: LocalMap | null }} edge @param {number[]} index
   * @returns {Reached[]} */
  reach(edge, index) {
    const m = edge.local;
    if (!m) return [];
    const ys = this.node(edge.to).shape;
    const xs = this.node(edge.from).shape;
    const last = index.length - 1;
    switch (m.kind) {
      case "linear.x": {
        const out = this.array(m.other).shape[0];
        return range(out).map((j) => ({
          index: [...index.slice(0, -1), j],
          partial: this.at(m.other, [j, index[last]]),
        }));
      }
      case "linear.w": {
        const lead = indices(ys.slice(0, -1), []);
        return lead.map((r) => ({
          index: [...r, index[0]],
          partial: this.at(m.other, [...r, index[1]]),
        }));
      }
      case "linear.b":
        return aligned(index, xs, ys).map((j) => ({ index: j, partial: 1 }));
      case "matmul.a":
      case "matmul.b":
        return this.products(m, index, xs, ys);
      case "reduce": {
        const out = index.flatMap((i, d) => (!m.dims.includes(d) ? [i] : m.keepdim ? [0] : []));
        const partial = m.partial === undefined ? Number(m.constant) : this.at(m.partial, index);
        return [{ index: out, partial }];
      }
      case "same":
        return [{ index: unflat(ys, flat(xs, index)), partial: 1 }];
      case "permute":
        return [{ index: m.dims.map((d) => index[d]), partial: 1 }];
      case "take": {
        const k = flat(xs, index);
        const { data } = this.array(m.index);
        const found = [];
        for (let j = 0; j < data.length; j++) {
          if (Number(data[j]) === k) found.push({ index: unflat(ys, j), partial: 1 });
        }
        return found;
      }
      case "put": {
        const j = this.at(m.index, index);
        return j < 0 ? [] : [{ index: unflat(ys, j), partial: 1 }];
      }
      case "running": {
        if (!index.length) return [{ index: [], partial: 1 }];
        const from = index[m.dim];
        return range(ys[m.dim] - from).map((k) => ({
          index: index.map((i, d) => (d === m.dim ? from + k : i)),
          partial: 1,
        }));
      }
      case "scalar":
        return [{ index: ys.map(() => 0), partial: this.at(m.partial, index) }];
      case "dense": {
        const k = flat(xs, index);
        const rows = range(sizeOf(ys)).map((j) => ({
          index: unflat(ys, j),
          partial: this.at(m.matrix, [j, k]),
        }));
        return rows.filter((r) => r.partial !== 0);
      }
      case "pointwise":
        return aligned(index, xs, ys).map((j) => ({
          index: j,
          partial: m.partial === undefined ? Number(m.constant) : this.at(m.partial, j),
        }));
      default:
        return [];
    }
  }

  /** y[r, i, k] = Σ_j a[r, i, j] b[r, j, k]. @param {any} m @param {number[]} index
   * @param {number[]} xs @param {number[]} ys @returns {Reached[]} */
  products(m, index, xs, ys) {
    const other = this.array(m.other).shape;
    const lead = aligned(index.slice(0, -2), xs.slice(0, -2), ys.slice(0, -2));
    const [p, q] = index.slice(-2);
    return lead.flatMap((r) => {
      const skip = r.length - (other.length - 2);
      const o = other.slice(0, -2).map((n, d) => (n === 1 ? 0 : r[d + skip]));
      return m.kind === "matmul.a"
        ? range(ys[ys.length - 1]).map((k) => ({
            index: [...r, p, k],
            partial: this.at(m.other, [...o, q, k]),
          }))
        : range(ys[ys.length - 2]).map((i) => ({
            index: [...r, i, q],
            partial: this.at(m.other, [...o, i, p]),
          }));
    });
  }

  /** The outermost group around a node that is closed; null where all are open.
   * @param {PassNode} node @param {Set<string>} open @returns {PassGroup | null} */
  closed(node, open) {
    let found = null;
    for (let g = node.group; g !== null; ) {
      const group = this.groupById.get(g);
      if (!group) break;
      if (!open.has(g)) found = group;
      g = group.parent;
    }
    return found;
  }

  /** What is drawn while some groups are open: units, links between them, steps in order.
   * @param {Set<string>} open @returns {View} */
  view(open) {
    /** @type {Map<string, PassGroup | null>} */
    const inside = new Map(this.nodes.map((n) => [n.id, this.closed(n, open)]));
    /** @param {string} id */
    const unitOf = (id) => inside.get(id)?.output ?? id;
    /** @type {Unit[]} */
    const units = [];
    for (const n of this.nodes) {
      const group = inside.get(n.id) ?? null;
      if (group ? n.id === group.output : !n.hidden) units.push({ id: n.id, node: n, group });
    }
    const shown = new Set(units.map((u) => u.id));
    /** @type {Map<string, Link>} */
    const links = new Map();
    for (const e of this.record.edges) {
      const [a, b] = [unitOf(e.from), unitOf(e.to)];
      if (a === b || !shown.has(a) || !shown.has(b)) continue;
      const into = inside.get(e.to) ?? null;
      const outOf = inside.get(e.from) ?? null;
      const id = into || outOf ? `${e.from}>${b}` : e.id;
      const known = links.get(id);
      if (known) {
        known.edges.push(e);
        known.sent = known.sent || e.message !== null;
      } else {
        links.set(id, {
          id,
          from: a,
          to: b,
          edges: [e],
          sent: e.message !== null,
          factor: into ? null : e.factor,
          group: into,
        });
      }
    }
    for (const l of links.values()) {
      if (l.group?.law && l.group.law.from === l.edges[0].from) l.factor = l.group.law.factor;
    }
    /** @type {Map<string, number>} */
    const waiting = new Map();
    for (const l of links.values()) {
      if (l.sent) waiting.set(l.from, (waiting.get(l.from) ?? 0) + 1);
    }
    return {
      units,
      links: [...links.values()],
      steps: this.steps(inside, [...links.values()], waiting),
      waiting,
      unitOf,
    };
  }

  /** The steps of a view: those inside a closed group are one. @param {Map<string, PassGroup | null>}
   * inside @param {Link[]} links @param {Map<string, number>} waiting @returns {Step[]} */
  steps(inside, links, waiting) {
    /** @type {Step[]} */
    const steps = [{ pass: "start", kind: "start", node: null, links: [], group: null }];
    /** @type {Map<string, Link[]>} */
    const into = new Map();
    for (const l of links) {
      if (l.sent) into.set(l.to, [...(into.get(l.to) ?? []), l]);
    }
    for (const s of this.record.steps) {
      const group = inside.get(s.node) ?? null;
      if (group && s.node !== group.output) continue;
      if (!group && this.node(s.node).hidden) continue;
      const sent = s.kind === "send" ? (into.get(s.node) ?? []) : [];
      if (s.kind === "send" && !sent.length) continue;
      if (s.kind === "sum" && (waiting.get(s.node) ?? 0) < 2) continue;
      const sum = s.kind === "sum" ? links.filter((l) => l.from === s.node && l.sent) : [];
      steps.push({ pass: s.pass, kind: s.kind, node: s.node, links: sent.length ? sent : sum, group });
    }
    steps.push({ pass: "end", kind: "end", node: null, links: [], group: null });
    return steps;
  }
}
