// What stands above the picture: the heading with its facts and warnings, and the controls: which
// example, a value by its name, how large, and the legend.

import { h, math } from "./dom.js";
import { count, show } from "./numbers.js";
import { getLang, w } from "./words.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./types.js").State} State */
/** @typedef {import("./types.js").View} View */

/** A longer title is code, or a sentence: it is set smaller. */
const LONG = 44;
/** So many names are offered while one types. */
const NAMES = 3000;
/** So many examples have a button each. */
const BUTTONS = 8;

let serial = 0;

/** @param {HTMLElement} header @param {Store} store
 * @param {{ name: string, whole: boolean, speak: (lang: string) => void, theme: () => void }} page */
export function heading(header, store, { name, whole, speak, theme }) {
  const { facts, batch, formula, left_out: left } = store.record;
  const meta = [];
  if (batch) meta.push(w("examples", count(batch.size)));
  if (facts.parameters) meta.push(w("parameters", count(facts.parameters)));
  meta.push(w("equations", count(facts.equations)));
  for (const [n, x] of facts.given) meta.push(`${n} = ${show(x)}`);
  const loss = store.value(
    store.loss,
    store.loss.shape.map(() => 0),
  );
  meta.push(`E = ${show(loss, 5)}`);
  const size = formula || name.length <= LONG ? "" : " long";
  header.replaceChildren(
    h("div", { class: "top" }, h("p", { class: "kind" }, w("kind")), switches(speak, theme)),
    h(
      whole ? "h1" : "h2",
      { class: `heading${size}`, "aria-label": formula ? name : null },
      formula ? math(formula.mathml) : name,
    ),
    h("p", { class: "meta" }, meta.join("  ·  ")),
  );
  const said = [];
  if (left?.samples) said.push(w("left.samples", count(left.samples), count(batch?.size ?? 0)));
  if (left?.values) said.push(w("left.values", count(left.values)));
  if (left?.nodes) said.push(w("left.nodes", count(left.nodes)));
  if (said.length) header.append(h("p", { class: "note" }, said.join(" ")));
  const wrong = store.nodes.filter((n) => n.began);
  if (wrong.length) {
    const names = wrong
      .slice(0, 5)
      .map((n) => n.name)
      .join(", ");
    header.append(h("p", { class: "note alarm" }, w("beganAt", names)));
  }
}

/** @param {(lang: string) => void} speak @param {() => void} theme */
function switches(speak, theme) {
  const langs = [
    ["en", "EN", "English"],
    ["ja", "日本語", "日本語"],
  ].map(([l, text, title]) =>
    h(
      "button",
      {
        class: "quiet",
        lang: l,
        title,
        "aria-pressed": getLang() === l,
        on: { click: () => speak(l) },
      },
      text,
    ),
  );
  return h(
    "div",
    { class: "switches" },
    langs,
    h(
      "button",
      {
        class: "quiet",
        "aria-label": w("theme"),
        title: w("theme"),
        on: { click: theme },
      },
      "◐",
    ),
  );
}

/** @param {HTMLElement} box @param {Store} store @param {View} view @param {State} state
 * @param {{ example: (n: number | null) => void, toggle: (id: string) => void,
 *   find: (name: string) => boolean, zoom: (by: number) => void }} on */
export function caption(box, store, view, state, on) {
  const scale = h(
    "span",
    { class: "scale" },
    w("negative"),
    h("i", { class: "ramp" }),
    w("positive"),
  );
  const legend = h(
    "div",
    { class: "legend" },
    h("span", { class: "v" }, h("i", { class: "swatch" }), w("value")),
    h("span", { class: "m" }, h("i", { class: "swatch" }), w("message")),
    view.units.some((u) => u.node.shape.length) ? scale : null,
  );
  box.replaceChildren(
    ...[
      store.batch ? examples(store, state, on.example) : null,
      store.nodes.length > 6 ? finder(store, on.find) : null,
      view.units.length > 4 ? sizes(on.zoom) : null,
      legend,
    ].filter((x) => x !== null),
  );
}

/** @param {Store} store @param {State} state @param {(n: number | null) => void} choose */
function examples(store, state, choose) {
  const total = store.samples.length;
  const box = h(
    "div",
    { class: "examples", role: "group", "aria-label": w("example") },
    h("span", { class: "small" }, w("example")),
  );
  /** @param {number | null} n @param {string | number} text @param {Record<string, any>} more */
  const button = (n, text, more) =>
    box.append(
      h(
        "button",
        {
          class: "quiet",
          on: { click: () => choose(n) },
          ...more,
        },
        text,
      ),
    );
  if (total <= BUTTONS) {
    for (let n = 0; n < total; n++) {
      button(n, store.samples[n], { "aria-pressed": state.example === n });
    }
  } else {
    const n = state.example ?? 0;
    button((n + total - 1) % total, "‹", { "aria-label": w("previousExample") });
    button(n, store.samples[n], { class: "quiet number", "aria-pressed": state.example !== null });
    button((n + 1) % total, "›", { "aria-label": w("nextExample") });
  }
  if (total > 1) button(null, w("allExamples"), { "aria-pressed": state.example === null });
  return box;
}

/** A value is found by its name: its groups open, and it gets the focus.
 * @param {Store} store @param {(name: string) => boolean} find */
function finder(store, find) {
  const id = `denpa-names-${serial++}`;
  const names = store.nodes.filter((n) => !n.hidden).slice(0, NAMES);
  const list = h(
    "datalist",
    { id },
    names.map((n) => h("option", { value: n.name })),
  );
  const field = /** @type {HTMLInputElement} */ (
    h("input", {
      type: "search",
      list: id,
      autocomplete: "off",
      spellcheck: "false",
      "aria-label": w("find"),
      placeholder: w("find"),
    })
  );
  let last = "";
  const go = () => {
    const name = field.value;
    if (name === last) return;
    last = name;
    field.setAttribute("aria-invalid", String(Boolean(name) && !find(name)));
  };
  field.addEventListener("change", go);
  field.addEventListener("keydown", (e) => {
    if (e.key !== "Enter") return;
    last = "";
    go();
  });
  return h("div", { class: "finder" }, field, list);
}

/** @param {(by: number) => void} zoom */
function sizes(zoom) {
  /** @param {string} text @param {string} name @param {number} by */
  const button = (text, name, by) =>
    h(
      "button",
      {
        class: "quiet",
        "aria-label": w(name),
        title: w(name),
        on: { click: () => zoom(by) },
      },
      text,
    );
  return h(
    "div",
    { class: "sizes", role: "group", "aria-label": w("size") },
    button("−", "smaller", 1 / 1.3),
    button("⤢", "fit", 0),
    button("+", "larger", 1.3),
  );
}
