// One unit of the picture: an equation over its numbers, value and message side by side or one
// below the other; or a closed group over the numbers of its output.

import { h, math, plain, sym } from "./dom.js";
import { formOf, part } from "./forms.js";
import { show } from "./numbers.js";
import { indexAt, picture } from "./pictures.js";
import { w } from "./words.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./types.js").PassGroup} PassGroup */
/** @typedef {import("./types.js").PassNode} PassNode */
/** @typedef {import("./types.js").State} State */
/** @typedef {import("./types.js").Stats} Stats */
/** @typedef {import("./types.js").Unit} Unit */
/** @typedef {{ select: (node: PassNode, index: number[]) => void, open: (id: string) => void,
 *   hover: (node: PassNode | null, index?: number[] | null, event?: PointerEvent) => void,
 *   dragged: () => boolean }} Hands */

/** The range of what is too large to be stored. @param {PassNode} node @param {Stats | null} s */
function stats(node, s) {
  if (!s) return h("p", { class: "note" }, w("cut"));
  const list = h("dl", { class: "stats" });
  /** @param {string} name @param {number | string} text */
  const line = (name, text) => list.append(h("dt", {}, name), h("dd", {}, text));
  if (node.full.length) line(w("shape"), node.full.join(" × "));
  if (node.full.length && s.min !== null) {
    line(w("largest"), show(Number(s.max), 3));
    line(w("mean"), show(Number(s.mean), 3));
    line(w("smallest"), show(Number(s.min), 3));
  } else if (s.min !== null) return h("span", { class: "cell" }, show(Number(s.min)));
  if (s.nan) line("NaN", s.nan);
  if (s.inf) line("∞", s.inf);
  return list;
}

/** The numbers of a value and of its δ. @param {Store} store @param {HTMLElement} body
 * @param {PassNode} node @param {State} state */
function fill(store, body, node, state) {
  const p = part(store, node, "value", state.example);
  const f = p ? formOf(node, p, "value") : null;
  const tall =
    f && (f.kind === "bars" || f.kind === "image" || (f.kind === "numbers" && f.cols === 1));
  const beside = !p || tall || p.data.length === 1;
  body.classList.add(beside ? "beside" : "below");
  const value = p
    ? picture(node, p, "value", { label: w("valueOf", node.name) })
    : stats(node, node.stats);
  body.append(h("div", { class: "v" }, value));
  if (!node.delta && !node.dstats) return;
  const d = part(store, node, "delta", state.example);
  const delta = d
    ? picture(node, d, "delta", { label: w("messageOf", node.name) })
    : stats(node, node.dstats);
  body.append(h("div", { class: "d" }, delta));
}

/** A place for the numbers, which are drawn when it comes into view, and made to fit it.
 * @param {Store} store @param {HTMLElement} body @param {PassNode} node @param {State} state
 * @param {(el: Element, draw: () => void) => void} later */
function reserve(store, body, node, state, later) {
  body.classList.add("later");
  const one = node.shape.length ? "" : " one";
  if (one) body.classList.add("one");
  later(body, () => {
    fill(store, body, node, state);
    const inner = Array.from(body.children);
    const box = h("div", {
      class: `fitted ${body.classList.contains("below") ? "below" : "beside"}`,
    });
    box.append(...inner);
    body.append(box);
    const [x, y] = [body.clientWidth / box.offsetWidth, body.clientHeight / box.offsetHeight];
    const scale = Math.min(1, x, y);
    if (scale < 1) box.style.transform = `scale(${scale})`;
  });
}

/** What a loss compares, for one example: the probabilities that it gives the classes.
 * @param {Store} store @param {PassGroup} group @param {State} state */
function odds(store, group, state) {
  if (!group.law || state.example === null) return null;
  const { left, right } = group.law.spell;
  const a = store.array(left);
  const classes = store.batch?.classes ?? null;
  if (a.shape.length !== 2 || a.shape[1] > 20 || a.shape[1] < 2) return null;
  const box = h("div", { class: "odds" });
  for (let k = 0; k < a.shape[1]; k++) {
    const p = store.at(left, [state.example, k]);
    if (!(p >= 0 && p <= 1)) return null;
    const hit = store.at(right, [state.example, k]) === 1;
    box.append(
      h("span", { class: hit ? "true" : "" }, classes?.[k] ?? k),
      h("span", {}, h("i", { style: { width: `${p * 100}%` } })),
      h("span", { class: "v" }, p.toFixed(3)),
    );
  }
  return h("div", { class: "v" }, box);
}

/** The element of a node with the largest message: where Enter begins.
 * @param {Store} store @param {PassNode} node @param {number | null} example */
export function strongest(store, node, example) {
  const d = part(store, node, "delta", example);
  if (!d) return null;
  let best = 0;
  d.data.forEach((v, k) => {
    if (Math.abs(v) > Math.abs(d.data[best])) best = k;
  });
  return d.index(best);
}

/** @param {Store} store @param {Unit} u @param {State} state @param {Hands} on
 * @param {((el: Element, draw: () => void) => void) | null} later what draws numbers when they come
 *   into view; null: they are drawn now @returns {HTMLElement} */
export function unit(store, u, state, on, later) {
  const { node, group } = u;
  const body = h("div", { class: "body" });
  if (later) reserve(store, body, node, state, later);
  else fill(store, body, node, state);
  const head = h("div", { class: "head" });
  if (group) {
    head.append(h("span", { class: "title" }, group.label || group.kind || group.name));
    if (group.kind && group.kind !== group.label) head.append(h("code", {}, group.kind));
  } else head.append(math(node.formula ? node.formula.mathml : sym(node.symbol)));
  if (!group && node.path && node.role === "parameter") head.append(h("code", {}, node.name));
  const el = h(
    "div",
    {
      class: `unit ${node.role}${node.shape.length ? "" : " scalar"}${group ? " group" : ""}`,
      tabindex: 0,
      role: "group",
      data: { unit: u.id, name: node.name },
      "aria-label": group ? `${group.name} ${group.kind}` : `${plain(node.symbol)} ${node.name}`,
    },
    head,
    group ? odds(store, group, state) : null,
    body,
  );
  const box = !group && node.op === null && node.inputs.length > 0;
  if (box) el.append(h("p", { class: "note" }, w("box")));
  if (node.began) el.append(h("p", { class: "note alarm" }, w("began")));
  if (group) {
    /** @param {Event} e */
    const open = (e) => {
      e.stopPropagation();
      on.open(group.id);
    };
    el.append(
      h(
        "div",
        { class: "foot" },
        h(
          "button",
          {
            class: "toggle",
            "aria-expanded": "false",
            data: { group: group.id },
            on: { click: open },
          },
          `${w("open")} · ${w("equations", group.count)}`,
        ),
      ),
    );
  }
  listen(store, el, body, node, state, on);
  return el;
}

/** Pointer and keyboard on a unit. @param {Store} store @param {HTMLElement} el
 * @param {HTMLElement} body @param {PassNode} node @param {State} state @param {Hands} on */
function listen(store, el, body, node, state, on) {
  body.addEventListener("click", (e) => {
    const index = indexAt(e);
    if (index && node.delta && !on.dragged()) on.select(node, index);
  });
  body.addEventListener("pointermove", (e) => on.hover(node, indexAt(e), e));
  body.addEventListener("pointerleave", () => on.hover(null));
  el.addEventListener("keydown", (e) => {
    if (e.key !== "Enter" || e.target !== el) return;
    e.preventDefault();
    e.stopPropagation();
    const index = node.delta ? strongest(store, node, state.example) : null;
    if (index) on.select(node, index);
  });
}
