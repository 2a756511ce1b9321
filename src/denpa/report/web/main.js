// The page: its state in one object, every change through a function, everything drawn from it.

import { caption, heading } from "./bars.js";
import { derivation } from "./derive.js";
import { h, hasMathFont, math, plain, sym } from "./dom.js";
import { GraphView } from "./graph.js";
import { exact } from "./numbers.js";
import { setRoot } from "./pictures.js";
import { reach } from "./reach.js";
import { stepReading } from "./reading.js";
import { Timeline } from "./steps.js";
import { flat, Store, sizeOf, unflat } from "./store.js";
import { viewOf } from "./view.js";
import { getLang, setLang, setTexts, w } from "./words.js";

/** @typedef {import("./types.js").Explained} Explained */
/** @typedef {import("./types.js").PassNode} PassNode */
/** @typedef {import("./types.js").State} State */
/** @typedef {import("./types.js").View} View */

/** How long a step stays when they play, in milliseconds. */
const PACE = 1400;

/** Draw a record into an element. `whole`: the element is all of the page, so that its keys, title
 * and address are the page's.
 * @param {HTMLElement} root @param {Explained} record
 * @param {{ texts: Record<string, Record<string, string>>, lang?: string | null, whole?: boolean,
 *   title?: string | null }} options
 * @returns {() => void} what ends it */
export function mount(root, record, { texts, lang = null, whole = false, title = null }) {
  setTexts(texts);
  const store = new Store(record);
  const asked = new URLSearchParams(whole ? location.hash.slice(1) : "");
  const first = store.batch ? Math.max(0, store.samples.indexOf(store.batch.start)) : null;
  const opened = record.groups.filter((g) => g.open).map((g) => g.id);
  /** @type {State} */
  const state = {
    step: Number.POSITIVE_INFINITY,
    example: first,
    open: new Set(asked.get("open")?.split(",") ?? opened),
    selected: null,
    choices: [],
    unfolded: new Set(),
    whole: false,
    playing: false,
    details: new Set(),
    shown: false,
    theme: asked.get("theme"),
    zoom: 0,
  };
  const browsers = navigator.language.startsWith("ja") ? "ja" : "en";
  setLang(asked.get("lang") ?? lang ?? record.language ?? browsers);
  const wanted = asked.get("example");
  if (wanted === "all") state.example = null;
  else if (wanted && store.samples.includes(Number(wanted))) {
    state.example = store.samples.indexOf(Number(wanted));
  }

  root.classList.add("denpa");
  root.classList.toggle("plain-math", !hasMathFont());
  setRoot(root);
  const header = h("header");
  const controls = h("div", { class: "caption" });
  const reading = h("div", { class: "reading-place" });
  const tip = h("div", { class: "tip-box", "aria-hidden": "true" });
  const graph = new GraphView(store, { select, hover, open: toggle });
  const timeline = new Timeline({ go, move, play });
  const parts = [header, controls, graph.scroll, timeline.el, reading, tip];
  root.replaceChildren(h(whole ? "main" : "div", { class: whole ? "page" : "page inset" }, parts));
  /** @type {View} */
  let view = viewOf(store, state.open);
  let timer = 0;

  function drawAll() {
    view = viewOf(store, state.open);
    state.step = Math.min(state.step, view.steps.length - 1);
    root.lang = getLang();
    if (whole) document.documentElement.lang = getLang();
    if (state.theme) root.dataset.theme = state.theme;
    const name = title ?? record.title ?? w("title");
    if (whole) document.title = `${name} – Denpa`;
    heading(header, store, { name, whole, speak, theme });
    caption(controls, store, view, state, { example, toggle, find, zoom });
    timeline.draw(view.steps);
    graph.draw(view, state);
    drawStep();
  }

  /** @param {string} l */
  function speak(l) {
    setLang(l);
    drawAll();
  }

  function theme() {
    const night = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
    state.theme = (state.theme ?? root.dataset.theme ?? night) === "dark" ? "light" : "dark";
    drawAll();
  }

  /** @param {number | null} n */
  function example(n) {
    state.example = n;
    state.selected = null;
    drawAll();
  }

  /** @param {number} by what the size is multiplied with; 0: all of it in view */
  function zoom(by) {
    state.zoom = by ? Math.min(4, Math.max(0.02, graph.scale * by)) : -1;
    graph.zoom(state.zoom);
  }

  /** Go to a value by its name; the groups that hold it open. False where there is none.
   * @param {string} name */
  function find(name) {
    const shown = store.nodes.filter((n) => !n.hidden);
    const node =
      shown.find((n) => n.name === name) ??
      shown.find((n) => n.path === name) ??
      shown.find((n) => n.name.includes(name));
    if (!node) return false;
    let changed = false;
    for (
      let u = view.unitOf(node.id);
      u !== node.id && !graph.units.has(node.id);
      u = view.unitOf(node.id)
    ) {
      const group = view.units.find((x) => x.id === u)?.group;
      if (!group || state.open.has(group.id)) break;
      state.open.add(group.id);
      view = viewOf(store, state.open);
      changed = true;
    }
    if (changed) drawAll();
    graph.centre(node.id);
    graph.units.get(node.id)?.focus({ preventScroll: false });
    return true;
  }

  function drawStep() {
    timeline.show(state.step, state.playing);
    const chosen = state.selected;
    if (chosen) {
      const hear = { close, choose, unfold, unroll, select, hover, peek: graph.peek.bind(graph) };
      const { el, levels } = derivation(store, view, state, hear);
      const links = levels.flatMap((l) => {
        const t = l.terms[l.chosen];
        const link = t?.link ?? (t?.edge ? view.ofEdge.get(t.edge.id) : null);
        return link ? [link.id] : [];
      });
      const units = levels.map((l) => view.unitOf(l.node.id));
      reading.replaceChildren(el);
      graph.step(view.steps.length - 1, {
        first: view.unitOf(chosen.node.id),
        units: new Set(units),
        links: new Set(links),
      });
      graph.mark(levels);
    } else {
      reading.replaceChildren(stepReading(store, view, state));
      graph.step(state.step, null);
      graph.mark([]);
    }
    root.classList.toggle("deriving", Boolean(chosen));
    if (chosen && !state.shown && whole) {
      // bring it into view, and no further
      const { top } = reading.getBoundingClientRect();
      const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
      const behavior = calm ? "auto" : "smooth";
      if (top > innerHeight * 0.62) scrollBy({ top: top - innerHeight * 0.42, behavior });
    }
    state.shown = Boolean(chosen);
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
    reveal();
  }

  /** Where the picture runs down the page, the page goes along with the steps. */
  function reveal() {
    const { node } = view.steps[state.step];
    if (!whole || !node || !graph.el.classList.contains("vertical")) return;
    graph.units.get(node)?.scrollIntoView({ block: "center", behavior: "auto" });
  }

  function play() {
    if (state.playing) {
      stop();
      return;
    }
    state.playing = true;
    go(state.step >= view.steps.length - 1 ? 0 : state.step);
    timer = window.setInterval(() => {
      if (!root.isConnected || state.step >= view.steps.length - 1) stop();
      else {
        go(state.step + 1);
        reveal();
      }
    }, PACE);
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
    state.unfolded = new Set();
    state.whole = false;
    state.details.delete("examples");
    if (node.axis === null && state.example !== null) {
      // through the example that is shown
      let before = 0;
      for (const edge of store.readers.get(node.id) ?? []) {
        const { axis, per } = store.node(edge.to);
        const found = reach(store, edge, index);
        const k =
          axis === null
            ? -1
            : found.findIndex((r) => Math.floor(r.index[axis] / per) === state.example);
        if (k >= 0) state.choices[0] = before + k;
        if (k >= 0) break;
        before += found.length;
      }
    }
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

  function unroll() {
    state.whole = true;
    drawStep();
  }

  /** The reading was drawn anew: the keyboard stays where it was.
   * @param {number} depth @param {string} what */
  function focusIn(depth, what) {
    const el = reading.querySelectorAll(".level")[depth]?.querySelector(what);
    if (el instanceof HTMLElement) el.focus({ preventScroll: true });
  }

  /** @param {string} id */
  function toggle(id) {
    const was = state.open.delete(id);
    if (!was) state.open.add(id);
    state.selected = null;
    state.step = Number.POSITIVE_INFINITY;
    drawAll();
    const button = graph.el.querySelector(`button[data-group="${CSS.escape(id)}"]`);
    if (button instanceof HTMLElement) button.focus({ preventScroll: true });
    const group = store.groupById.get(id);
    if (group) graph.centre(view.unitOf(group.output));
  }

  /** @param {PassNode | null} node @param {number[] | null} [index] @param {PointerEvent} [event] */
  function hover(node, index, event) {
    tip.classList.toggle("on", Boolean(node && index));
    if (!node || !index || !event) return;
    const at = store.counted(node, index);
    const named = plain(node.symbol) === node.name ? "" : `${node.name}[${at.join(", ")}]`;
    tip.replaceChildren(
      math(sym(node.symbol, at)),
      h("code", {}, named),
      h("span", { class: "v" }, exact(store.value(node, index), node.dtype)),
      node.delta
        ? h("span", { class: "m" }, "δ ", exact(store.delta(node, index), node.dtype))
        : "",
    );
    const wide = tip.offsetWidth;
    tip.style.left = `${Math.max(8, Math.min(innerWidth - wide - 8, event.clientX + 14))}px`;
    tip.style.top = `${event.clientY + 18}px`;
  }

  /** Arrow keys: steps, or the neighbouring element while a derivation is open.
   * @param {string} key */
  function arrow(key) {
    const way = { ArrowRight: 1, ArrowLeft: -1 }[key] ?? 0;
    if (!state.selected) {
      if (way) move(way);
      return Boolean(way);
    }
    const { node, index } = state.selected;
    const { axis, per } = node;
    if (!node.shape.length) return true;
    const one = axis !== null && state.example !== null;
    const shape = node.shape.map((n, d) => (one && d === axis ? per : n));
    const seen = shape.filter((_, d) => !(one && d === axis && per === 1));
    const width = seen.length > 1 ? seen[seen.length - 1] : 1;
    const picture = node.show?.kind === "image" || node.show?.kind === "tiles";
    const wide = picture && node.show ? node.show.width : width;
    const by = way || ({ ArrowDown: wide, ArrowUp: -wide }[key] ?? 0);
    const k =
      flat(
        shape,
        index.map((i, d) => (one && d === axis ? i % per : i)),
      ) + by;
    if (k < 0 || k >= sizeOf(shape)) return true;
    const first = one ? index[axis] - (index[axis] % per) : 0;
    select(
      node,
      unflat(shape, k).map((i, d) => (one && d === axis ? i + first : i)),
    );
    return true;
  }

  /** @param {Event} event */
  function key(event) {
    const e = /** @type {KeyboardEvent} */ (event);
    if (e.ctrlKey || e.metaKey || e.altKey || e.defaultPrevented) return;
    const at = /** @type {Element} */ (e.composedPath()[0]);
    if (at.closest("input")) {
      if (e.key === "Escape" && state.selected) close();
      return;
    }
    if (e.key.startsWith("Arrow") && arrow(e.key)) e.preventDefault();
    else if (e.key === "Escape" && state.selected) close();
    else if (e.key === "Home" || e.key === "End") {
      e.preventDefault();
      go(e.key === "Home" ? 0 : Number.POSITIVE_INFINITY);
    } else if (e.key === " " && !at.closest("button, summary, a")) {
      e.preventDefault();
      play();
    }
  }
  const keys = whole ? window : root;
  keys.addEventListener("keydown", key);

  let width = root.clientWidth;
  const resized = new ResizeObserver(() => {
    if (root.clientWidth === width) return;
    width = root.clientWidth;
    drawAll();
  });
  resized.observe(root);
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  const repaint = () => {
    if (!state.theme) drawAll();
  };
  scheme.addEventListener("change", repaint);

  drawAll();
  const at = asked.get("step");
  if (at !== null) go(Number(at));
  const link = asked.get("at"); // #at=0.weight:3,2
  if (link) {
    const cut = link.lastIndexOf(":");
    const name = cut < 0 ? link : link.slice(0, cut);
    const node = store.nodes.find((n) => n.name === name);
    const given =
      cut < 0
        ? []
        : link
            .slice(cut + 1)
            .split(",")
            .map(Number);
    const fits =
      node &&
      given.length === node.full.length &&
      given.every((i, d) => Number.isInteger(i) && i >= 0 && i < node.full[d]);
    const index = fits ? store.stored(node, given) : null;
    if (node && index) select(node, index);
  }
  return () => {
    stop();
    keys.removeEventListener("keydown", key);
    scheme.removeEventListener("change", repaint);
    resized.disconnect();
    root.replaceChildren();
  };
}
