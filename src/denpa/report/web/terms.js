// Where a message comes from: its terms, and the way from an element to the loss.

import { math, mi, mn, mo, partial, row, sym } from "./dom.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./types.js").Level} Level */
/** @typedef {import("./types.js").Link} Link */
/** @typedef {import("./types.js").PassEdge} PassEdge */
/** @typedef {import("./types.js").PassGroup} PassGroup */
/** @typedef {import("./types.js").PassNode} PassNode */
/** @typedef {import("./types.js").Term} Term */
/** @typedef {import("./types.js").View} View */

/** The law of a closed loss that a node goes into; null where it is open, or has none.
 * @param {View} view @param {PassNode} node @returns {PassGroup | null} */
function lawOf(view, node) {
  for (const l of view.links) {
    if (l.from === node.id && l.group?.law && l.group.law.from === node.id) return l.group;
  }
  return null;
}

/** All terms of ∂E/∂x: one for each y that x reaches, through each place where x is used.
 * @param {Store} store @param {View} view @param {PassNode} node @param {number[]} index
 * @returns {Term[]} */
export function terms(store, view, node, index) {
  const group = lawOf(view, node);
  /** @type {Term[]} */
  const out = [];
  if (group?.law) {
    const { left, right, over } = group.law.spell;
    const share = (store.at(left, index) - store.at(right, index)) / over;
    const to = store.node(group.output);
    const link = view.links.find((l) => l.from === node.id && l.group === group) ?? null;
    const at = to.shape.map(() => 0);
    out.push({ to, index: at, edge: null, link, partial: share, delta: 1, term: share });
  }
  for (const edge of store.readers.get(node.id) ?? []) {
    if (!edge.message && !edge.local) continue;
    const to = store.node(edge.to);
    if (group && view.unitOf(to.id) === group.output) continue;
    if (to.delta === null) continue;
    for (const r of store.reach(edge, index)) {
      const delta = store.delta(to, r.index);
      const term = delta * r.partial;
      out.push({ to, index: r.index, edge, link: null, partial: r.partial, delta, term });
    }
  }
  return out;
}

/** One element with its terms. What is not stored, of other examples, is the rest.
 * @param {Store} store @param {View} view @param {PassNode} node @param {number[]} index
 * @returns {Level} */
export function level(store, view, node, index) {
  const list = terms(store, view, node, index);
  const sum = list.reduce((s, t) => s + t.term, 0);
  const whole = store.cut && node.axis === null && list.some((t) => t.to.axis !== null);
  const said = store.delta(node, index);
  const law = list.length && !list[0].edge ? (list[0].link?.group ?? null) : null;
  return {
    node,
    index,
    terms: list,
    rest: whole ? said - sum : 0,
    total: whole || !list.length ? said : sum,
    chosen: -1,
    law,
  };
}

/** From an element to the loss, along the chosen or the largest term.
 * @param {Store} store @param {View} view @param {PassNode} node @param {number[]} index
 * @param {number[]} choices @returns {Level[]} */
export function follow(store, view, node, index, choices) {
  const levels = [];
  for (let at = { node, index }; levels.length < 400; ) {
    const here = level(store, view, at.node, at.index);
    levels.push(here);
    if (!here.terms.length) break;
    let chosen = choices[levels.length - 1] ?? -1;
    if (chosen < 0 || chosen >= here.terms.length) {
      chosen = 0;
      here.terms.forEach((t, k) => {
        if (Math.abs(t.term) > Math.abs(here.terms[chosen].term)) chosen = k;
      });
    }
    here.chosen = chosen;
    at = { node: here.terms[chosen].to, index: here.terms[chosen].index };
  }
  return levels;
}

/** @param {string} kind @param {string} source */
export const hue = (kind, source) => `<mrow class="${kind}">${source}</mrow>`;
export const E = mi("E");

/** ∂E/∂(one element). @param {PassNode} node @param {(number | string)[]} index */
export function dE(node, index) {
  return node.role === "loss" ? partial(E, E) : partial(E, sym(node.symbol, index));
}

/** The free index of a sum over what x reaches, and the index of y under it.
 * @param {Store} store @param {PassEdge} edge @param {number[]} index
 * @returns {{ over: string, at: (number | string)[] }} */
function free(store, edge, index) {
  const list = store.reach(edge, index);
  const first = list[0]?.index ?? [];
  if (list.length < 2) return { over: "", at: first };
  const to = store.node(edge.to);
  /** @type {string[]} */
  const over = [];
  const letters = ["k", "l", "m"];
  const at = first.map((i, d) => {
    if (list.every((r) => r.index[d] === i)) return i;
    const name = d === to.axis ? "n" : (letters[over.filter((o) => o !== "n").length] ?? "j");
    over.push(name);
    return name;
  });
  return { over: over.join(","), at };
}

/** ∂y/∂x as the law says it, with indices where the map has them.
 * @param {Store} store @param {PassEdge} edge @param {number[]} index
 * @param {(number | string)[]} at of y */
function localSymbols(store, edge, index, at) {
  const m = edge.local;
  const to = store.node(edge.to);
  /** @param {number} slot */
  const input = (slot) => {
    const id = to.inputs[slot];
    return typeof id === "string" ? store.node(id) : null;
  };
  if (!m) return "";
  if (m.kind === "linear.x") {
    const weight = input(1);
    return weight ? sym(weight.symbol, [at[at.length - 1], index[index.length - 1]]) : "";
  }
  if (m.kind === "linear.w") {
    const x = input(0);
    return x ? sym(x.symbol, [...at.slice(0, -1), index[1]]) : "";
  }
  if (m.constant === 1 && m.kind !== "dense") return "";
  if (["linear.b", "same", "permute", "take", "put", "running"].includes(m.kind)) return "";
  if (m.constant === -1) return row(mo("("), row(mo("−"), mn(1)), mo(")"));
  return edge.factor?.mathml ?? "";
}

/** The chain rule of one level in symbols, and with the laws put in.
 * @param {Store} store @param {View} view @param {Level} here */
export function symbols(store, view, here) {
  const { node, index } = here;
  const mine = sym(node.symbol, index);
  const edges = [...new Set(here.terms.map((t) => t.edge))];
  const pieces = edges.map((edge) => {
    if (edge === null) {
      const law = here.law?.law;
      return { chain: hue("l", partial(E, mine)), law: law ? law.factor.mathml : "" };
    }
    const to = store.node(edge.to);
    const f = free(store, edge, index);
    const sigma = f.over ? `<munder>${mo("∑")}${row(mi(f.over))}</munder>` : "";
    // ∂E/∂x is the whole derivative; the share of the last equation alone names its right side
    const direct = to.role === "loss" && edges.length > 1;
    const right = direct && to.formula?.right ? row(mo("("), to.formula.right, mo(")")) : null;
    const there = right ?? (to.role === "loss" ? E : sym(to.symbol, f.at));
    const law = localSymbols(store, edge, index, f.at);
    const above = to.role === "loss" ? "" : hue("m", dE(to, f.at));
    const gap = above ? `<mspace width="0.15em"/>` : "";
    return {
      chain: sigma + above + gap + hue("l", partial(there, mine)),
      law: sigma + (above || (law ? "" : mn(1))) + (law ? gap : "") + law,
    };
  });
  const plus = mo("+");
  return {
    chain: pieces.map((p) => p.chain).join(plus),
    law: pieces.map((p) => p.law).join(plus),
  };
}

/** ∂y/∂x of the term that a level follows, as a fraction. @param {Level} here */
export function step(here) {
  const t = here.terms[here.chosen];
  const top = t.to.role === "loss" ? E : sym(t.to.symbol, t.index);
  return math(partial(top, sym(here.node.symbol, here.index)), true);
}
