// Which example of the batch pushes a weight: the terms of its gradient by example.

import { append, h } from "./dom.js";
import { part } from "./forms.js";
import { show } from "./numbers.js";
import { picture } from "./pictures.js";
import { isFar, reach } from "./reach.js";
import { w } from "./words.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./types.js").Hear} Hear */
/** @typedef {import("./types.js").Level} Level */
/** @typedef {import("./types.js").PassNode} PassNode */
/** @typedef {import("./types.js").State} State */

/** So many examples are listed; the rest is one number that opens. */
const LISTED = 10;
/** A weight that reaches more elements than this is not followed. */
const MOST = 100_000;

/** The share of each example in ∂E/∂(an element that is no example's own): the element is followed
 * until it meets a row. `none` is what reaches the loss by no row, as a penalty on weights does.
 * Null where the page does not hold all of it. @param {Store} store @param {PassNode} node
 * @param {number[]} index @returns {{ rows: Map<number, number>, none: number } | null} */
export function shares(store, node, index) {
  /** @type {Map<number, number>} */
  const rows = new Map();
  let none = 0;
  /** @type {{ node: PassNode, index: number[], by: number }[]} */
  const stack = [{ node, index, by: 1 }];
  for (let steps = 0; stack.length; steps++) {
    const at = /** @type {{ node: PassNode, index: number[], by: number }} */ (stack.pop());
    for (const edge of store.readers.get(at.node.id) ?? []) {
      if (!edge.local) continue;
      const to = store.node(edge.to);
      const unknown = to.delta === null && to.role !== "loss";
      if (isFar(edge.local) || unknown || steps > MOST) return null;
      for (const r of reach(store, edge, at.index)) {
        const by = at.by * r.partial;
        if (to.axis === null) {
          if (to.role === "loss") none += by;
          else stack.push({ node: to, index: r.index, by });
          continue;
        }
        const n = Math.floor(r.index[to.axis] / to.per);
        rows.set(n, (rows.get(n) ?? 0) + by * store.delta(to, r.index));
      }
    }
  }
  return { rows, none };
}

/** Whether rows of the batch are mixed above a weight, so that the message of one contains a share
 * of the others. @param {Store} store @param {PassNode} from */
export function isCoupled(store, from) {
  /** Per node: has a row gone into it, and has a mixture of rows. @type {Map<string, number>} */
  const seen = new Map();
  const [ROW, MIXED] = [1, 2];
  const stack = [{ node: from, state: from.axis === null ? 0 : ROW }];
  while (stack.length) {
    const at = /** @type {{ node: PassNode, state: number }} */ (stack.pop());
    for (const e of store.readers.get(at.node.id) ?? []) {
      if (!e.local) continue;
      const to = store.node(e.to);
      if (at.state === MIXED && to.axis !== null) return true;
      const state = to.axis !== null ? ROW : at.state ? MIXED : 0;
      const known = seen.get(to.id) ?? -1;
      if (known >= state) continue;
      seen.set(to.id, state);
      stack.push({ node: to, state });
    }
  }
  return false;
}

/** A row of the batch, small: its picture, or its numbers. @param {Store} store @param {number} n */
function face(store, n) {
  const input = store.nodes.find((x) => x.role === "input" && x.axis !== null && x.value);
  const p = input ? part(store, input, "value", n) : null;
  if (!input || !p) return null;
  if (input.show?.kind === "image") {
    const cell = Math.max(1, Math.round(42 / input.show.width));
    return picture(input, p, "value", { cell, label: w("example") });
  }
  if (p.data.length > 8) return null;
  return h("span", { class: "v" }, Array.from(p.data, (x) => show(x, 3)).join("  "));
}

/** The terms by example, the largest first, each with its picture or its row.
 * @param {Store} store @param {Level} here @param {State} state @param {Hear} on */
export function byExample(store, here, state, on) {
  const { node, index } = here;
  if (node.axis !== null || !store.batch || node.role !== "parameter") return null;
  const found = shares(store, node, index);
  if (!found || found.rows.size < 2) return null;
  const order = [...found.rows].sort((a, b) => Math.abs(b[1]) - Math.abs(a[1]));
  const top = Math.abs(order[0][1]) || 1;
  const all = state.details.has("examples");
  /** The first term of each example at the level that is shown. @type {Map<number, number>} */
  const first = new Map();
  here.terms.forEach((t, k) => {
    if (t.to.axis === null) return;
    const n = Math.floor(t.index[t.to.axis] / t.to.per);
    if (!first.has(n)) first.set(n, k);
  });
  const table = h("table", {}, h("tbody"));
  const body = /** @type {HTMLElement} */ (table.firstElementChild);
  append(
    body,
    order.slice(0, all ? order.length : LISTED).map(([n, term]) => {
      const k = first.get(n);
      const name = `${w("example")} ${store.samples[n]}`;
      const label =
        k === undefined ? name : h("button", { on: { click: () => on.choose(0, k) } }, name);
      return h(
        "tr",
        {},
        h("th", { scope: "row" }, label),
        h("td", {}, face(store, n)),
        h("td", { class: "n m" }, show(term)),
        h(
          "td",
          {},
          h("i", {
            class: term < 0 ? "negative" : "positive",
            style: { width: `${(Math.abs(term) / top) * 90}px` },
          }),
        ),
      );
    }),
  );
  const left = order.slice(LISTED);
  const more = h("details", { class: "more byExample" }, h("summary", {}, w("byExample")), table);
  if (left.length && !all) {
    let sum = 0;
    for (const [, term] of left) sum += term;
    more.append(
      h(
        "button",
        {
          class: "fold",
          on: {
            click: () => {
              state.details.add("examples");
              on.choose(0, here.chosen);
            },
          },
        },
        w("others", left.length, show(sum)),
      ),
    );
  }
  if (here.why === "samples" && here.rest) {
    const others = store.batch.size - store.samples.length;
    more.append(h("p", { class: "note" }, w("others", others, show(here.rest))));
  }
  if (found.none) more.append(h("p", { class: "note" }, w("noExample", show(found.none))));
  if (isCoupled(store, node)) more.append(h("p", { class: "note" }, w("coupled")));
  if (state.details.has("byExample")) more.setAttribute("open", "");
  more.addEventListener("toggle", () => {
    if (more.hasAttribute("open")) state.details.add("byExample");
    else state.details.delete("byExample");
  });
  return more;
}
