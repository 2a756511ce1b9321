// The record of a pass: its arrays by name, its nodes and edges, and which examples are stored.

/** @typedef {import("./types.js").Explained} Explained */
/** @typedef {import("./types.js").PassNode} PassNode */
/** @typedef {import("./types.js").PassEdge} PassEdge */
/** @typedef {import("./types.js").PassGroup} PassGroup */

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

/** Whether nothing was computed for a value: it is given. A box whose equations are left out has no
 * op, but it has inputs. @param {PassNode} n */
export const isGiven = (n) => n.op === null && !n.inputs.length;

export class Store {
  /** @param {Explained} record */
  constructor(record) {
    if (record.schema !== "denpa.explanation" || record.version !== 1) {
      throw new Error("a record of another version");
    }
    this.record = record;
    this.batch = record.batch;
    /** @type {Map<string, { shape: number[], data: ArrayLike<number | bigint> }>} */
    this.cache = new Map();
    this.samples = record.batch?.samples ?? [];
    this.cut = record.batch !== null && this.samples.length < record.batch.size;
    /** @param {PassNode} n */
    const kept = (n) =>
      n.shape.map((s, d) => (d === n.axis && this.cut ? this.samples.length * n.per : s));
    /** @type {PassNode[]} */
    this.nodes = record.nodes.map((n) => ({ ...n, full: n.shape, shape: kept(n) }));
    this.byId = new Map(this.nodes.map((n) => [n.id, n]));
    this.edgeById = new Map(record.edges.map((e) => [e.id, e]));
    this.groupById = new Map(record.groups.map((g) => [g.id, g]));
    /** @type {Map<string, PassEdge[]>} */
    this.readers = new Map(record.nodes.map((n) => [n.id, []]));
    for (const e of record.edges) this.readers.get(e.from)?.push(e);
    /** @type {PassNode} */
    this.loss = this.nodes[this.nodes.length - 1];
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
    if (node.value !== null) return this.at(node.value, index);
    return sizeOf(node.shape) === 1 ? Number(node.stats?.min ?? NaN) : NaN;
  }

  /** @param {PassNode} node @param {number[]} index */
  delta(node, index) {
    if (node.delta !== null) return this.at(node.delta, index);
    return sizeOf(node.shape) === 1 ? Number(node.dstats?.min ?? NaN) : NaN;
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
}
