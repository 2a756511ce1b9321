// The reading area while a derivation is open: where one gradient comes from. Symbols, then
// numbers, then the result; the numbers are those of the record, multiplied and added here.

import { byExample } from "./blame.js";
import { append, h, math, mn, mo, partial, row, svg, sym } from "./dom.js";
import { enlarge, typed } from "./element.js";
import { exact, inProduct, show } from "./numbers.js";
import { d, eq, plus, times, v } from "./spelled.js";
import { dE, E, follow, fraction, hue, symbols } from "./terms.js";
import { w } from "./words.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./types.js").Hear} Hear */
/** @typedef {import("./types.js").Level} Level */
/** @typedef {import("./types.js").PassNode} PassNode */
/** @typedef {import("./types.js").State} State */
/** @typedef {import("./types.js").Term} Term */
/** @typedef {import("./types.js").View} View */

/** Sums of more terms are folded. */
const FEW = 6;
/** Bars of more terms are not drawn. */
const BARS = 2000;
/** A chain of more levels is folded in the middle: so many at the start, so many at the end. */
const [START, END] = [10, 3];

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
    content.push(times(), h("span", { class: "l" }, inProduct(t.partial)));
  }
  return content;
}

/** The quotient of a loss's own law. @param {Store} store @param {Level} here */
export function quotient(store, here) {
  const spell = here.law?.law?.spell;
  if (!spell) return null;
  const top = [
    v(store.at(spell.left, here.index)),
    " − ",
    v(store.at(spell.right, here.index), true),
  ];
  if (spell.over === 1) return h("span", {}, top);
  return h("span", { class: "quotient" }, h("span", {}, top), h("span", {}, show(spell.over)));
}

/** What the page has no terms for. @param {Store} store @param {Level} here @param {number} rest */
export function restOf(store, here, rest) {
  if (here.why === "far") return w("throughFar", show(rest));
  return w("others", (store.batch?.size ?? 0) - store.samples.length, show(rest));
}

/** The line of numbers of one level. @param {Store} store @param {Level} here
 * @param {number} depth @param {State} state @param {Hear} on */
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
    line.append(
      list.length > 1
        ? h(
            "button",
            {
              class: `term${k === here.chosen ? " chosen" : ""}`,
              title: `${t.to.name}[${at}]`,
              "aria-pressed": k === here.chosen,
              on: hear,
            },
            factors(t),
          )
        : h("span", { class: "term only" }, factors(t)),
    );
  });
  if (list.length > FEW) {
    const rest = list.reduce((sum, t, k) => (few.includes(k) ? sum : sum + t.term), 0);
    if (!unfolded) line.append(plus());
    line.append(
      h(
        "button",
        { class: "fold", "aria-expanded": unfolded, on: { click: () => on.unfold(depth) } },
        unfolded ? w("fold") : w("more", list.length - few.length, show(rest)),
      ),
    );
  }
  if (here.rest) line.append(plus(), h("span", { class: "soft" }, restOf(store, here, here.rest)));
  return append(line, result());
}

/** One level: δ here = Σ δ above × local derivative, in symbols, laws and numbers.
 * @param {Store} store @param {Level} here @param {number} depth @param {State} state
 * @param {Hear} on */
function levelView(store, here, depth, state, on) {
  const { node, index } = here;
  const box = h("div", { class: `level${depth ? "" : " first"}` });
  if (!here.terms.length) {
    const seed = node.role === "loss";
    const text = seed ? math(row(hue("m", partial(E, E)), mo("="), mn(1)), true) : w("far");
    box.append(h("div", { class: "line" }, text));
    return box;
  }
  const s = symbols(store, here);
  const left = hue("m", dE(node, store.counted(node, index)));
  const first = h("div", { class: "line symbols" }, math(row(left, mo("="), s.chain), true));
  if (s.law && s.law !== s.chain) first.append(math(row(mo("="), s.law), true));
  box.append(first, numbers(store, here, depth, state, on));
  if (here.terms.length > FEW && here.terms.length <= BARS) {
    box.append(strip(store, here.terms, here.chosen, (k) => on.choose(depth, k), on.peek));
  }
  if (!depth && !here.why) {
    const said = store.delta(node, index);
    const gap = Math.abs(here.total - said);
    const top = here.terms.reduce((m, t) => Math.max(m, Math.abs(t.term)), 0);
    const good = gap <= 1e-5 * Math.max(top, Math.abs(said)) || Object.is(here.total, said);
    box.append(
      h(
        "p",
        { class: `agrees ${good ? "good" : "bad"}` },
        w(good ? "agrees" : "differs", exact(said, node.dtype), show(gap, 2)),
      ),
    );
  }
  return box;
}

/** One bar a term, signed: which example, or which unit, pushes how much.
 * @param {Store} store @param {Term[]} list @param {number} chosen @param {(k: number) => void} choose
 * @param {(node: PassNode | null, index?: number[]) => void} peek */
function strip(store, list, chosen, choose, peek) {
  const [W, H] = [640, 44];
  const top = list.reduce((m, t) => Math.max(m, Math.abs(t.term)), 0) || 1;
  const each = W / list.length;
  const el = svg("svg", {
    class: "strip",
    viewBox: `0 0 ${W} ${H}`,
    preserveAspectRatio: "none",
    role: "img",
    "aria-label": w("perTerm", list.length),
  });
  el.append(svg("line", { x1: 0, x2: W, y1: H / 2, y2: H / 2, class: "axis" }));
  list.forEach((t, k) => {
    const size = (Math.abs(t.term) / top) * (H / 2 - 1);
    const bar = svg(
      "g",
      { class: k === chosen ? "bar chosen" : "bar" },
      svg("rect", { x: k * each, y: 0, width: each, height: H, class: "hit" }),
      svg("rect", {
        x: k * each + each * 0.15,
        y: t.term < 0 ? H / 2 : H / 2 - size,
        width: each * 0.7,
        height: Math.max(size, 0.6),
        class: t.term < 0 ? "negative" : "positive",
      }),
    );
    const at = store.counted(t.to, t.index).join(", ");
    bar.append(svg("title", {}, `${t.to.name}[${at}]  ${show(t.term)}`));
    bar.addEventListener("click", () => choose(k));
    bar.addEventListener("pointerenter", () => peek(t.to, t.index));
    bar.addEventListener("pointerleave", () => peek(null));
    el.append(bar);
  });
  return h("figure", { class: "terms" }, el, h("figcaption", {}, w("perTerm", list.length)));
}

/** The derivation of the element that is selected. @param {Store} store @param {View} view
 * @param {State} state @param {Hear} on @returns {{ el: HTMLElement, levels: Level[] }} */
export function derivation(store, view, state, on) {
  const { node, index } = /** @type {{ node: PassNode, index: number[] }} */ (state.selected);
  const levels = follow(store, view, node, index, state.choices);
  const aside = h(
    "div",
    { class: "aside" },
    h("h2", {}, w("derivation")),
    h("p", { class: "ask" }, w("derivationSay")),
    h("button", { class: "quiet close", on: { click: on.close } }, `${w("close")} · Esc`),
  );
  const body = h("div", { class: "proof" });
  const scalar = !node.shape.length;
  body.append(
    h(
      "div",
      { class: "headline" },
      math(sym(node.symbol, store.counted(node, index))),
      scalar ? h("code", {}, node.name) : typed(store, node, index, on),
      h(
        "span",
        { class: "pairing" },
        h("span", { class: "v" }, `${w("value")} `, h("b", {}, show(store.value(node, index), 5))),
        h(
          "span",
          { class: "m" },
          `${w(node.role === "parameter" ? "gradient" : "messageShort")} `,
          h("b", {}, show(store.delta(node, index), 5)),
        ),
      ),
    ),
  );
  append(body, [chainView(store, levels), enlarge(store, node, index, on)]);
  const proof = h("div", { class: "levels" });
  const all = levels.filter((l, k) => l.terms.length || !k || l.node.role !== "loss");
  const folded = !state.whole && all.length > START + END + 1;
  all.forEach((here, depth) => {
    if (!folded || depth < START || depth >= all.length - END) {
      proof.append(levelView(store, here, depth, state, on));
    } else if (depth === START) {
      proof.append(
        h(
          "p",
          {},
          h(
            "button",
            { class: "fold", "aria-expanded": "false", on: { click: on.unroll } },
            w("moreLevels", all.length - START - END),
          ),
        ),
      );
    }
  });
  body.append(proof);
  append(body, [
    byExample(store, levels[0], state, on),
    h("p", { class: "keys" }, w("keysDerive")),
  ]);
  return { el: h("section", { class: "reading", "aria-live": "polite" }, aside, body), levels };
}

/** The chain rule along the path that is followed: all local derivatives, and their product with
 * the message where the path ends. @param {Store} store @param {Level[]} levels */
function chainView(store, levels) {
  const path = levels.filter((l) => l.terms.length).reverse();
  if (!path.length) return null;
  const end = levels[levels.length - 1];
  const open = !end.terms.length && end.node.role !== "loss";
  let product = open ? store.delta(end.node, end.index) : 1;
  for (const l of path) product *= l.terms[l.chosen].partial;
  const total = levels[0].total;
  const line = h("div", {
    class: "chain-line",
    tabindex: 0,
    role: "group",
    "aria-label": w("chain"),
  });
  const dots = () => [h("span", { class: "eq" }, "·"), h("span", { class: "eq" }, "·")];
  if (open) {
    line.append(
      math(hue("m", dE(end.node, store.counted(end.node, end.index))), true),
      h("b", { class: "m" }, inProduct(store.delta(end.node, end.index))),
      ...dots(),
    );
  }
  const few = path.length > 2 * END + 4;
  path.forEach((l, k) => {
    if (few && k >= END && k < path.length - END) {
      if (k === END) line.append(...dots(), h("span", { class: "eq" }, "⋯"), h("span", {}, "⋯"));
      return;
    }
    if (k) line.append(...dots());
    line.append(
      fraction(store, l),
      h("span", { class: "l" }, inProduct(l.terms[l.chosen].partial)),
    );
  });
  const whole = Math.abs(product - total) <= 1e-9 * Math.abs(product);
  line.append(
    h("span", {}),
    h("span", { class: "eq" }, "="),
    h("span", {}),
    h("b", { class: "m result" }, show(product)),
  );
  return h(
    "div",
    { class: "chain" },
    h(
      "span",
      { class: "small" },
      w("chain"),
      whole ? "" : ` · ${w("share", show(product), show(total))}`,
    ),
    line,
  );
}
