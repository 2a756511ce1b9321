// Where a message comes from: its terms, and the way from an element to the loss.

import { math, mi, mn, mo, partial, row, sym } from "./dom.js";
import { isFar, reach } from "./reach.js";
import { sizeOf } from "./store.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./types.js").Formula} Formula */
/** @typedef {import("./types.js").Level} Level */
/** @typedef {import("./types.js").Link} Link */
/** @typedef {import("./types.js").PassEdge} PassEdge */
/** @typedef {import("./types.js").PassNode} PassNode */
/** @typedef {import("./types.js").Term} Term */
/** @typedef {import("./types.js").View} View */

/** The law of a closed loss that a node goes into; null where it is open, or has none.
 * @param {View} view @param {PassNode} node @returns {Link | null} */
function lawOf(view, node) {
  return (view.from.get(node.id) ?? []).find((l) => l.group?.law?.from === node.id) ?? null;
}

/** All terms of ∂E/∂x: one for each y that x reaches, through each place where x is used; and
 * whether a message comes through what this page has no terms for.
 * @param {Store} store @param {View} view @param {PassNode} node @param {number[]} index */
function terms(store, view, node, index) {
  const link = lawOf(view, node);
  const group = link?.group ?? null;
  /** @type {Term[]} */
  const list = [];
  let far = false;
  let rows = false;
  if (link && group?.law) {
    const { left, right, over } = group.law.spell;
    const share = (store.at(left, index) - store.at(right, index)) / over;
    const to = store.node(group.output);
    const at = to.shape.map(() => 0);
    list.push({ to, index: at, edge: null, link, partial: share, delta: 1, term: share });
  }
  for (const edge of store.readers.get(node.id) ?? []) {
    if (!edge.local) continue;
    const to = store.node(edge.to);
    if (group && view.unitOf(to.id) === group.output) continue;
    if (isFar(edge.local) || (to.delta === null && sizeOf(to.shape) > 1)) {
      far = true;
      continue;
    }
    rows = rows || to.axis !== null;
    for (const r of reach(store, edge, index)) {
      const delta = store.delta(to, r.index);
      const term = delta * r.partial;
      list.push({ to, index: r.index, edge, link: null, partial: r.partial, delta, term });
    }
  }
  return { list, far, rows, law: group };
}

/** One element with its terms. @param {Store} store @param {View} view @param {PassNode} node
 * @param {number[]} index @returns {Level} */
export function levelOf(store, view, node, index) {
  const { list, far, rows, law } = terms(store, view, node, index);
  let sum = 0;
  for (const t of list) sum += t.term;
  const why = far ? "far" : store.cut && node.axis === null && rows ? "samples" : "";
  const said = store.delta(node, index);
  return {
    node,
    index,
    terms: list,
    rest: why && list.length ? said - sum : 0,
    why,
    total: why || !list.length ? said : sum,
    chosen: -1,
    law,
  };
}

/** From an element to the loss, along the chosen or the largest term; to where the page's terms
 * end, if that is before. @param {Store} store @param {View} view @param {PassNode} node
 * @param {number[]} index @param {number[]} choices @returns {Level[]} */
export function follow(store, view, node, index, choices) {
  /** @type {Level[]} */
  const levels = [];
  for (let at = { node, index }; levels.length <= store.nodes.length; ) {
    const here = levelOf(store, view, at.node, at.index);
    const list = here.terms;
    levels.push(here);
    if (!list.length) break;
    let chosen = choices[levels.length - 1] ?? -1;
    if (chosen < 0 || chosen >= list.length) {
      chosen = 0;
      for (let k = 1; k < list.length; k++) {
        if (Math.abs(list[k].term) > Math.abs(list[chosen].term)) chosen = k;
      }
    }
    here.chosen = chosen;
    at = { node: list[chosen].to, index: list[chosen].index };
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
  const list = reach(store, edge, index);
  const first = list[0]?.index ?? [];
  const to = store.node(edge.to);
  if (list.length < 2) return { over: "", at: store.counted(to, first) };
  /** @type {string[]} */
  const over = [];
  const letters = ["k", "l", "m"];
  const at = store.counted(to, first).map((i, d) => {
    if (list.every((r) => r.index[d] === first[d])) return i;
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
  return edge.factor ? bracketed(edge.factor) : "";
}

/** A factor as it stands in a product: a sum in brackets, a number behind a dot.
 * @param {Formula} factor */
function bracketed(factor) {
  let depth = 0;
  let sum = false;
  for (const c of factor.latex) {
    if ("{([".includes(c)) depth++;
    else if ("})]".includes(c)) depth--;
    else if (!depth && "+-".includes(c)) sum = true;
  }
  if (sum) return row(mo("("), factor.mathml, mo(")"));
  return /^\d/.test(factor.latex) ? mo("·") + factor.mathml : factor.mathml;
}

/** So many places where a value is used are spelled. */
const PLACES = 4;

/** The chain rule of one level in symbols, and with the laws put in.
 * @param {Store} store @param {Level} here */
export function symbols(store, here) {
  const { node } = here;
  const index = store.counted(node, here.index);
  const mine = sym(node.symbol, index);
  const edges = [...new Set(here.terms.map((t) => t.edge))];
  const pieces = edges.slice(0, PLACES).map((edge) => {
    if (edge === null) {
      const law = here.law?.law;
      return { chain: hue("l", partial(E, mine)), law: law ? law.factor.mathml : "" };
    }
    const to = store.node(edge.to);
    const f = free(store, edge, here.index);
    const sigma = f.over ? `<munder>${mo("∑")}${row(mi(f.over))}</munder>` : "";
    // ∂E/∂x is the whole derivative; the share of the last equation alone names its right side
    const direct = to.role === "loss" && edges.length > 1;
    const right = direct && to.formula?.right ? row(mo("("), to.formula.right, mo(")")) : null;
    const there = right ?? (to.role === "loss" ? E : sym(to.symbol, f.at));
    const law = localSymbols(store, edge, here.index, f.at);
    const above = to.role === "loss" ? "" : hue("m", dE(to, f.at));
    const gap = above ? `<mspace width="0.15em"/>` : "";
    return {
      chain: sigma + above + gap + hue("l", partial(there, mine)),
      law: sigma + (above || (law ? "" : mn(1))) + (law ? gap : "") + law,
    };
  });
  const plus = mo("+");
  const more = edges.length > PLACES || here.why === "far" ? plus + mo("⋯") : "";
  return {
    chain: pieces.map((p) => p.chain).join(plus) + more,
    law: pieces.map((p) => p.law).join(plus) + more,
  };
}

/** ∂y/∂x of the term that a level follows, as a fraction. @param {Store} store
 * @param {Level} here */
export function fraction(store, here) {
  const t = here.terms[here.chosen];
  const top = t.to.role === "loss" ? E : sym(t.to.symbol, store.counted(t.to, t.index));
  return math(partial(top, sym(here.node.symbol, store.counted(here.node, here.index))), true);
}
