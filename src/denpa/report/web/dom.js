// Elements and formulas. Text always goes through text nodes; MathML comes from our own builders
// and from the record, where it is made of LaTeX that is made of symbols, never of names.

/** @typedef {import("./types.js").Letters} Letters */
/** @param {string} tag @param {Record<string, any>} [props] @param {...any} children
 * @returns {HTMLElement} */
export function h(tag, props = {}, ...children) {
  const el = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (value === null || value === undefined) continue;
    if (value === false && !key.startsWith("aria-")) continue;
    if (key === "on") {
      for (const [type, f] of Object.entries(value)) el.addEventListener(type, f);
    } else if (key === "style") {
      for (const [p, v] of Object.entries(value)) el.style.setProperty(p, v);
    } else if (key === "data") Object.assign(el.dataset, value);
    else el.setAttribute(key, String(value));
  }
  append(el, children);
  return el;
}

/** @template {Element} T @param {T} el @param {any[]} children @returns {T} */
export function append(el, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    el.append(child instanceof Node ? child : String(child));
  }
  return el;
}

/** @param {string} tag @param {Record<string, any>} [props] @param {...any} children
 * @returns {SVGElement} */
export function svg(tag, props = {}, ...children) {
  const el = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [key, value] of Object.entries(props)) {
    if (value !== null) el.setAttribute(key, String(value));
  }
  append(el, children);
  return el;
}

/** @param {unknown} s */
const escaped = (s) => String(s).replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

/** A formula from MathML source. @param {string} source @param {boolean} [display] */
export function math(source, display = false) {
  const box = document.createElement("span");
  box.className = display ? "math display" : "math";
  box.innerHTML = `<math${display ? ' displaystyle="true"' : ""}>${source}</math>`;
  // A layer's number stands small beside its letter: its brackets do not grow.
  for (const x of box.querySelectorAll("msup mo, msub mo, msubsup mo")) {
    x.setAttribute("stretchy", "false");
  }
  for (const x of box.querySelectorAll("msup > :nth-child(2), msubsup > :nth-child(3)")) {
    if (/^\([\w,]+\)$/.test(x.textContent ?? "")) x.classList.add("layer");
  }
  // Letters in the italics of the text face: the mathematical alphabet lacks an h in many fonts.
  for (const x of box.querySelectorAll("mi")) {
    if ([...(x.textContent ?? "")].length === 1) x.classList.add("letter");
  }
  for (const x of box.querySelectorAll("mo")) {
    if (x.textContent === "∑") x.classList.add("sum");
  }
  return box;
}

/** @param {unknown} x */
export const mi = (x) => `<mi>${escaped(x)}</mi>`;
/** @param {unknown} x */
export const mn = (x) => `<mn>${escaped(x)}</mn>`;
/** @param {unknown} x */
export const mo = (x) => `<mo>${escaped(x)}</mo>`;
/** @param {...string} xs */
export const row = (...xs) => `<mrow>${xs.join("")}</mrow>`;
/** @param {string} a @param {string} b */
export const frac = (a, b) => `<mfrac>${row(a)}${row(b)}</mfrac>`;

const GREEK = { "\\gamma": "γ", "\\beta": "β", "\\lambda": "λ", "\\theta": "θ", "\\mu": "μ" };

/** @param {string} base */
const letter = (base) =>
  /** @type {Record<string, string>} */ (GREEK)[base] ?? base.replace(/\\(.)/g, "$1");

/** A named value with its layer above and its indices below: w⁽¹⁾₂,₁.
 * @param {Letters} s @param {(number | string)[] | null} [index] */
export function sym(s, index = null) {
  const base = mi(letter(index?.length ? s.element : s.base));
  const below = index?.length
    ? row(index.map((i) => (typeof i === "number" ? mn(i) : mi(i))).join(mo(",")))
    : "";
  const above = s.layer ? row(mo("("), mn(s.layer), mo(")")) : "";
  if (below && above) return `<msubsup>${base}${below}${above}</msubsup>`;
  if (below) return `<msub>${base}${below}</msub>`;
  return above ? `<msup>${base}${above}</msup>` : base;
}

/** A symbol as plain text. @param {Letters} s */
export const plain = (s) => letter(s.base) + (s.layer ? ` (${s.layer})` : "");

/** @param {string} top @param {string} bottom */
export const partial = (top, bottom) => frac(mo("∂") + top, mo("∂") + bottom);

const MATH = ["STIX Two Math", "Latin Modern Math", "Cambria Math"];

/** Whether there is a font made for mathematics: with any other, browsers set raised letters too
 * high, and the style sheet lowers them. A font that is missing has the width of what stands in for
 * it. */
export function hasMathFont() {
  const context = document.createElement("canvas").getContext("2d");
  if (!context) return true;
  /** @param {string} family */
  const width = (family) => {
    context.font = `40px ${family}`;
    return context.measureText("Wx∂∑ij(1)").width;
  };
  return MATH.some((name) =>
    ["monospace", "serif"].every((base) => width(`"${name}", ${base}`) !== width(base)),
  );
}
