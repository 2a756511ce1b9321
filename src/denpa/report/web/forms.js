// Which part of a tensor is looked at, and as what it is drawn.

import { flat, sizeOf, unflat } from "./store.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./types.js").Form} Form */
/** @typedef {import("./types.js").Part} Part */
/** @typedef {import("./types.js").PassNode} PassNode */
/** @typedef {"value" | "delta"} Which */

/** A vector of so many elements is written in numbers. */
const WRITTEN = 12;
/** A matrix with sides up to this, too. */
const SIDE = 8;
/** More elements in a row of bars than this become a heat map. */
const BARS = 100;
/** How wide a picture is about, in pixels. */
const WIDE = 168;

/** The part of a tensor that is looked at: one example of the batch (its place among those that are
 * stored), or all of it; null where its numbers are not stored.
 * @param {Store} store @param {PassNode} node @param {Which} which @param {number | null} example
 * @returns {Part | null} */
export function part(store, node, which, example) {
  const name = which === "value" ? node.value : node.delta;
  if (name === null) return null;
  const a = store.array(name);
  const given = a.data;
  if (node.axis === null || example === null) {
    const data = new Float64Array(given.length);
    for (let k = 0; k < given.length; k++) data[k] = Number(given[k]);
    return {
      shape: a.shape,
      data,
      index: (k) => unflat(a.shape, k),
      find: (index) => flat(a.shape, index),
    };
  }
  const { axis, per } = node;
  const shape = a.shape.map((n, d) => (d === axis ? per : n));
  const outer = sizeOf(a.shape.slice(0, axis));
  const inner = sizeOf(a.shape.slice(axis + 1));
  const data = new Float64Array(sizeOf(shape));
  for (let o = 0; o < outer; o++) {
    const from = (o * a.shape[axis] + example * per) * inner;
    for (let k = 0; k < per * inner; k++) data[o * per * inner + k] = Number(given[from + k]);
  }
  const first = example * per;
  return {
    shape: per === 1 ? shape.filter((_, d) => d !== axis) : shape,
    data,
    index: (k) => unflat(shape, k).map((i, d) => (d === axis ? i + first : i)),
    find: (index) => {
      const i = index[axis] - first;
      return i < 0 || i >= per
        ? null
        : flat(
            shape,
            index.map((x, d) => (d === axis ? i : x)),
          );
    },
  };
}

/** The side of a cell, so that a picture of so many cells is neither tiny nor too wide.
 * @param {number} cells @param {number} most */
export const side = (cells, most) => Math.max(1, Math.min(most, Math.floor(WIDE / cells)));

/** @param {string} kind @param {Partial<Form>} more @returns {Form} */
const made = (kind, more) => ({
  kind,
  rows: 1,
  cols: 1,
  height: 1,
  width: 1,
  columns: 1,
  tiles: 1,
  labels: null,
  ...more,
});

/** So many tiles in a row, of at most so many or four, that all rows are about as long.
 * @param {number} tiles @param {number} most */
function even(tiles, most) {
  const rows = Math.ceil(tiles / Math.max(4, Math.floor(most)));
  return Math.max(1, Math.ceil(tiles / rows));
}

/** How a part is drawn. @param {PassNode} node @param {Part} p @param {Which} [which]
 * @returns {Form} */
export function formOf(node, p, which = "value") {
  const dims = p.shape.length;
  const last = p.shape[dims - 1] ?? 1;
  const [rows, cols] = dims < 2 ? [p.shape[0] ?? 1, 1] : [sizeOf(p.shape) / (last || 1), last];
  const size = p.data.length;
  const show = node.show;
  if (show?.kind === "image" || show?.kind === "tiles") {
    const { height, width } = show;
    const tiles = size / (height * width);
    if (tiles === 1) return made("image", { height, width });
    if (Number.isInteger(tiles)) {
      const columns = Math.min(show.columns ?? even(tiles, 300 / (width + 1)), tiles);
      return made("tiles", { height, width, columns, tiles });
    }
  }
  if (dims >= 3 && last > 1 && rows > SIDE) {
    // stacks of pictures: feature maps, kernels
    const height = p.shape[dims - 2];
    const tiles = size / (height * last);
    const columns = even(tiles, WIDE / (last + 1));
    return made("tiles", { height, width: last, columns, tiles });
  }
  if (cols === 1 && rows <= (node.role === "parameter" ? SIDE : WRITTEN)) {
    const numbered = rows > SIDE ? Array.from({ length: rows }, (_, k) => k) : null;
    const labels = which === "value" ? (show?.labels ?? numbered) : null;
    return made("numbers", { rows, labels: labels?.length === rows ? labels : null });
  }
  if (node.role === "target" && cols === 1) {
    return made("numbers", { rows: Math.ceil(rows / 10), cols: 10 });
  }
  if (rows <= SIDE && cols <= SIDE) return made("numbers", { rows, cols });
  if (cols === 1 && rows <= BARS) {
    return node.role === "parameter" ? made("heat", { cols: rows }) : made("bars", { rows });
  }
  if (cols === 1) {
    // a long vector in lines
    const wide = Math.min(rows, Math.ceil(Math.sqrt(rows) * 2));
    return made("heat", { rows: Math.ceil(rows / wide), cols: wide });
  }
  return made("heat", { rows, cols });
}
