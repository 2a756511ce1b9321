// The reading area: what one step does.

import { factors, quotient, restOf } from "./derive.js";
import { append, h, math, mn, mo, partial, row, sym } from "./dom.js";
import { part } from "./forms.js";
import { matrix } from "./matrix.js";
import { count, show } from "./numbers.js";
import { isFar } from "./reach.js";
import { d, eq, few, plus, spelled } from "./spelled.js";
import { dE, E, hue, levelOf, symbols } from "./terms.js";
import { has, w } from "./words.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./types.js").Level} Level */
/** @typedef {import("./types.js").Link} Link */
/** @typedef {import("./types.js").PassNode} PassNode */
/** @typedef {import("./types.js").State} State */
/** @typedef {import("./types.js").Step} Step */
/** @typedef {import("./types.js").View} View */

/** The first elements of what is looked at. @param {Store} store @param {PassNode} node
 * @param {State} state @param {number} most */
function elements(store, node, state, most) {
  const one = node.axis === null ? null : (state.example ?? 0);
  const p = part(store, node, node.value ? "value" : "delta", one);
  if (!p) return { list: [], more: 0 };
  const shown = Math.min(p.data.length, most);
  return {
    list: Array.from({ length: shown }, (_, k) => p.index(k)),
    more: p.data.length - shown,
  };
}

/** @param {Store} store @param {PassNode} n @param {number[]} index @param {boolean} message */
const left = (store, n, index, message) => {
  const at = store.counted(n, index);
  return math(message ? hue("m", dE(n, at)) : hue("v", sym(n.symbol, at)));
};

/** @param {...any} xs */
const line = (...xs) => h("div", { class: "line numbers" }, xs);

/** @param {Store} store @param {Step} s @param {State} state @param {HTMLElement} body */
function forward(store, s, state, body) {
  const node = store.node(s.node ?? "");
  const formula = s.group?.law?.formula ?? (s.group ? null : node.formula);
  if (formula) body.append(h("div", { class: "line law" }, math(formula.mathml, true)));
  const { list, more } = elements(store, node, state, 4);
  for (const index of list) {
    const value = h("b", { class: "v result" }, show(store.value(node, index), 5));
    const own = s.group ? null : spelled(store, node, index);
    body.append(line(left(store, node, index, false), eq(), own ? [own, eq()] : "", value));
  }
  if (!list.length) body.append(h("p", { class: "note" }, w("cutSay")));
  if (more) body.append(h("p", { class: "soft" }, w("moreElements", more)));
  if (!s.group && node.source) body.append(h("p", { class: "note" }, h("code", {}, node.source)));
}

/** What one wire carries back to an element: the terms that the page has, and their sum; through
 * maps that are not stored, and from examples that are not, what the record says of the whole.
 * @param {Store} store @param {View} view @param {Link} link @param {Level} all of the element */
function carried(store, view, link, all) {
  const terms = all.terms.filter((t) => (t.edge ? link.edges.includes(t.edge) : t.link === link));
  let sum = 0;
  for (const t of terms) sum += t.term;
  if (!all.why) return { terms, total: sum, rest: 0 };
  let total = 0;
  for (const e of link.edges) {
    if (e.message) total += store.at(e.message, all.index);
    else if (e.local) total = Number.NaN;
  }
  if (Number.isNaN(total) && view.waiting.get(link.source) === 1) {
    total = store.delta(all.node, all.index);
  }
  return { terms, total, rest: terms.length ? total - sum : 0 };
}

/** A result, or that it is not stored. @param {number} x @param {PassNode} node */
const result = (x, node) =>
  Number.isNaN(x) && !node.dstats?.nan
    ? h("span", { class: "soft" }, w("cut"))
    : h("b", { class: "m result" }, show(x));

/** @param {Store} store @param {View} view @param {Step} s @param {State} state
 * @param {HTMLElement} body */
function sum(store, view, s, state, body) {
  const node = store.node(s.node ?? "");
  const { list, more } = elements(store, node, state, 3);
  list.forEach((index, i) => {
    const here = levelOf(store, view, node, index);
    const law = h(
      "div",
      { class: "line law" },
      math(
        row(hue("m", dE(node, store.counted(node, index))), mo("="), symbols(store, here).chain),
        true,
      ),
    );
    if (!i) body.append(law);
    const parts = s.links.map((l) => ({ term: carried(store, view, l, here).total }));
    const place = h("div", { class: "line numbers" });
    (index.length ? body : law).append(place);
    append(place, [
      index.length ? left(store, node, index, true) : "",
      eq(),
      few(parts, (x) => d(x.term, true)),
      eq(),
      result(here.total, node),
    ]);
  });
  if (more) body.append(h("p", { class: "soft" }, w("moreElements", more)));
}

/** @param {Store} store @param {View} view @param {Step} s @param {State} state
 * @param {HTMLElement} body */
function send(store, view, s, state, body) {
  for (const link of s.links) {
    const from = store.node(link.source);
    const { list, more } = elements(store, from, state, s.links.length > 1 ? 2 : 3);
    const several = (view.waiting.get(from.id) ?? 0) > 1;
    const block = h("div", { class: "block" });
    if (!list.length) {
      block.append(
        h(
          "div",
          { class: "line law" },
          math(sym(from.symbol)),
          h("span", { class: "soft" }, w("cut")),
        ),
      );
    }
    list.forEach((index, i) => {
      const all = levelOf(store, view, from, index);
      const { terms, total, rest } = carried(store, view, link, all);
      const here = { ...all, terms, why: terms.length && !rest ? "" : all.why };
      const name = hue("m", dE(from, store.counted(from, index)));
      if (!i) block.append(lawLine(store, here, name, several));
      const law = here.law && terms[0]?.link ? quotient(store, here) : null;
      const plain = !terms.length || (terms.length === 1 && terms[0].partial === 1 && !rest);
      const spell = law ?? few(terms, factors);
      const others = rest ? [plus(), h("span", { class: "soft" }, restOf(store, here, rest))] : "";
      const lead = several ? math(row(name, mo("+="))) : [left(store, from, index, true), eq()];
      block.append(line(lead, plain ? "" : [spell, others, eq()], result(total, from)));
    });
    if (more) block.append(h("p", { class: "soft" }, w("moreElements", more)));
    if (link.edges.some((e) => isFar(e.local))) block.append(h("p", { class: "note" }, w("far")));
    append(block, [matrix(store, link, state)]);
    body.append(block);
  }
}

/** The chain rule of one wire in symbols. @param {Store} store @param {Level} here
 * @param {string} name @param {boolean} several */
function lawLine(store, here, name, several) {
  const box = h("div", { class: "line law" });
  if (!here.terms.length) return box;
  const sy = symbols(store, here);
  box.append(math(row(name, mo(several ? "+=" : "="), sy.chain), true));
  if (sy.law && sy.law !== sy.chain) box.append(math(row(mo("="), sy.law), true));
  return box;
}

/** What the record was compared with before it was written. @param {Store} store */
function checks(store) {
  const list = h("dl", { class: "facts" });
  for (const c of store.record.checks) {
    list.append(
      h("dt", {}, h("span", { class: "good" }, "✓ "), w(`check.${c.what}`)),
      h("dd", {}, w("checkLine", count(c.count), show(c.worst, 2))),
    );
  }
  return h("div", {}, h("p", { class: "small" }, w("checked")), list);
}

/** @param {Store} store @param {View} view @param {State} state */
export function stepReading(store, view, state) {
  const k = state.step;
  const s = view.steps[k];
  const last = k === view.steps.length - 1;
  const body = h("div", { class: "proof" });
  const node = s.node ? store.node(s.node) : null;
  let [title, say] = [w("start"), w("startSay")];
  if (last) {
    [title, say] = [w("done"), w("doneSay")];
    body.append(checks(store));
  } else if (s.kind === "value") {
    title = w("Forward");
    if (s.group) say = w("groupSay", s.group.name);
    else say = has(`say.${node?.op}`) ? w(`say.${node?.op}`) : "";
    forward(store, s, state, body);
  } else if (s.kind === "seed") {
    [title, say] = [w("seed"), w("seedSay")];
    const one = row(hue("m", partial(E, E)), mo("="), mn(1));
    body.append(h("div", { class: "line law" }, math(one, true)));
  } else if (s.kind === "sum") {
    [title, say] = [w("sum"), w("sumSay")];
    sum(store, view, s, state, body);
  } else if (s.kind === "send") {
    [title, say] = [w("Backward"), w("sendSay")];
    send(store, view, s, state, body);
  }
  const aside = h("div", { class: "aside" }, h("h2", {}, title));
  if (s.kind === "send" && node) {
    const formula = node.formula?.mathml ?? sym(node.symbol);
    aside.append(h("span", { class: "of" }, s.group ? s.group.name : math(formula)));
    if (!s.group && node.law) {
      const law = h("div", { class: "chain-line", tabindex: 0 }, math(node.law.mathml, true));
      body.append(h("div", { class: "law-of" }, h("p", { class: "small" }, w("law")), law));
    }
  }
  if (say) aside.append(h("p", { class: "ask" }, say));
  (last ? aside : body).append(h("p", { class: "keys" }, w("keysStep")));
  return h("section", { class: "reading", "aria-live": "polite" }, aside, body);
}
