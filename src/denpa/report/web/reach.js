// A local derivative as a sparse linear map: what one element of x reaches, and how much of it
// arrives there. Everything that this page adds up goes through here.

import { flat, sizeOf, unflat } from "./store.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./types.js").LocalMap} LocalMap */
/** @typedef {import("./types.js").Reached} Reached */

/** @param {number} n */
export const range = (n) => Array.from({ length: n }, (_, k) => k);

/** All indices of a shape where some places are given. @param {number[]} shape
 * @param {(number | null)[]} fixed @returns {number[][]} */
export function indices(shape, fixed) {
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

/** Who reads each element, for an index that tells of each reader what it reads.
 * @type {WeakMap<object, Map<number, number[]>>} */
const inverses = new WeakMap();

/** @param {{ data: ArrayLike<number | bigint> }} array */
function inverse(array) {
  let found = inverses.get(array);
  if (!found) {
    found = new Map();
    for (let j = 0; j < array.data.length; j++) {
      const k = Number(array.data[j]);
      const known = found.get(k);
      if (known) known.push(j);
      else found.set(k, [j]);
    }
    inverses.set(array, found);
  }
  return found;
}

/** y[r, i, k] = Σ_j a[r, i, j] b[r, j, k]. @param {Store} store @param {LocalMap} m
 * @param {string} name of the other matrix @param {number[]} index @param {number[]} xs
 * @param {number[]} ys @returns {Reached[]} */
function products(store, m, name, index, xs, ys) {
  const other = store.array(name).shape;
  const lead = aligned(index.slice(0, -2), xs.slice(0, -2), ys.slice(0, -2));
  const [p, q] = index.slice(-2);
  return lead.flatMap((r) => {
    const skip = r.length - (other.length - 2);
    const o = other.slice(0, -2).map((n, d) => (n === 1 ? 0 : r[d + skip]));
    return m.kind === "matmul.a"
      ? range(ys[ys.length - 1]).map((k) => ({
          index: [...r, p, k],
          partial: store.at(name, [...o, q, k]),
        }))
      : range(ys[ys.length - 2]).map((i) => ({
          index: [...r, i, q],
          partial: store.at(name, [...o, i, p]),
        }));
  });
}

/** The elements of y that one element of x reaches, and ∂y/∂x of each. Nothing for a map that is
 * not stored. @param {Store} store
 * @param {{ from: string, to: string, local: LocalMap | null }} edge @param {number[]} index
 * @returns {Reached[]} */
export function reach(store, edge, index) {
  const m = edge.local;
  if (!m) return [];
  const ys = store.node(edge.to).shape;
  const xs = store.node(edge.from).shape;
  const last = index.length - 1;
  const other = m.other ?? "";
  const dims = m.dims ?? [];
  /** @param {number[]} at */
  const partial = (at) => (m.partial === undefined ? Number(m.constant) : store.at(m.partial, at));
  switch (m.kind) {
    case "linear.x":
      return range(store.array(other).shape[0]).map((j) => ({
        index: [...index.slice(0, -1), j],
        partial: store.at(other, [j, index[last]]),
      }));
    case "linear.w":
      return indices(ys.slice(0, -1), []).map((r) => ({
        index: [...r, index[0]],
        partial: store.at(other, [...r, index[1]]),
      }));
    case "linear.b":
      return aligned(index, xs, ys).map((j) => ({ index: j, partial: 1 }));
    case "matmul.a":
    case "matmul.b":
      return products(store, m, other, index, xs, ys);
    case "reduce": {
      const out = index.flatMap((i, d) => (!dims.includes(d) ? [i] : m.keepdim ? [0] : []));
      return [{ index: out, partial: partial(index) }];
    }
    case "same":
      return [{ index: unflat(ys, flat(xs, index)), partial: 1 }];
    case "permute":
      return [{ index: dims.map((d) => index[d]), partial: 1 }];
    case "take": {
      const found = inverse(store.array(m.index ?? "")).get(flat(xs, index)) ?? [];
      return found.map((j) => ({ index: unflat(ys, j), partial: 1 }));
    }
    case "put": {
      const j = store.at(m.index ?? "", index);
      return j < 0 ? [] : [{ index: unflat(ys, j), partial: 1 }];
    }
    case "running": {
      if (!index.length) return [{ index: [], partial: 1 }];
      const along = m.dim ?? 0;
      return range(ys[along] - index[along]).map((k) => ({
        index: index.map((i, d) => (d === along ? i + k : i)),
        partial: 1,
      }));
    }
    case "scalar":
      return [{ index: ys.map(() => 0), partial: store.at(m.partial ?? "", index) }];
    case "dense": {
      const k = flat(xs, index);
      const rows = range(sizeOf(ys)).map((j) => ({
        index: unflat(ys, j),
        partial: store.at(m.matrix ?? "", [j, k]),
      }));
      return rows.filter((r) => r.partial !== 0);
    }
    case "pointwise":
      return aligned(index, xs, ys).map((j) => ({ index: j, partial: partial(j) }));
    default:
      return [];
  }
}

/** Whether a message goes this way that the page has no terms for. @param {LocalMap | null} m */
export const isFar = (m) => m?.kind === "far";
