// The reading area: what one step does.

import { append, h, math, mn, mo, partial, row, sym } from "./dom.js";
import { d, eq, factors, plus, quotient, v } from "./derive.js";
import { count, show } from "./numbers.js";
import { part, picture } from "./pictures.js";
import { dE, E, hue, level, symbols } from "./terms.js";
import { has, w } from "./words.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./types.js").Level} Level */
/** @typedef {import("./types.js").Link} Link */
/** @typedef {import("./types.js").PassNode} PassNode */
/** @typedef {import("./types.js").Step} Step */
/** @typedef {import("./types.js").Term} Term */
/** @typedef {import("./types.js").View} View */

/** The first elements of what is looked at. @param {Store} store @param {PassNode} node
 * @param {any} state @param {number} most */
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

/** The forward computation of one element with its numbers; null where a formula says it all.
 * @param {Store} store @param {PassNode} node @param {number[]} index */
function spelled(store, node, index) {
  /** @param {number} k */
  const input = (k) => {
    const i = node.inputs[k];
    return typeof i === "string" ? store.node(i) : null;
  };
  /** @param {number} k */
  const get = (k) => {
    const x = input(k);
    if (!x) return Number(/** @type {any} */ (node.inputs[k]).number);
    if (x.value === null) return NaN;
    const lead = index.length - x.shape.length;
    return store.value(x, x.shape.map((n, q) => (n === 1 ? 0 : index[q + lead])));
  };
  const two = { mul: "·", add: "+", sub: "−", div: "∕" };
  if (node.op === "linear") return weighted(store, node, index);
  if (node.op === "sum" || node.op === "mean") return summed(store, node, index);
  const op = /** @type {Record<string, string>} */ (two)[node.op ?? ""];
  if (op) return [v(get(0), true), h("span", { class: "times" }, op), v(get(1), true)];
  if (node.op === "pow") return [v(get(0), true), h("sup", {}, show(get(1)))];
  /** @type {Record<string, string>} */
  const one = { sigmoid: "σ", exp: "exp", log: "ln", tanh: "tanh", sqrt: "√", sin: "sin",
    cos: "cos", abs: "abs", softplus: "softplus", erf: "erf" };
  if (node.op && one[node.op]) return [`${one[node.op]}(`, v(get(0)), ")"];
  if (node.op === "relu") return ["max(", v(get(0)), ", 0)"];
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
  const out = few(list, (t) => [v(t.w, true), h("span", { class: "times" }, "·"), v(t.x, true)]);
  if (bias?.value) out.push(plus(), v(store.value(bias, bias.shape.length ? [bias.shape[0] === 1 ? 0 : j] : []), true));
  return out;
}

/** The terms of a sum. @param {Store} store @param {PassNode} node @param {number[]} index */
function summed(store, node, index) {
  const edge = store.record.edges.find((e) => e.to === node.id);
  const x = edge ? store.node(edge.from) : null;
  const m = edge?.local;
  if (!edge || !x?.value || !m || !m.dims) return null;
  let at = 0;
  const base = x.shape.map((_, q) => {
    if (m.dims.includes(q)) {
      if (m.keepdim) at++;
      return null;
    }
    return index[at++];
  });
  /** @type {number[][]} */
  let places = [[]];
  x.shape.forEach((n, q) => {
    const own = base[q];
    const ks = own === null ? Array.from({ length: n }, (_, k) => k) : [own];
    places = places.flatMap((p) => ks.map((k) => [...p, k]));
  });
  const list = places.map((p) => ({ term: store.value(x, p) }));
  const out = few(list, (t) => [v(t.term, true)]);
  if (node.op === "mean") return ["(", ...out, ") ∕ ", show(list.length)];
  return out;
}

/** A sum with its largest terms, the others as one number. @template {{ term: number }} T
 * @param {T[]} list @param {(t: T) => any} write @returns {any[]} */
function few(list, write) {
  const short = list.length <= 4;
  const seen = short ? list : [...list].sort((p, q) => Math.abs(q.term) - Math.abs(p.term)).slice(0, 3);
  /** @type {any[]} */
  const out = [];
  seen.forEach((t, k) => out.push(k ? plus() : "", h("span", { class: "term only" }, write(t))));
  if (!short) {
    const rest = list.filter((t) => !seen.includes(t)).reduce((s, t) => s + t.term, 0);
    out.push(plus(), h("span", { class: "soft" }, w("more", list.length - seen.length, show(rest))));
  }
  return out;
}

/** @param {Store} store @param {View} view @param {Step} s @param {any} state @param {HTMLElement} body */
function forward(store, view, s, state, body) {
  const node = store.node(s.node ?? "");
  const formula = s.group?.law?.formula ?? (s.group ? null : node.formula);
  if (formula) body.append(h("div", { class: "line law" }, math(formula.mathml, true)));
  const { list, more } = elements(store, node, state, 4);
  for (const index of list) {
    const value = h("b", { class: "v result" }, show(store.value(node, index), 5));
    const own = s.group ? null : spelled(store, node, index);
    body.append(line(left(store, node, index, false), eq(), own ? [own, eq()] : "", value));
  }
  if (more) body.append(h("p", { class: "soft" }, w("moreElements", more)));
  if (!s.group && node.source) body.append(h("p", { class: "note" }, h("code", {}, node.source)));
}

/** @param {Store} store @param {View} view @param {Step} s @param {any} state @param {HTMLElement} body */
function sum(store, view, s, state, body) {
  const node = store.node(s.node ?? "");
  const { list, more } = elements(store, node, state, 3);
  list.forEach((index, i) => {
    const here = level(store, view, node, index);
    const sy = symbols(store, view, here);
    const law = h("div", { class: "line law" },
      math(row(hue("m", dE(node, store.counted(node, index))), mo("="), sy.chain), true));
    if (!i) body.append(law);
    const parts = perLink(s, here);
    const place = h("div", { class: "line numbers" });
    (index.length ? body : law).append(place);
    const result = h("b", { class: "m result" }, show(here.total));
    append(place, [index.length ? left(store, node, index, true) : "", eq(),
      parts.map((x, k) => [k ? plus() : "", d(x, k > 0)]), eq(), result]);
  });
  if (more) body.append(h("p", { class: "soft" }, w("moreElements", more)));
}

/** What each wire brings to one element. @param {Step} s @param {Level} here */
function perLink(s, here) {
  return s.links.map((l) => {
    const own = here.terms.filter((t) => (t.edge ? l.edges.includes(t.edge) : t.link === l));
    return own.reduce((a, t) => a + t.term, 0);
  });
}

/** @param {Store} store @param {View} view @param {Step} s @param {any} state @param {HTMLElement} body */
function send(store, view, s, state, body) {
  for (const link of s.links) {
    const from = store.node(link.from);
    const { list, more } = elements(store, from, state, s.links.length > 1 ? 2 : 3);
    const several = (view.waiting.get(from.id) ?? 0) > 1;
    const block = h("div", { class: "block" });
    list.forEach((index, i) => {
      const all = level(store, view, from, index);
      const own = all.terms.filter((t) => (t.edge ? link.edges.includes(t.edge) : t.link === link));
      const here = { ...all, terms: own, rest: 0 };
      const at = store.counted(from, index);
      const name = hue("m", dE(from, at));
      const sy = own.length ? symbols(store, view, here) : { chain: "", law: "" };
      if (!i && own.length) {
        block.append(h("div", { class: "line law" },
          math(row(name, mo(several ? "+=" : "="), sy.chain), true),
          sy.chain === sy.law || !sy.law ? "" : math(row(mo("="), sy.law), true)));
      }
      const total = own.reduce((a, t) => a + t.term, 0);
      const plain = own.length === 1 && own[0].partial === 1;
      const law = here.law ? quotient(store, here) : null;
      const terms = law ?? few(own, factors);
      const shown = plain || !own.length ? "" : [terms, eq()];
      const lead = several ? math(row(name, mo("+="))) : [left(store, from, index, true), eq()];
      block.append(line(lead, shown, h("b", { class: "m result" }, show(total))));
    });
    if (more) block.append(h("p", { class: "soft" }, w("moreElements", more)));
    const m = matrix(store, link, state);
    if (m) block.append(m);
    body.append(block);
  }
}

/** The third-order form δ^t_{n←n′} of a layer of vectors: every message by itself, and the sums of
 * its rows. @param {Store} store @param {Link} link @param {any} state */
function matrix(store, link, state) {
  const edge = link.edges[0];
  const [x, y] = [store.node(edge.from), store.node(edge.to)];
  if (link.group || edge.local?.kind !== "linear.x" || x.axis !== 0 || x.shape.length !== 2) return null;
  if (!y.delta || x.shape[1] > 400 || y.shape[1] > 400) return null;
  const n = state.example ?? 0;
  const rows = Array.from({ length: x.shape[1] }, (_, i) => {
    const own = new Float64Array(y.shape[1]);
    for (const r of store.reach(edge, [n, i])) own[r.index[1]] += r.partial * store.delta(y, r.index);
    return own;
  });
  const sums = rows.map((r) => r.reduce((a, b) => a + b, 0));
  const box = h("div", { class: "matrix", tabindex: 0, role: "group", "aria-label": w("matrix") });
  if (x.shape[1] <= 8 && y.shape[1] <= 8) {
    const table = h("table", {}, h("thead", {}, h("tr", {}, h("td", {}, "n ← n′"),
      rows[0] ? Array.from(rows[0], (_, j) => h("th", { scope: "col" }, j)) : "",
      h("th", { scope: "col" }, "Σ"))));
    rows.forEach((r, i) => table.append(h("tr", {}, h("th", { scope: "row" }, i),
      Array.from(r, (t) => h("td", { class: "m" }, show(t, 3))),
      h("td", { class: "sum" }, show(sums[i], 4)))));
    box.append(table);
  } else {
    const data = Float64Array.from(rows.flatMap((r) => Array.from(r)));
    const shape = [rows.length, y.shape[1]];
    const p = { shape, data, index: () => [n, 0], find: () => null };
    const seen = { ...x, show: null, role: "value" };
    box.append(picture(seen, p, "delta", { label: w("matrix") }));
    append(box, [h("p", { class: "note" }, `Σ: ${sums.slice(0, 6).map((t) => show(t, 3)).join(", ")} …`)]);
  }
  return h("details", { class: "more" }, h("summary", {}, w("matrix")),
    h("p", { class: "note" }, w("matrixSay", state.example === null ? store.samples[0] : store.samples[n])), box);
}

/** What the record was compared with before it was written. @param {Store} store */
function checks(store) {
  const list = h("dl", { class: "facts" });
  for (const c of store.record.checks) {
    list.append(h("dt", {}, h("span", { class: "good" }, "✓ "), w(`check.${c.what}`)),
      h("dd", {}, w("checkLine", count(c.count), show(c.worst, 2))));
  }
  return h("div", {}, h("p", { class: "small" }, w("checked")), list);
}

/** @param {Store} store @param {View} view @param {any} state */
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
    say = s.group ? w("groupSay", s.group.label) : has(`say.${node?.op}`) ? w(`say.${node?.op}`) : "";
    forward(store, view, s, state, body);
  } else if (s.kind === "seed") {
    [title, say] = [w("seed"), w("seedSay")];
    body.append(h("div", { class: "line law" }, math(row(hue("m", partial(E, E)), mo("="), mn(1)), true)));
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
    if (!s.group && node.law) aside.append(h("span", { class: "of" }, math(node.law.mathml)));
  }
  if (say) aside.append(h("p", { class: "ask" }, say));
  (last ? aside : body).append(h("p", { class: "keys" }, w("keysStep")));
  return h("section", { class: "reading", "aria-live": "polite" }, aside, body);
}
