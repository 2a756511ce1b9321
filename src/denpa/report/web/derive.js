// The reading area while a derivation is open: where one gradient comes from. Symbols, then
// numbers, then the result; the numbers are those of the record, multiplied and added here.

import { append, h, math, mn, mo, partial, row, svg, sym } from "./dom.js";
import { cross } from "./graph.js";
import { exact, inProduct, show } from "./numbers.js";
import { part, picture } from "./pictures.js";
import { dE, E, follow, hue, step, symbols } from "./terms.js";
import { w } from "./words.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./types.js").Level} Level */
/** @typedef {import("./types.js").PassNode} PassNode */
/** @typedef {import("./types.js").Term} Term */
/** @typedef {import("./types.js").View} View */

/** A value. @param {number} x @param {boolean} [product] */
export const v = (x, product = false) =>
  h("b", { class: "v" }, product ? inProduct(x) : show(x));
/** A message. @param {number} x @param {boolean} [product] */
export const d = (x, product = false) =>
  h("b", { class: "m" }, product ? inProduct(x) : show(x));
export const eq = () => h("span", { class: "eq" }, "=");
export const plus = () => h("span", { class: "plus" }, "+");

const FEW = 6;

/** The terms that are shown, the largest first, when there are many. @param {Level} here
 * @param {boolean} unfolded */
function shown(here, unfolded) {
  const order = here.terms.map((_, k) => k);
  if (here.terms.length <= FEW || unfolded) return order;
  order.sort((a, b) => Math.abs(here.terms[b].term) - Math.abs(here.terms[a].term));
  const few = order.slice(0, 4);
  if (!few.includes(here.chosen)) few[3] = here.chosen;
  return few;
}

/** δ · ∂y/∂x. @param {Term} t */
export function factors(t) {
  const content = [d(t.delta, true)];
  if (t.partial !== 1) {
    content.push(h("span", { class: "times" }, "·"),
      h("span", { class: "l" }, inProduct(t.partial)));
  }
  return content;
}

/** The quotient of a loss's own law. @param {Store} store @param {Level} here */
export function quotient(store, here) {
  const spell = here.law?.law?.spell;
  if (!spell) return null;
  const top = [v(store.at(spell.left, here.index)), " − ", v(store.at(spell.right, here.index), true)];
  if (spell.over === 1) return h("span", {}, top);
  return h("span", { class: "quotient" }, h("span", {}, top), h("span", {}, show(spell.over)));
}

/** The line of numbers of one level. @param {Store} store @param {Level} here
 * @param {number} depth @param {any} state @param {any} on */
function numbers(store, here, depth, state, on) {
  const line = h("div", { class: "line numbers" });
  const result = () => [eq(), h("b", { class: "m result" }, show(here.total, 5))];
  const list = here.terms;
  const law = quotient(store, here);
  if (law && list.length === 1) return append(line, [eq(), law, result()]);
  const only = list.length === 1 && !here.rest;
  if (only && (list[0].partial === 1 || list[0].to.role === "loss")) return append(line, result());
  const unfolded = state.unfolded.has(depth);
  const few = shown(here, unfolded);
  line.append(eq());
  few.forEach((k, i) => {
    const t = list[k];
    if (i) line.append(plus());
    const at = store.counted(t.to, t.index).join(", ");
    const hear = {
      click: () => on.choose(depth, k),
      pointerenter: () => on.peek(t.to, t.index),
      pointerleave: () => on.peek(null),
      focus: () => on.peek(t.to, t.index),
      blur: () => on.peek(null),
    };
    line.append(list.length > 1
      ? h("button", { class: `term${k === here.chosen ? " chosen" : ""}`,
          title: `${t.to.name}[${at}]`, "aria-pressed": k === here.chosen, on: hear }, factors(t))
      : h("span", { class: "term only" }, factors(t)));
  });
  if (list.length > FEW) {
    const rest = list.reduce((sum, t, k) => (few.includes(k) ? sum : sum + t.term), 0);
    if (!unfolded) line.append(plus());
    line.append(h("button", { class: "fold", "aria-expanded": unfolded,
      on: { click: () => on.unfold(depth) } },
    unfolded ? w("fold") : w("more", list.length - few.length, show(rest))));
  }
  if (here.rest) {
    const others = (store.batch?.size ?? 0) - store.samples.length;
    line.append(plus(), h("span", { class: "soft" }, w("others", others, show(here.rest))));
  }
  return append(line, result());
}

/** One level: δ here = Σ δ above × local derivative, in symbols, laws and numbers.
 * @param {Store} store @param {View} view @param {Level} here @param {number} depth
 * @param {any} state @param {any} on */
function levelView(store, view, here, depth, state, on) {
  const { node, index } = here;
  const box = h("div", { class: `level${depth ? "" : " first"}` });
  if (!here.terms.length) {
    const seed = node.role === "loss";
    const text = seed ? math(row(hue("m", partial(E, E)), mo("="), mn(1)), true) : w("far");
    box.append(h("div", { class: "line" }, text));
    return box;
  }
  const s = symbols(store, view, here);
  const left = hue("m", dE(node, store.counted(node, index)));
  const first = h("div", { class: "line symbols" },
    math(row(left, mo("="), s.chain), true));
  if (s.law && s.law !== s.chain) first.append(math(row(mo("="), s.law), true));
  box.append(first, numbers(store, here, depth, state, on));
  if (here.terms.length > FEW) {
    box.append(strip(here.terms, here.chosen, (k) => on.choose(depth, k), on.peek));
  }
  if (!depth) {
    const said = store.delta(node, index);
    const gap = Math.abs(here.total - said);
    const top = here.terms.reduce((m, t) => Math.max(m, Math.abs(t.term)), 0);
    const good = gap <= 1e-5 * Math.max(top, Math.abs(said)) || Object.is(here.total, said);
    box.append(h("p", { class: `agrees ${good ? "good" : "bad"}` },
      w(good ? "agrees" : "differs", exact(said, node.dtype), show(gap, 2))));
  }
  return box;
}

/** One bar a term, signed: which example, or which unit, pushes how much.
 * @param {Term[]} list @param {number} chosen @param {(k: number) => void} choose
 * @param {(node: PassNode | null, index?: number[]) => void} peek */
function strip(list, chosen, choose, peek) {
  const [W, H] = [640, 44];
  const top = list.reduce((m, t) => Math.max(m, Math.abs(t.term)), 0) || 1;
  const each = W / list.length;
  const el = svg("svg", { class: "strip", viewBox: `0 0 ${W} ${H}`, preserveAspectRatio: "none",
    role: "img", "aria-label": w("perTerm", list.length) });
  el.append(svg("line", { x1: 0, x2: W, y1: H / 2, y2: H / 2, class: "axis" }));
  list.forEach((t, k) => {
    const size = (Math.abs(t.term) / top) * (H / 2 - 1);
    const bar = svg("g", { class: k === chosen ? "bar chosen" : "bar" },
      svg("rect", { x: k * each, y: 0, width: each, height: H, class: "hit" }),
      svg("rect", { x: k * each + each * 0.15, y: t.term < 0 ? H / 2 : H / 2 - size,
        width: each * 0.7, height: Math.max(size, 0.6),
        class: t.term < 0 ? "negative" : "positive" }));
    bar.append(svg("title", {}, `[${t.index.join(", ")}]  ${show(t.term)}`));
    bar.addEventListener("click", () => choose(k));
    bar.addEventListener("pointerenter", () => peek(t.to, t.index));
    bar.addEventListener("pointerleave", () => peek(null));
    el.append(bar);
  });
  return h("figure", { class: "terms" }, el, h("figcaption", {}, w("perTerm", list.length)));
}

/** The terms by example, the largest first, each with its picture or its row.
 * @param {Store} store @param {Level} here @param {any} state @param {any} on */
function byExample(store, here, state, on) {
  const { node } = here;
  if (node.axis !== null || !store.batch) return null;
  /** @type {Map<number, { term: number, first: number }>} */
  const found = new Map();
  here.terms.forEach((t, k) => {
    if (t.to.axis === null) return;
    const n = Math.floor(t.index[t.to.axis] / t.to.per);
    const known = found.get(n);
    found.set(n, { term: (known?.term ?? 0) + t.term, first: known?.first ?? k });
  });
  if (found.size < 2) return null;
  const order = [...found].sort((a, b) => Math.abs(b[1].term) - Math.abs(a[1].term));
  const top = Math.abs(order[0][1].term) || 1;
  const input = store.nodes.find((n) => n.role === "input" && n.axis !== null && n.value);
  const table = h("table", { class: "byExample" });
  const rows = order.slice(0, 12).map(([n, { term, first }]) => {
    const bar = h("i", { class: term < 0 ? "negative" : "positive" });
    bar.style.width = `${(Math.abs(term) / top) * 90}px`;
    const p = input ? part(store, input, "value", n) : null;
    const small = input && p && (input.show?.kind === "image" || p.data.length <= 8);
    const seen = small ? picture(input, p, "value", { cell: 2, label: w("example") }) : "";
    const go = () => on.choose(0, first);
    return h("tr", {}, h("td", {}, h("button", { on: { click: go } },
      `${w("example")} ${store.samples[n]}`)), h("td", {}, seen),
    h("td", { class: "n m" }, show(term)), h("td", {}, bar));
  });
  append(table, rows);
  const coupled = store.nodes.some((n) => n.axis === null && n.op !== null && mixes(store, n));
  const more = h("details", { class: "more" }, h("summary", {}, w("byExample")), table);
  if (coupled) more.append(h("p", { class: "note" }, w("coupled")));
  if (state.byExample) more.setAttribute("open", "");
  more.addEventListener("toggle", () => {
    state.byExample = more.hasAttribute("open");
  });
  return more;
}

/** Whether rows of the batch were mixed in a value and read it again.
 * @param {Store} store @param {PassNode} n */
function mixes(store, n) {
  const reads = n.inputs.some((i) => typeof i === "string" && store.node(i).axis !== null);
  if (!reads) return false;
  const seen = new Set([n.id]);
  const stack = [n.id];
  while (stack.length) {
    for (const e of store.readers.get(stack.pop() ?? "") ?? []) {
      const to = store.node(e.to);
      if (to.axis !== null) return true;
      if (!seen.has(to.id)) {
        seen.add(to.id);
        stack.push(to.id);
      }
    }
  }
  return false;
}

/** The index of an element, to be typed. @param {Store} store @param {PassNode} node
 * @param {number[]} index @param {any} on */
function typed(store, node, index, on) {
  const field = /** @type {HTMLInputElement} */ (h("input", { type: "text",
    value: store.counted(node, index).join(", "), "aria-label": w("index") }));
  field.addEventListener("change", () => {
    const given = field.value.split(/[\s,;]+/).filter((t) => t !== "").map(Number);
    const fits = given.length === node.full.length
      && given.every((i, k) => Number.isInteger(i) && i >= -node.full[k] && i < node.full[k]);
    const whole = given.map((i, k) => (i < 0 ? i + node.full[k] : i));
    const at = fits ? store.stored(node, whole) : null;
    field.setAttribute("aria-invalid", String(!at));
    if (at) on.select(node, at);
    else field.title = w("range", node.full.map((n) => `0–${n - 1}`).join(", "));
  });
  field.addEventListener("keydown", (e) => {
    if (e.key !== "Escape") e.stopPropagation();
    if (e.key === "Enter") field.dispatchEvent(new Event("change"));
  });
  return h("span", { class: "at" }, h("code", {}, node.name), "[", field, "]");
}

/** The derivation of the element that is selected. @param {Store} store @param {View} view
 * @param {any} state @param {any} on @returns {{ el: HTMLElement, levels: Level[] }} */
export function derivation(store, view, state, on) {
  const { node, index } = state.selected;
  const levels = follow(store, view, node, index, state.choices);
  const aside = h("div", { class: "aside" },
    h("h2", {}, w("derivation")),
    h("p", { class: "ask" }, w("derivationSay")),
    h("button", { class: "quiet close", on: { click: on.close } }, `${w("close")} · Esc`));
  const body = h("div", { class: "proof" });
  const scalar = !node.shape.length;
  body.append(h("div", { class: "headline" },
    math(sym(node.symbol, store.counted(node, index))),
    scalar ? h("code", {}, node.name) : typed(store, node, index, on),
    h("span", { class: "pairing" },
      h("span", { class: "v" }, `${w("value")} `, h("b", {}, show(store.value(node, index), 5))),
      h("span", { class: "m" }, `${w(node.role === "parameter" ? "gradient" : "messageShort")} `,
        h("b", {}, show(store.delta(node, index), 5))))));
  body.append(chainView(levels));
  const large = enlarge(store, node, index, on);
  if (large) body.append(large);
  const proof = h("div", { class: "levels" });
  levels.forEach((here, depth) => {
    if (here.terms.length || !depth || here.node.role !== "loss") {
      proof.append(levelView(store, view, here, depth, state, on));
    }
  });
  body.append(proof);
  const blame = byExample(store, levels[0], state, on);
  if (blame) body.append(blame);
  body.append(h("p", { class: "keys" }, w("keysDerive")));
  return { el: h("section", { class: "reading", "aria-live": "polite" }, aside, body), levels };
}

/** The chain rule along the path that is followed: all local derivatives, and their product.
 * @param {Level[]} levels */
function chainView(levels) {
  const path = levels.filter((l) => l.terms.length).reverse();
  if (!path.length) return "";
  const product = path.reduce((p, l) => p * l.terms[l.chosen].partial, 1);
  const total = levels[0].total;
  const line = h("div", { class: "chain-line", tabindex: 0, role: "group",
    "aria-label": w("chain") });
  path.forEach((l, k) => {
    const dot = () => h("span", { class: "eq" }, "·");
    if (k) line.append(dot(), dot());
    line.append(step(l), h("span", { class: "l" }, inProduct(l.terms[l.chosen].partial)));
  });
  const whole = Math.abs(product - total) <= 1e-9 * Math.abs(product);
  line.append(h("span", {}), h("span", { class: "eq" }, "="), h("span", {}),
    h("b", { class: "m result" }, show(product)));
  return h("div", { class: "chain" }, h("span", { class: "small" }, w("chain"),
    whole ? "" : ` · ${w("share", show(product), show(total))}`), line);
}

/** For pictures and tiles: the picture that the element lies in, large, with its gradient.
 * @param {Store} store @param {PassNode} node @param {number[]} index @param {any} on */
function enlarge(store, node, index, on) {
  const seen = node.show;
  if (!seen || (seen.kind !== "image" && seen.kind !== "tiles") || node.shape.length !== 2) {
    return null;
  }
  const pick = index[0];
  /** @param {"value" | "delta"} which */
  const make = (which) => {
    const name = which === "value" ? node.value : node.delta;
    if (name === null) return null;
    const a = store.array(name);
    const count = seen.height * seen.width;
    const data = new Float64Array(count);
    for (let k = 0; k < count; k++) data[k] = Number(a.data[pick * count + k]);
    const p = {
      shape: [count],
      data,
      index: (/** @type {number} */ k) => [pick, k],
      find: (/** @type {number[]} */ i) => (i[0] === pick ? i[1] : null),
    };
    const caption = w(which === "value" ? "value"
      : node.role === "parameter" ? "gradient" : "messageShort");
    const box = picture({ ...node, show: { ...seen, kind: "image", channels: 1 } }, p, which,
      { cell: Math.max(3, Math.round(196 / seen.width)), label: `${node.name} [${pick}] ${caption}` });
    cross(box, index);
    box.addEventListener("click", (e) => {
      const i = /** @type {any} */ (e.target).closest("canvas")?.locate(e);
      if (i) on.select(node, i);
    });
    box.addEventListener("pointermove", (e) =>
      on.hover(node, /** @type {any} */ (e.target).closest("canvas")?.locate(e), e));
    box.addEventListener("pointerleave", () => on.hover(null));
    return h("figure", {}, box, h("figcaption", { class: which === "value" ? "v" : "m" }, caption));
  };
  return h("div", { class: "enlarged" }, make("value"), make("delta"),
    h("p", { class: "note" }, w("enlarged")));
}
