// The element that a derivation is about: its index, to be typed, and the picture that it lies in.

import { h } from "./dom.js";
import { cross, indexAt, picture } from "./pictures.js";
import { flat, unflat } from "./store.js";
import { w } from "./words.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./types.js").Hear} Hear */
/** @typedef {import("./types.js").Part} Part */
/** @typedef {import("./types.js").PassNode} PassNode */

/** The index of an element, to be typed. @param {Store} store @param {PassNode} node
 * @param {number[]} index @param {Hear} on */
export function typed(store, node, index, on) {
  const said = h("span", { class: "said", role: "alert" });
  const field = /** @type {HTMLInputElement} */ (
    h("input", {
      type: "text",
      inputmode: "numeric",
      autocomplete: "off",
      value: store.counted(node, index).join(", "),
      "aria-label": w("index"),
    })
  );
  const go = () => {
    const given = field.value
      .split(/[\s,;]+/)
      .filter((t) => t !== "")
      .map(Number);
    const fits =
      given.length === node.full.length &&
      given.every((i, k) => Number.isInteger(i) && i >= -node.full[k] && i < node.full[k]);
    const at = fits
      ? store.stored(
          node,
          given.map((i, k) => (i < 0 ? i + node.full[k] : i)),
        )
      : null;
    field.setAttribute("aria-invalid", String(!at));
    said.textContent = at
      ? ""
      : fits
        ? w("notStored")
        : w("range", node.full.map((n) => `0–${n - 1}`).join(", "));
    if (at?.some((i, d) => i !== index[d])) on.select(node, at);
  };
  field.addEventListener("change", go);
  field.addEventListener("keydown", (e) => {
    if (e.key !== "Escape") e.stopPropagation();
    if (e.key === "Enter") go();
  });
  return h("span", { class: "at" }, h("code", {}, node.name), " [ ", field, " ] ", said);
}

/** For pictures and tiles: the picture that the element lies in, large, with its gradient.
 * @param {Store} store @param {PassNode} node @param {number[]} index @param {Hear} on */
export function enlarge(store, node, index, on) {
  const rank = node.shape.length;
  let seen = node.show;
  if (seen?.kind !== "image" && seen?.kind !== "tiles") {
    if (rank < 3 || node.shape[rank - 1] < 2 || node.shape[rank - 2] < 2) return null;
    seen = { kind: "image", height: node.shape[rank - 2], width: node.shape[rank - 1] };
  }
  const { height, width } = seen;
  const count = height * width;
  let lead = 0; // so many axes lie before those of the picture
  let left = node.shape.reduce((a, b) => a * b, 1);
  while (lead < rank && left > count) left /= node.shape[lead++];
  if (left !== count || width < 3) return null;
  const before = index.slice(0, lead);
  const inner = node.shape.slice(lead);
  const offset = before.reduce((k, i, d) => k * node.shape[d] + i, 0) * count;
  /** @param {"value" | "delta"} which */
  const make = (which) => {
    const name = which === "value" ? node.value : node.delta;
    if (name === null) return null;
    const given = store.array(name).data;
    const data = new Float64Array(count);
    for (let k = 0; k < count; k++) data[k] = Number(given[offset + k]);
    /** @type {Part} */
    const p = {
      shape: [count],
      data,
      index: (k) => [...before, ...unflat(inner, k)],
      find: (i) => (before.every((b, d) => i[d] === b) ? flat(inner, i.slice(lead)) : null),
    };
    const caption = w(
      which === "value" ? "value" : node.role === "parameter" ? "gradient" : "messageShort",
    );
    const label = `${caption} ${node.name} [${store
      .counted(node, before.concat(inner.map(() => 0)))
      .slice(0, lead)
      .join(", ")}]`;
    const box = picture({ ...node, show: { kind: "image", height, width } }, p, which, {
      cell: Math.max(3, Math.min(24, Math.round(196 / width))),
      label,
    });
    cross(box, index);
    box.addEventListener("click", (e) => {
      const i = indexAt(e);
      if (i) on.select(node, i);
    });
    box.addEventListener("pointermove", (e) => on.hover(node, indexAt(e), e));
    box.addEventListener("pointerleave", () => on.hover(null));
    return h("figure", {}, box, h("figcaption", { class: which === "value" ? "v" : "m" }, caption));
  };
  return h(
    "div",
    { class: "enlarged" },
    make("value"),
    make("delta"),
    h("p", { class: "note" }, w("enlarged")),
  );
}
