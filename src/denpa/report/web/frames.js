// The outlines of open groups.

/** @typedef {import("./types.js").Frame} Frame */
/** @typedef {import("./types.js").Framing} Framing */
/** @typedef {import("./types.js").PassGroup} PassGroup */

/** The room that the outline of an open group takes. @param {PassGroup} g
 * @param {HTMLElement | undefined} el @param {boolean} vertical @returns {Framing} */
export function framing(g, el, vertical) {
  const head = el?.firstElementChild;
  const [wide, high] = head instanceof HTMLElement ? [head.offsetWidth, head.offsetHeight] : [0, 0];
  const pad = vertical
    ? { start: high + 14, end: 14, low: 8, high: 8 }
    : { start: 12, end: 12, low: high + 12, high: 12 };
  const least = vertical ? { main: 0, cross: wide + 16 } : { main: wide + 24, cross: 0 };
  return { id: g.id, parent: g.parent, least, pad };
}

/** @param {HTMLElement | undefined} el @param {Frame} f @param {number} left
 * @param {boolean} vertical */
export function outline(el, f, left, vertical) {
  if (!el) return;
  const [x, y, wide, high] = vertical
    ? [f.low, f.start, f.high - f.low, f.end - f.start]
    : [f.start, f.low, f.end - f.start, f.high - f.low];
  el.style.left = `${x + left}px`;
  el.style.top = `${y}px`;
  el.style.width = `${wide}px`;
  el.style.height = `${high}px`;
}
