// One tensor as numbers, bars, a heat map, an image or tiles. Every cell knows its index.

import { h, svg } from "./dom.js";
import { column, show } from "./numbers.js";
import { flat, sizeOf, unflat } from "./store.js";

/** The part of a tensor that is looked at: one example of the batch (its place among those that are
 * stored), or all of it; null where its numbers are not stored.
 * @param {Store} store @param {PassNode} node @param {string} which @param {number | null} example
 * @returns {Part | null} */
export function part(store, node, which, example) {
  const name = which === "value" ? node.value : node.delta;
  if (name === null) return null;
  const a = store.array(name);
  if (node.axis === null || example === null) {
    return {
      shape: a.shape,
      data: Float64Array.from(a.data, Number),
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
    for (let k = 0; k < per * inner; k++) data[o * per * inner + k] = Number(a.data[from + k]);
  }
  const first = example * per;
  const seen = per === 1 ? shape.filter((_, d) => d !== axis) : shape;
  return {
    shape: seen,
    data,
    index: (k) => unflat(shape, k).map((i, d) => (d === axis ? i + first : i)),
    find: (index) => {
      const i = index[axis] - first;
      return i < 0 || i >= per ? null : flat(shape, index.map((x, d) => (d === axis ? i : x)));
    },
  };
}

/** How a part is drawn. @param {PassNode} node @param {Part} p @param {string} which @returns {any} */
export function form(node, p, which = "value") {
  const dims = p.shape.length;
  const last = p.shape[dims - 1] ?? 1;
  const [rows, cols] = dims < 2 ? [p.shape[0] ?? 1, 1] : [sizeOf(p.shape) / (last || 1), last];
  const show = node.show;
  if (!show && dims >= 3 && last > 1) { // stacks of pictures: feature maps, kernels
    const height = p.shape[dims - 2];
    const tiles = sizeOf(p.shape) / (height * last);
    const columns = Math.max(1, Math.min(tiles, Math.floor(160 / (last + 1)) || 1));
    if (tiles * height * last > 64) return { kind: "tiles", height, width: last, columns, tiles };
  }
  if (show?.kind === "image" && dims === 3) {
    if (show.channels === 1) return { kind: "image", ...show };
    const tiles = p.shape[0];
    return { kind: "tiles", height: show.height, width: show.width, columns: tiles, tiles };
  }
  if (show?.kind === "image" && p.shape.length === 1) return { kind: "image", ...show };
  if (show?.kind === "image") return { ...show, kind: "tiles", columns: 10 };
  if (show?.kind === "tiles") return { kind: "tiles", ...show };
  if (show?.kind === "bars" && cols === 1) return { kind: "numbers", rows, cols, labels: which === "value" ? show.labels : null };
  if (node.role === "target" && cols === 1 && rows > 8) return { kind: "numbers", rows: Math.ceil(rows / 10), cols: 10 };
  if (rows <= 8 && cols <= 8) return { kind: "numbers", rows, cols };
  if (cols === 1 && rows <= 100) return node.role === "parameter"
    ? { kind: "heat", rows: 1, cols: rows } : { kind: "bars", rows };
  return { kind: "heat", rows, cols };
}

/** @type {Element | null} */
let root = null;

/** Where the colours are read. @param {Element} el */
export function setRoot(el) {
  root = el;
}

const colours = () => {
  const css = getComputedStyle(root ?? document.documentElement);
  const read = (n) => css.getPropertyValue(n).trim().match(/\w\w/g).map((x) => parseInt(x, 16));
  return { paper: read("--zero"), negative: read("--negative"), positive: read("--positive"), ink: read("--ink"),
    alarm: read("--message") };
};

/** Cells on a canvas, one device-independent unit a cell, enlarged by the style sheet. */
function canvas(width, height, cell, at, { peak, ink = false, label }) {
  const el = h("canvas", { width, height, role: "img", "aria-label": label });
  el.style.width = `${width * cell}px`;
  el.style.height = `${height * cell}px`;
  const paint = () => {
    const c = colours();
    const context = el.getContext("2d");
    const image = context.createImageData(width, height);
    for (let y = 0, o = 0; y < height; y++)
      for (let x = 0; x < width; x++, o += 4) {
        const v = at(x, y);
        if (v === null) continue; // between tiles
        if (!Number.isFinite(v)) { // NaN and infinity stand out
          image.data.set([...c.alarm, 255], o);
          continue;
        }
        const t = peak ? Math.min(1, Math.abs(v) / peak) : 0;
        const end = ink ? c.ink : v < 0 ? c.negative : c.positive;
        const s = ink ? t : Math.sqrt(t) * 0.35 + t * 0.65;
        for (let k = 0; k < 3; k++) image.data[o + k] = c.paper[k] + (end[k] - c.paper[k]) * s;
        image.data[o + 3] = 255;
      }
    context.putImageData(image, 0, 0);
  };
  paint();
  el.paint = paint;
  return el;
}

/** @param {Float64Array} data */
const peakOf = (data) =>
  data.reduce((m, v) => (Number.isFinite(v) ? Math.max(m, Math.abs(v)) : m), 0);

/** A picture of a part. `cell` is the side of a cell in pixels where there are cells. */
export function picture(node, p, which, { cell, label = "" } = {}) {
  const f = form(node, p, which);
  const peak = peakOf(p.data);
  const ink = which === "value" && node.role === "input";
  const box = h("div", { class: `picture ${f.kind} ${which}` });
  const point = (el, width, height, find) => {
    el.locate = (e) => {
      const r = el.getBoundingClientRect();
      const x = Math.floor(((e.clientX - r.left) / r.width) * width);
      const y = Math.floor(((e.clientY - r.top) / r.height) * height);
      const k = x >= 0 && y >= 0 && x < width && y < height ? find(x, y) : null;
      return k === null ? null : p.index(k);
    };
    el.place = (index) => { // where a cell is, as shares of width and height
      const k = p.find(index);
      if (k === null || k >= p.data.length) return null;
      const [x, y] = el.cellOf(k);
      return { left: x / width, top: y / height, width: 1 / width, height: 1 / height };
    };
  };
  if (f.kind === "image") {
    const el = canvas(f.width, f.height, cell ?? 4, (x, y) => p.data[y * f.width + x], { peak, ink, label });
    el.cellOf = (k) => [k % f.width, Math.floor(k / f.width)];
    point(el, f.width, f.height, (x, y) => y * f.width + x);
    box.append(el);
  } else if (f.kind === "tiles") {
    const n = f.tiles ?? p.shape[0];
    const rows = Math.ceil(n / f.columns);
    const [W, H] = [f.columns * (f.width + 1) - 1, rows * (f.height + 1) - 1];
    const find = (x, y) => {
      const [tx, ty] = [Math.floor(x / (f.width + 1)), Math.floor(y / (f.height + 1))];
      const [px, py] = [x - tx * (f.width + 1), y - ty * (f.height + 1)];
      const tile = ty * f.columns + tx;
      return px === f.width || py === f.height || tile >= n ? null : tile * f.width * f.height + py * f.width + px;
    };
    const el = canvas(W, H, cell ?? 1, (x, y) => {
      const k = find(x, y);
      return k === null ? null : p.data[k];
    }, { peak: quantile(p.data), ink, label });
    el.cellOf = (k) => {
      const t = Math.floor(k / (f.width * f.height));
      const q = k % (f.width * f.height);
      return [(t % f.columns) * (f.width + 1) + (q % f.width), Math.floor(t / f.columns) * (f.height + 1) + Math.floor(q / f.width)];
    };
    point(el, W, H, find);
    box.append(el);
  } else if (f.kind === "heat") {
    const c = cell ?? (f.cols > 20 ? 5 : 6);
    const el = canvas(f.cols, f.rows, f.rows > 20 ? 2 : c, (x, y) => p.data[y * f.cols + x], { peak, label });
    if (f.rows <= 20) el.style.height = `${f.rows * (f.rows === 1 ? 12 : c + 1)}px`;
    el.cellOf = (k) => [k % f.cols, Math.floor(k / f.cols)];
    point(el, f.cols, f.rows, (x, y) => y * f.cols + x);
    box.append(el);
  } else if (f.kind === "bars") {
    const [W, row] = [72, 3.4];
    const signed = p.data.some((v) => v < 0);
    const zero = signed ? W / 2 : 0;
    const el = svg("svg", { width: W, height: f.rows * row, role: "img", "aria-label": label });
    el.append(svg("line", { x1: zero + 0.5, x2: zero + 0.5, y1: 0, y2: f.rows * row, class: "axis" }));
    p.data.forEach((v, k) => {
      const length = peak ? (Math.abs(v) / peak) * (signed ? W / 2 - 1 : W - 1) : 0;
      el.append(svg("rect", { x: v < 0 ? zero - length : zero, y: k * row + 0.4, width: Math.max(0.4, length),
        height: row - 0.8, class: v < 0 ? "negative" : "positive" }));
    });
    el.cellOf = (k) => [0, k];
    point(el, 1, f.rows, (_, y) => y);
    box.append(el);
  } else {
    const text = p.data.length === 1 ? (x) => show(x) : column(p.data);
    const plain = node.role === "target";
    const grid = h("div", { class: "grid" });
    grid.style.gridTemplateColumns = `${f.labels ? "auto " : ""}repeat(${f.cols}, auto)`;
    for (let r = 0; r < f.rows; r++) {
      if (f.labels) grid.append(h("span", { class: "label" }, f.labels[r]));
      for (let c = 0; c < f.cols; c++) {
        const v = p.data[r * f.cols + c];
        if (v === undefined) continue;
        const cellEl = h("span", { class: "cell" }, text(v));
        const share = peak && !plain && p.data.length > 1 && Number.isFinite(v) ? Math.abs(v) / peak : 0;
        cellEl.style.setProperty("--tint", share.toFixed(3));
        cellEl.classList.add(v < 0 ? "below-zero" : "above-zero");
        if (!Number.isFinite(v)) cellEl.classList.add("wrong");
        cellEl.index = p.index(r * f.cols + c);
        grid.append(cellEl);
      }
    }
    box.append(grid);
  }
  return box;
}

function quantile(data) {
  const step = Math.max(1, Math.floor(data.length / 4000));
  const xs = [];
  for (let k = 0; k < data.length; k += step) xs.push(Math.abs(data[k]));
  xs.sort((a, b) => a - b);
  return xs[Math.floor(xs.length * 0.995)] || xs[xs.length - 1] || 1;
}

/** The index under a pointer, whatever the picture is. */
export function indexAt(event) {
  const target = event.target;
  if (target.classList?.contains("cell")) return target.index;
  const el = target.closest?.("canvas, svg");
  return el?.locate ? el.locate(event) : null;
}
