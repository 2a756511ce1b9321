// The page: state in one object, every change through a function, everything drawn from it.

import { h, math, plain, sym } from "./dom.js";
import { derivation } from "./derive.js";
import { GraphView } from "./graph.js";
import { count, exact, show } from "./numbers.js";
import { setRoot } from "./pictures.js";
import { stepReading } from "./reading.js";
import { flat, Store, unflat } from "./store.js";
import { Timeline } from "./steps.js";
import { getLang, setLang, setTexts, w } from "./words.js";

/** @typedef {import("./types.js").Explained} Explained */
/** @typedef {import("./types.js").PassNode} PassNode */
/** @typedef {import("./types.js").View} View */

/** Draw a record into an element. `whole`: the element is all of the page, so that its keys, title
 * and address are the page's.
 * @param {HTMLElement} root @param {Explained} record
 * @param {{ texts: Record<string, Record<string, string>>, lang?: string | null, whole?: boolean,
 *   title?: string | null }} options */
export function mount(root, record, { texts, lang = null, whole = false, title = null }) {
  setTexts(texts);
  const store = new Store(record);
  const asked = new URLSearchParams(whole ? location.hash.slice(1) : "");
  const first = store.batch ? Math.max(0, store.samples.indexOf(store.batch.start)) : null;
  const opened = new Set(record.groups.filter((g) => g.open).map((g) => g.id));
  const state = {
    step: Infinity,
    example: /** @type {number | null} */ (first),
    open: new Set(asked.get("open")?.split(",") ?? opened),
    selected: /** @type {{ node: PassNode, index: number[] } | null} */ (null),
    choices: /** @type {number[]} */ ([]),
    unfolded: /** @type {Set<number>} */ (new Set()),
    playing: false,
    byExample: false,
    shown: false,
    theme: asked.get("theme"),
  };
  const own = navigator.language.startsWith("ja") ? "ja" : "en";
  setLang(asked.get("lang") ?? lang ?? record.language ?? own);
  const wanted = asked.get("example");
  if (wanted === "all") state.example = null;
  else if (wanted && store.samples.includes(Number(wanted))) {
    state.example = store.samples.indexOf(Number(wanted));
  }

  root.classList.add("denpa");
  setRoot(root);
  const header = h("header");
  const caption = h("div", { class: "caption" });
  const reading = h("div", { class: "reading-place" });
  const tip = h("div", { class: "tip-box", role: "status" });
  const graph = new GraphView(store, { select, hover, open: toggle });
  const timeline = new Timeline({ go, move, play });
  const main = h("main", {}, header, caption, graph.scroll, timeline.el, reading, tip);
  root.replaceChildren(main);
  /** @type {View} */
  let view = store.view(state.open);
  let timer = 0;

  function heading() {
    root.lang = getLang();
    if (whole) document.documentElement.lang = getLang();
    if (state.theme) root.dataset.theme = state.theme;
    const name = title ?? record.title ?? w("title");
    if (whole) document.title = `${name} – Denpa`;
    const meta = [];
    const { facts, batch } = record;
    if (batch) meta.push(w("examples", batch.size));
    if (facts.parameters) meta.push(w("parameters", count(facts.parameters)));
    meta.push(w("equations", facts.equations));
    for (const [n, x] of facts.given) meta.push(`${n} = ${show(x)}`);
    meta.push(`E = ${show(store.value(store.loss, store.loss.shape.map(() => 0)), 5)}`);
    const formula = record.formula;
    const level = whole ? "h1" : "h2";
    header.replaceChildren(
      h("div", { class: "top" }, h("p", { class: "kind" }, w("kind")), switches()),
      h(level, { class: "heading", "aria-label": formula ? formula.latex : name },
        formula ? math(formula.mathml) : name),
      h("p", { class: "meta" }, meta.join("  ·  ")));
    const left = record.left_out;
    if (left) {
      const parts = [];
      if (left.samples) parts.push(w("left.samples", left.samples, batch?.size ?? 0));
      if (left.values) parts.push(w("left.values", left.values));
      if (left.nodes) parts.push(w("left.nodes", left.nodes));
      header.append(h("p", { class: "note" }, parts.join(" ")));
    }
    const wrong = store.nodes.filter((n) => n.began);
    if (wrong.length) {
      const names = wrong.slice(0, 5).map((n) => n.name).join(", ");
      header.append(h("p", { class: "note alarm" }, w("beganAt", names)));
    }
  }

  function switches() {
    const langs = [["en", "EN", "English"], ["ja", "日本語", "日本語"]].map(([l, text, name]) =>
      h("button", { class: "quiet", lang: l, title: name, "aria-pressed": getLang() === l,
        on: { click: () => {
          setLang(l);
          drawAll();
        } } }, text));
    const theme = h("button", { class: "quiet", "aria-label": w("theme"), title: w("theme"),
      on: { click: () => {
        const night = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
        state.theme = (state.theme ?? night) === "dark" ? "light" : "dark";
        drawAll();
      } } }, "◐");
    return h("div", { class: "switches" }, langs, theme);
  }

  function drawCaption() {
    const parts = [];
    if (store.batch) parts.push(examples());
    for (const g of record.groups) {
      if (!state.open.has(g.id)) continue;
      const shut = { class: "quiet", "aria-expanded": "true", on: { click: () => toggle(g.id) } };
      parts.push(h("button", shut, `${w("shut")} · ${g.name}`));
    }
    parts.push(finder());
    const scale = h("span", { class: "scale" }, w("negative"), h("i", { class: "ramp" }), w("positive"));
    parts.push(h("div", { class: "legend" },
      h("span", { class: "v" }, h("i", { class: "swatch" }), w("value")),
      h("span", { class: "m" }, h("i", { class: "swatch" }), w("message")),
      view.units.some((u) => u.node.shape.length) ? scale : null));
    caption.replaceChildren(...parts);
  }

  function examples() {
    const total = store.samples.length;
    /** @param {number | null} n */
    const pick = (n) => () => {
      state.example = n;
      state.selected = null;
      drawAll();
    };
    const box = h("div", { class: "examples", role: "group", "aria-label": w("example") },
      h("span", { class: "small" }, w("example")));
    /** @param {any} props @param {string | number} text */
    const button = (props, text) => box.append(h("button", { class: "quiet", ...props }, text));
    if (total <= 8) {
      for (let n = 0; n < total; n++) {
        button({ "aria-pressed": state.example === n, on: { click: pick(n) } }, store.samples[n]);
      }
    } else {
      const n = state.example ?? first ?? 0;
      const back = pick((n + total - 1) % total);
      button({ "aria-label": w("previousExample"), on: { click: back } }, "‹");
      const pressed = { "aria-pressed": state.example !== null, on: { click: pick(n) } };
      button({ class: "quiet number", ...pressed }, store.samples[n]);
      button({ "aria-label": w("nextExample"), on: { click: pick((n + 1) % total) } }, "›");
    }
    button({ "aria-pressed": state.example === null, on: { click: pick(null) } }, w("allExamples"));
    return box;
  }

  /** A node is found by its name: its group opens, and it gets the focus. */
  function finder() {
    const id = `denpa-names-${Math.random().toString(36).slice(2)}`;
    const list = h("datalist", { id }, store.nodes.filter((n) => !n.hidden).slice(0, 2000)
      .map((n) => h("option", { value: n.name })));
    const field = /** @type {HTMLInputElement} */ (h("input", { type: "search", list: id,
      "aria-label": w("find"), placeholder: w("find") }));
    const find = () => {
      const node = store.nodes.find((n) => n.name === field.value)
        ?? store.nodes.find((n) => n.name.includes(field.value) && !n.hidden);
      field.setAttribute("aria-invalid", String(Boolean(field.value) && !node));
      if (!node || !field.value) return;
      let opened = false;
      for (let g = node.group; g !== null; ) {
        const group = store.groupById.get(g);
        if (!group) break;
        if (node.id !== group.output && !state.open.has(g)) {
          state.open.add(g);
          opened = true;
        }
        g = group.parent;
      }
      if (opened) drawAll();
      const el = graph.units.get(view.unitOf(node.id));
      el?.scrollIntoView({ block: "nearest", inline: "center" });
      el?.focus({ preventScroll: true });
    };
    field.addEventListener("change", find);
    field.addEventListener("keydown", (e) => e.stopPropagation());
    return h("div", { class: "finder" }, field, list);
  }

  function drawAll() {
    view = store.view(state.open);
    state.step = Math.min(state.step, view.steps.length - 1);
    heading();
    drawCaption();
    timeline.draw(view.steps);
    graph.draw(view, state);
    drawStep();
  }

  function drawStep() {
    timeline.show(state.step, state.playing);
    if (state.selected) {
      const hear = { close, choose, unfold, select, hover, peek: graph.peek.bind(graph) };
      const { el, levels } = derivation(store, view, state, hear);
      const path = {
        first: view.unitOf(state.selected.node.id),
        units: new Set(levels.map((l) => view.unitOf(l.node.id))),
        links: new Set(levels.flatMap((l) => {
          const t = l.terms[l.chosen];
          if (!t) return [];
          if (t.link) return [t.link.id];
          return view.links.filter((k) => t.edge && k.edges.includes(t.edge)).map((k) => k.id);
        })),
      };
      reading.replaceChildren(el);
      graph.step(view.steps.length - 1, path);
      graph.mark(levels);
    } else {
      reading.replaceChildren(stepReading(store, view, state));
      graph.step(state.step, null);
      graph.mark([]);
    }
    root.classList.toggle("deriving", Boolean(state.selected));
    if (state.selected && !state.shown && whole) { // bring it into view, and no further
      const top = reading.getBoundingClientRect().top;
      const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
      const behavior = calm ? "auto" : "smooth";
      if (top > innerHeight * 0.62) scrollBy({ top: top - innerHeight * 0.42, behavior });
    }
    state.shown = Boolean(state.selected);
  }

  /** @param {number} k */
  function go(k) {
    state.step = Math.max(0, Math.min(view.steps.length - 1, k));
    state.selected = null;
    drawStep();
  }

  /** @param {number} by */
  function move(by) {
    stop();
    go(state.step + by);
  }

  function play() {
    if (state.playing) {
      stop();
      return;
    }
    state.playing = true;
    go(state.step >= view.steps.length - 1 ? 0 : state.step);
    timer = window.setInterval(() => {
      if (state.step >= view.steps.length - 1) stop();
      else go(state.step + 1);
    }, 1400);
  }

  function stop() {
    clearInterval(timer);
    state.playing = false;
    timeline.show(state.step, false);
  }

  /** @param {PassNode} node @param {number[]} index */
  function select(node, index) {
    stop();
    state.selected = { node, index };
    state.choices = [];
    if (node.axis === null && state.example !== null) { // through the example that is shown
      const edge = (store.readers.get(node.id) ?? []).find((e) => e.message && e.local);
      const to = edge ? store.node(edge.to) : null;
      if (edge && to && to.axis !== null) {
        const { axis, per } = to;
        const k = store.reach(edge, index)
          .findIndex((r) => Math.floor(r.index[axis] / per) === state.example);
        if (k >= 0) state.choices[0] = k;
      }
    }
    state.unfolded = new Set();
    drawStep();
  }

  function close() {
    const id = state.selected?.node.id;
    state.selected = null;
    drawStep();
    if (id) graph.units.get(view.unitOf(id))?.focus({ preventScroll: true });
  }

  /** @param {number} depth @param {number} k */
  function choose(depth, k) {
    state.choices = state.choices.slice(0, depth);
    state.choices[depth] = k;
    drawStep();
    focusIn(depth, ".term.chosen");
  }

  /** @param {number} depth */
  function unfold(depth) {
    if (!state.unfolded.delete(depth)) state.unfolded.add(depth);
    drawStep();
    focusIn(depth, ".fold");
  }

  /** The reading was drawn anew: the keyboard stays where it was.
   * @param {number} depth @param {string} what */
  function focusIn(depth, what) {
    const el = reading.querySelectorAll(".level")[depth]?.querySelector(what);
    if (el instanceof HTMLElement) el.focus({ preventScroll: true });
  }

  /** @param {string} id */
  function toggle(id) {
    if (!state.open.delete(id)) state.open.add(id);
    state.selected = null;
    state.step = Infinity;
    drawAll();
    const group = store.groupById.get(id);
    if (group) graph.units.get(view.unitOf(group.output))?.focus({ preventScroll: true });
  }

  /** @param {PassNode | null} node @param {number[] | null} [index] @param {PointerEvent} [event] */
  function hover(node, index, event) {
    tip.classList.toggle("on", Boolean(node && index));
    if (!node || !index || !event) return;
    const at = store.counted(node, index);
    tip.replaceChildren(math(sym(node.symbol, at)), h("code", {}, plain(node.symbol) === node.name
      ? "" : `${node.name}[${at.join(", ")}]`),
    h("span", { class: "v" }, exact(store.value(node, index), node.dtype)),
    node.delta ? h("span", { class: "m" }, "δ ", exact(store.delta(node, index), node.dtype)) : "");
    const wide = tip.offsetWidth;
    tip.style.left = `${Math.max(8, Math.min(innerWidth - wide - 8, event.clientX + 14))}px`;
    tip.style.top = `${event.clientY + 18}px`;
  }

  /** Arrow keys: steps, or the neighbouring element while a derivation is open.
   * @param {string} key */
  function arrow(key) {
    if (!state.selected) {
      if (key === "ArrowRight") move(1);
      else if (key === "ArrowLeft") move(-1);
      return key === "ArrowRight" || key === "ArrowLeft";
    }
    const { node, index } = state.selected;
    const { axis, per } = node;
    const one = axis !== null && state.example !== null;
    const shape = node.shape.map((n, d) => (one && d === axis ? per : n));
    const base = index.map((i, d) => (one && d === axis ? i % per : i));
    if (!shape.length) return true;
    const last = shape.length > 1 ? shape[shape.length - 1] : 1;
    const wide = node.show?.width && node.show.kind !== "bars" ? node.show.width : last;
    const across = one && shape.length === 2 && axis === 0 && !node.show ? 1 : wide;
    const by = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: across, ArrowUp: -across }[key] ?? 0;
    const k = flat(shape, base) + by;
    if (k < 0 || k >= shape.reduce((a, b) => a * b, 1)) return true;
    const to = unflat(shape, k);
    const first = one ? index[axis] - (index[axis] % per) : 0;
    select(node, to.map((i, d) => (one && d === axis ? i + first : i)));
    return true;
  }

  (whole ? window : root).addEventListener("keydown", (event) => {
    const e = /** @type {KeyboardEvent} */ (event);
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    if (e.key.startsWith("Arrow") && arrow(e.key)) e.preventDefault();
    else if (e.key === "Escape" && state.selected) close();
    else if (e.key === "Home") go(0);
    else if (e.key === "End") go(Infinity);
    else if (e.key === " " && !(/** @type {Element} */ (e.target).closest("button, input, summary"))) {
      e.preventDefault();
      play();
    }
  });

  let width = root.clientWidth;
  new ResizeObserver(() => {
    if (root.clientWidth !== width) {
      width = root.clientWidth;
      drawAll();
    }
  }).observe(root);

  drawAll();
  const at = asked.get("step");
  if (at) go(Number(at));
  const chosen = asked.get("at"); // #at=0.weight:3,2
  if (chosen) {
    const [name, index] = chosen.split(":");
    const node = store.nodes.find((n) => n.name === name);
    if (node) select(node, index ? index.split(",").map(Number) : []);
  }
}
