// The messages of a layer one by one, δ_{n←n′}: what each unit n′ sends to each unit n below it,
// for one example. The sum of a row is δ_n.

import { append, h, math, mi, mn, mo, row } from "./dom.js";
import { show } from "./numbers.js";
import { picture } from "./pictures.js";
import { reach } from "./reach.js";
import { dE, hue } from "./terms.js";
import { w } from "./words.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./types.js").Link} Link */
/** @typedef {import("./types.js").PassNode} PassNode */
/** @typedef {import("./types.js").State} State */

/** A side up to this is written in numbers. */
const WRITTEN = 12;
const MOST = 400;

/** Every message that goes through an edge between two vectors of one example: row n is an element
 * of x, column n′ one of y. @param {Store} store @param {import("./types.js").PassEdge} edge
 * @param {number} example its place among those stored */
export function messages(store, edge, example) {
  const [x, y] = [store.node(edge.from), store.node(edge.to)];
  const [rows, cols] = [x.shape[1], y.shape[1]];
  return Array.from({ length: rows }, (_, i) => {
    const own = new Float64Array(cols);
    for (const r of reach(store, edge, [example, i])) {
      own[r.index[1]] += r.partial * store.delta(y, r.index);
    }
    return own;
  });
}

/** Whether an edge goes from a vector to a vector for each example. @param {Store} store
 * @param {Link} link */
function fits(store, link) {
  const edge = link.edges[0];
  const kind = edge.local?.kind ?? "";
  if (link.group || link.edges.length > 1 || !["linear.x", "pointwise"].includes(kind))
    return false;
  return [edge.from, edge.to].every((id) => {
    const n = store.node(id);
    return (
      n.axis === 0 &&
      n.per === 1 &&
      n.shape.length === 2 &&
      n.shape[1] > 1 &&
      n.shape[1] <= MOST &&
      n.delta !== null
    );
  });
}

/** The matrix of a step, to be opened. @param {Store} store @param {Link} link
 * @param {State} state */
export function matrix(store, link, state) {
  if (!fits(store, link)) return null;
  const edge = link.edges[0];
  const [x, y] = [store.node(edge.from), store.node(edge.to)];
  const example = state.example ?? 0;
  const list = messages(store, edge, example);
  const sums = list.map((r) => r.reduce((a, b) => a + b, 0));
  const written = list.length <= WRITTEN && list[0].length <= WRITTEN;
  const box = h("div", { class: "matrix", tabindex: 0, role: "group", "aria-label": w("matrix") });
  box.append(written ? table(list, sums) : heat(x, list, sums));
  const name = `<msub>${mi("δ")}${row(mi("n"), mo("←"), mi("n′"))}</msub>`;
  const at = store.samples[example];
  const sum = math(
    row(hue("m", dE(x, [at, "n"])), mo("="), `<munder>${mo("∑")}${mi("n′")}</munder>`, name),
  );
  return h(
    "details",
    { class: "more" },
    h("summary", {}, w("matrix"), " ", math(name)),
    h(
      "p",
      { class: "note" },
      w("matrixSay", at),
      " ",
      sum,
      " · ",
      h("code", {}, `${y.name} → ${x.name}`),
    ),
    box,
  );
}

/** @param {Float64Array[]} list @param {number[]} sums */
function table(list, sums) {
  const heads = Array.from(list[0], (_, j) => h("th", { scope: "col" }, j));
  const body = h("tbody");
  append(
    body,
    list.map((r, i) =>
      h(
        "tr",
        {},
        h("th", { scope: "row" }, i),
        Array.from(r, (t) => h("td", { class: "m" }, show(t, 3))),
        h("td", { class: "sum" }, show(sums[i], 4)),
      ),
    ),
  );
  const corner = h("td", {}, math(row(mi("n"), mo("←"), mi("n′"))));
  return h(
    "table",
    {},
    h(
      "thead",
      {},
      h(
        "tr",
        {},
        corner,
        heads,
        h("th", { scope: "col" }, math(`<munder>${mo("∑")}${mi("n′")}</munder>`)),
      ),
    ),
    body,
  );
}

/** @param {PassNode} x @param {Float64Array[]} list @param {number[]} sums */
function heat(x, list, sums) {
  const shape = [list.length, list[0].length];
  const like = { ...x, show: null, role: "value" };
  /** @param {number[]} size @param {Float64Array} data @param {string} label */
  const drawn = (size, data, label) =>
    picture(
      like,
      {
        shape: size,
        data,
        index: () => [],
        find: () => null,
      },
      "delta",
      { label, cell: size[1] > 1 ? undefined : 12 },
    );
  const data = Float64Array.from(list.flatMap((r) => Array.from(r)));
  const top = [...sums.keys()].sort((a, b) => Math.abs(sums[b]) - Math.abs(sums[a])).slice(0, 6);
  return h(
    "div",
    {},
    drawn(shape, data, w("matrix")),
    h(
      "p",
      { class: "note" },
      w("rowSums"),
      " ",
      top.map((i, k) => [
        k ? ", " : "",
        math(`<msub>${mi("δ")}${mn(i)}</msub>`),
        " = ",
        h("b", { class: "m" }, show(sums[i])),
      ]),
      " …",
    ),
  );
}
