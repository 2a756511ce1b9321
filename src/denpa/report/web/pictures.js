// One tensor as numbers, bars, a heat map, an image or tiles. Every cell knows its index.

import { h, svg } from "./dom.js";
import { formOf, side } from "./forms.js";
import { column, show } from "./numbers.js";

/** @typedef {import("./types.js").Form} Form */
/** @typedef {import("./types.js").Part} Part */
/** @typedef {import("./types.js").PassNode} PassNode */
/** @typedef {import("./forms.js").Which} Which */
/** @typedef {{ left: number, top: number, width: number, height: number }} Share */

/** How an element of a picture finds the index below a pointer, and the place of an index.
 * @type {WeakMap<Element, { locate: (x: number, y: number) => number[] | null,
 *   place: (index: number[]) => Share | null }>} */
const charts = new WeakMap();
/** The index of each cell of numbers. @type {WeakMap<Element, number[]>} */
const cells = new WeakMap();

/** @type {Element | null} */
let root = null;

/** Where the colours are read. @param {Element} el */
export function setRoot(el) {
  root = el;
}

function colours() {
  const css = getComputedStyle(root ?? document.documentElement);
  /** @param {string} n */
  const read = (n) =>
    (css.getPropertyValue(n).match(/[0-9a-f]{2}/gi) ?? ["80", "80", "80"]).map((x) =>
      Number.parseInt(x, 16),
    );
  return {
    paper: read("--zero"),
    negative: read("--negative"),
    positive: read("--positive"),
    ink: read("--ink"),
    alarm: read("--message"),
  };
}

/** Cells on a canvas, one pixel a cell, enlarged by the style sheet.
 * @param {number} width @param {number} height @param {[number, number]} cell
 * @param {(x: number, y: number) => number | null} at
 * @param {{ peak: number, ink: boolean, label: string }} look */
function canvas(width, height, cell, at, { peak, ink, label }) {
  const el = /** @type {HTMLCanvasElement} */ (
    h("canvas", { width, height, role: "img", "aria-label": label })
  );
  el.style.width = `${width * cell[0]}px`;
  el.style.height = `${height * cell[1]}px`;
  const c = colours();
  const context = el.getContext("2d");
  if (!context) return el;
  const image = context.createImageData(width, height);
  for (let y = 0, o = 0; y < height; y++) {
    for (let x = 0; x < width; x++, o += 4) {
      const v = at(x, y);
      if (v === null) continue; // between tiles
      if (!Number.isFinite(v)) {
        // NaN and infinity stand out
        image.data.set([...c.alarm, 255], o);
        continue;
      }
      const t = peak ? Math.min(1, Math.abs(v) / peak) : 0;
      const end = ink ? c.ink : v < 0 ? c.negative : c.positive;
      const s = ink ? t : Math.sqrt(t) * 0.35 + t * 0.65;
      for (let k = 0; k < 3; k++) image.data[o + k] = c.paper[k] + (end[k] - c.paper[k]) * s;
      image.data[o + 3] = 255;
    }
  }
  context.putImageData(image, 0, 0);
  return el;
}

/** @param {Float64Array} data */
function peakOf(data) {
  let top = 0;
  for (const v of data) if (Number.isFinite(v)) top = Math.max(top, Math.abs(v));
  return top;
}

/** Nearly the largest size, so that a few outliers leave the rest to be seen.
 * @param {Float64Array} data */
function quantile(data) {
  const step = Math.max(1, Math.floor(data.length / 4000));
  /** @type {number[]} */
  const xs = [];
  for (let k = 0; k < data.length; k += step) {
    if (Number.isFinite(data[k])) xs.push(Math.abs(data[k]));
  }
  xs.sort((a, b) => a - b);
  return xs[Math.floor(xs.length * 0.995)] || xs[xs.length - 1] || 1;
}

/** Let an element find its cells. @param {Element} el @param {Part} p @param {number} width
 * @param {number} height @param {(x: number, y: number) => number | null} find
 * @param {(k: number) => [number, number]} cellOf */
function chart(el, p, width, height, find, cellOf) {
  charts.set(el, {
    locate: (x, y) => {
      const [i, j] = [Math.floor(x * width), Math.floor(y * height)];
      const k = i >= 0 && j >= 0 && i < width && j < height ? find(i, j) : null;
      return k === null || k >= p.data.length ? null : p.index(k);
    },
    place: (index) => {
      const k = p.find(index);
      if (k === null || k >= p.data.length) return null;
      const [x, y] = cellOf(k);
      return { left: x / width, top: y / height, width: 1 / width, height: 1 / height };
    },
  });
}

/** Pictures side by side. @param {Form} f @param {Part} p
 * @param {{ peak: number, ink: boolean, label: string }} look @param {number} [cell] */
function tiles(f, p, look, cell) {
  const [w, t] = [f.width + 1, f.height + 1];
  const rows = Math.ceil(f.tiles / f.columns);
  const [width, height] = [f.columns * w - 1, rows * t - 1];
  /** @param {number} x @param {number} y */
  const find = (x, y) => {
    const tile = Math.floor(y / t) * f.columns + Math.floor(x / w);
    const [px, py] = [x % w, y % t];
    if (px === f.width || py === f.height || tile >= f.tiles) return null;
    return tile * f.width * f.height + py * f.width + px;
  };
  const each = cell ?? side(width, 10);
  const el = canvas(
    width,
    height,
    [each, each],
    (x, y) => {
      const k = find(x, y);
      return k === null ? null : p.data[k];
    },
    { ...look, peak: quantile(p.data) },
  );
  chart(el, p, width, height, find, (k) => {
    const n = Math.floor(k / (f.width * f.height));
    const q = k % (f.width * f.height);
    const [cx, cy] = [n % f.columns, Math.floor(n / f.columns)];
    return [cx * w + (q % f.width), cy * t + Math.floor(q / f.width)];
  });
  return el;
}

/** @param {Part} p @param {{ peak: number, ink: boolean, label: string }} look
 * @param {[number, number]} cell @param {number} width @param {number} height */
function grid(p, look, cell, width, height) {
  /** @param {number} x @param {number} y */
  const find = (x, y) => y * width + x;
  const el = canvas(width, height, cell, (x, y) => p.data[find(x, y)] ?? null, look);
  chart(el, p, width, height, find, (k) => [k % width, Math.floor(k / width)]);
  return el;
}

/** @param {Form} f @param {Part} p @param {number} peak @param {string} label */
function bars(f, p, peak, label) {
  const [W, row] = [72, 3.4];
  const signed = p.data.some((v) => v < 0);
  const zero = signed ? W / 2 : 0;
  const height = f.rows * row;
  const el = svg("svg", { width: W, height, role: "img", "aria-label": label });
  el.append(svg("line", { x1: zero + 0.5, x2: zero + 0.5, y1: 0, y2: height, class: "axis" }));
  p.data.forEach((v, k) => {
    const finite = Number.isFinite(v);
    const full = signed ? W / 2 - 1 : W - 1;
    const length = !finite ? full : peak ? (Math.abs(v) / peak) * full : 0;
    el.append(
      svg("rect", {
        x: v < 0 ? zero - length : zero,
        y: k * row + 0.4,
        width: Math.max(0.4, length),
        height: row - 0.8,
        class: finite ? (v < 0 ? "negative" : "positive") : "wrong",
      }),
    );
  });
  chart(
    el,
    p,
    1,
    f.rows,
    (_, y) => y,
    (k) => [0, k],
  );
  return el;
}

/** @param {PassNode} node @param {Form} f @param {Part} p @param {number} peak */
function numbers(node, f, p, peak) {
  const text = p.data.length === 1 ? (/** @type {number} */ x) => show(x) : column(p.data);
  const tinted = peak > 0 && node.role !== "target" && p.data.length > 1;
  const box = h("div", { class: "grid" });
  box.style.gridTemplateColumns = `${f.labels ? "auto " : ""}repeat(${f.cols}, auto)`;
  for (let r = 0; r < f.rows; r++) {
    if (f.labels) box.append(h("span", { class: "label" }, f.labels[r]));
    for (let c = 0; c < f.cols; c++) {
      const k = r * f.cols + c;
      if (k >= p.data.length) continue;
      const v = p.data[k];
      const share = tinted && Number.isFinite(v) ? Math.abs(v) / peak : 0;
      const wrong = Number.isFinite(v) ? "" : " wrong";
      const cell = h(
        "span",
        {
          class: `cell ${v < 0 ? "below-zero" : "above-zero"}${wrong}`,
          style: { "--tint": share.toFixed(3) },
        },
        text(v),
      );
      cells.set(cell, p.index(k));
      box.append(cell);
    }
  }
  return box;
}

/** A picture of a part. `cell` is the side of a cell in pixels where there are cells.
 * @param {PassNode} node @param {Part} p @param {Which} which
 * @param {{ cell?: number, label?: string }} [look] */
export function picture(node, p, which, { cell, label = "" } = {}) {
  const f = formOf(node, p, which);
  const peak = peakOf(p.data);
  const look = { peak, ink: which === "value" && node.role === "input", label };
  const box = h("div", { class: `picture ${f.kind} ${which}` });
  if (f.kind === "image") {
    const each = cell ?? Math.max(2, Math.min(12, Math.round(112 / f.width)));
    box.append(grid(p, look, [each, each], f.width, f.height));
  } else if (f.kind === "tiles") box.append(tiles(f, p, look, cell));
  else if (f.kind === "heat") {
    const wide = cell ?? side(f.cols, 12);
    const high = f.rows === 1 ? 12 : f.rows > 40 ? 2 : Math.max(wide, Math.min(9, 220 / f.rows));
    box.append(grid(p, look, [wide, high], f.cols, f.rows));
  } else if (f.kind === "bars") box.append(bars(f, p, peak, label));
  else box.append(numbers(node, f, p, peak));
  return box;
}

/** The index under a pointer, whatever the picture is. @param {Event} event
 * @returns {number[] | null} */
export function indexAt(event) {
  const target = event.target;
  if (!(target instanceof Element)) return null;
  const cell = target.closest(".cell");
  if (cell) return cells.get(cell) ?? null;
  const el = target.closest("canvas, svg");
  const found = el && charts.get(el);
  if (!found || !(event instanceof MouseEvent)) return null;
  const r = el.getBoundingClientRect();
  return found.locate((event.clientX - r.left) / r.width, (event.clientY - r.top) / r.height);
}

/** The cell of numbers of an index. @param {Element} box @param {number[]} index */
export function cellOf(box, index) {
  for (const cell of box.querySelectorAll(".cell")) {
    const own = cells.get(cell);
    if (own?.length === index.length && own.every((i, d) => i === index[d])) return cell;
  }
  return null;
}

/** A small frame around one cell of a canvas or of bars; null where that element is not shown.
 * @param {Element} box @param {number[]} index @param {string} [kind] */
export function cross(box, index, kind = "cross") {
  const el = box.querySelector("canvas, svg");
  const place = el ? charts.get(el)?.place(index) : null;
  if (!place) return null;
  const mark = h("i", { class: kind });
  for (const [name, share] of Object.entries(place)) {
    mark.style.setProperty(name, `${share * 100}%`);
  }
  box.append(mark);
  return mark;
}
