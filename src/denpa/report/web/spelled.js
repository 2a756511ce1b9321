// How the forward pass comes to one number, with the numbers put in; and sums, folded where they
// are long.

import { h } from "./dom.js";
import { inProduct, show } from "./numbers.js";
import { indices } from "./reach.js";
import { w } from "./words.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./types.js").PassNode} PassNode */

/** A value. @param {number} x @param {boolean} [product] */
export const v = (x, product = false) => h("b", { class: "v" }, product ? inProduct(x) : show(x));
/** A message. @param {number} x @param {boolean} [product] */
export const d = (x, product = false) => h("b", { class: "m" }, product ? inProduct(x) : show(x));
export const eq = () => h("span", { class: "eq" }, "=");
export const plus = () => h("span", { class: "plus" }, "+");
export const times = () => h("span", { class: "times" }, "·");

/** So many terms of a sum are written, the largest ones. */
const WRITTEN = 4;

/** A sum; of a long one its largest terms, and the others as one number that opens by a click.
 * @template {{ term: number }} T @param {T[]} list @param {(t: T) => any} write
 * @returns {any[]} */
export function few(list, write) {
  const size = (/** @type {T} */ t) => Math.abs(t.term);
  const long = list.length > WRITTEN;
  const seen = long ? [...list].sort((p, q) => size(q) - size(p)).slice(0, WRITTEN - 1) : list;
  /** @param {T} t @param {number} k */
  const term = (t, k) => [k ? plus() : "", h("span", { class: "term only" }, write(t))];
  const out = seen.map(term);
  if (!long) return out;
  let rest = 0;
  for (const t of list) if (!seen.includes(t)) rest += t.term;
  const box = h("span", { class: "terms-shown" }, out);
  const more = h(
    "button",
    { class: "fold", "aria-expanded": "false" },
    w("more", list.length - seen.length, show(rest)),
  );
  more.addEventListener("click", () => {
    box.replaceChildren(
      ...list
        .map(term)
        .flat(2)
        .filter((x) => x !== ""),
    );
    sign.remove();
    more.remove();
  });
  const sign = plus();
  return [box, sign, more];
}

/** @type {Record<string, string>} */
const TWO = { mul: "·", add: "+", sub: "−", div: "∕" };
/** @type {Record<string, string>} */
const ONE = {
  sigmoid: "σ",
  exp: "exp",
  log: "ln",
  tanh: "tanh",
  sqrt: "√",
  sin: "sin",
  cos: "cos",
  abs: "abs",
  softplus: "softplus",
  erf: "erf",
};

/** The forward computation of one element; null where the formula says it all.
 * @param {Store} store @param {PassNode} node @param {number[]} index */
export function spelled(store, node, index) {
  /** @param {number} k */
  const get = (k) => {
    const i = node.inputs[k];
    if (typeof i !== "string") return Number(i?.number);
    const x = store.node(i);
    const lead = index.length - x.shape.length;
    return store.value(
      x,
      x.shape.map((n, q) => (n === 1 ? 0 : index[q + lead])),
    );
  };
  const op = node.op ?? "";
  if (op === "linear") return weighted(store, node, index);
  if (op === "sum" || op === "mean") return summed(store, node, index);
  const numbers = node.inputs.map((_, k) => get(k));
  if (numbers.some(Number.isNaN) && !Number.isNaN(store.value(node, index))) return null; // not stored
  if (TWO[op]) {
    return [v(numbers[0], true), h("span", { class: "times" }, TWO[op]), v(numbers[1], true)];
  }
  if (op === "pow") return [v(numbers[0], true), h("sup", {}, show(numbers[1]))];
  if (ONE[op]) return [`${ONE[op]}(`, v(numbers[0]), ")"];
  if (op === "relu") return ["max(", v(numbers[0]), ", 0)"];
  return null;
}

/** w·x + w·x + … + b. @param {Store} store @param {PassNode} node @param {number[]} index */
function weighted(store, node, index) {
  const [x, weight, bias] = node.inputs.map((i) => (typeof i === "string" ? store.node(i) : null));
  if (!x?.value || !weight?.value) return null;
  const j = index[index.length - 1];
  const list = Array.from({ length: weight.shape[1] }, (_, i) => {
    const pair = { w: store.value(weight, [j, i]), x: store.value(x, [...index.slice(0, -1), i]) };
    return { ...pair, term: pair.w * pair.x };
  });
  const out = few(list, (t) => [v(t.w, true), times(), v(t.x, true)]);
  if (bias?.value) {
    const at = bias.shape.map((n) => (n === 1 ? 0 : j));
    out.push(plus(), v(store.value(bias, at), true));
  }
  return out;
}

/** The terms of a sum or a mean. @param {Store} store @param {PassNode} node
 * @param {number[]} index */
function summed(store, node, index) {
  const edge = store.record.edges.find((e) => e.to === node.id);
  const x = edge ? store.node(edge.from) : null;
  const m = edge?.local;
  const dims = m?.dims;
  if (!m || !x?.value || !dims || (store.cut && x.axis !== null && dims.includes(x.axis)))
    return null;
  let at = 0;
  const fixed = x.shape.map((_, q) => {
    if (!dims.includes(q)) return index[at++];
    if (m.keepdim) at++;
    return null;
  });
  const places = indices(x.shape, fixed);
  const list = places.map((p) => ({ term: store.value(x, p) }));
  const out = few(list, (t) => [v(t.term, true)]);
  return node.op === "mean" ? ["(", ...out, ") ∕ ", show(list.length)] : out;
}
