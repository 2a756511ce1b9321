// The computation graph: units as HTML (so that numbers are text and focus is the browser's own),
// wires as SVG beneath them. Open groups are frames around what they hold.

import { h } from "./dom.js";
import { framing, outline } from "./frames.js";
import { nested } from "./nested.js";
import { cellOf, cross } from "./pictures.js";
import { isGiven } from "./store.js";
import { unit } from "./units.js";
import { tagOf, wires } from "./wires.js";
import { w } from "./words.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./types.js").PassGroup} PassGroup */
/** @typedef {import("./types.js").PassNode} PassNode */
/** @typedef {import("./types.js").State} State */
/** @typedef {import("./types.js").View} View */
/** @typedef {import("./wires.js").Drawn} Drawn */
/** @typedef {import("./wires.js").Laid} Laid */
/** @typedef {import("./wires.js").Rect} Rect */
/** @typedef {{ first: string, units: Set<string>, links: Set<string> }} Path */
/** @typedef {{ select: (node: PassNode, index: number[]) => void, open: (id: string) => void,
 *   hover: (node: PassNode | null, index?: number[] | null, event?: PointerEvent) => void
 * }} Hear */

/** With more units than this, numbers are drawn when they come into view, and no words stand on
 * wires. */
const MANY = 200;
/** A narrower page has the flow run downwards. */
const NARROW = 760;
/** A picture shrinks to the page down to this. */
const SMALL = 0.72;
/** A picture of more heights of the window than this scrolls in itself. */
const TALL = 2.5;

export class GraphView {
  /** @param {Store} store @param {Hear} on */
  constructor(store, on) {
    this.store = store;
    this.on = on;
    this.el = h("div", { class: "graph", role: "group" });
    this.scroll = h("div", { class: "graph-scroll" }, this.el);
    /** @type {Map<string, HTMLElement>} */
    this.units = new Map();
    /** @type {Map<string, Drawn>} */
    this.links = new Map();
    /** @type {Map<string, Rect>} */
    this.rects = new Map();
    /** @type {Map<Element, () => void>} */
    this.waiting = new Map();
    /** @type {IntersectionObserver | null} */
    this.watch = null;
    /** @type {View | null} */
    this.view = null;
    this.dragged = false;
    this.scale = 1;
    this.size = { width: 0, height: 0 };
    this.drag();
  }

  /** The picture is moved by dragging it. */
  drag() {
    /** @type {{ x: number, y: number, left: number, top: number, moved: boolean } | null} */
    let from = null;
    const el = this.scroll;
    el.addEventListener("pointerdown", (e) => {
      if (e.pointerType !== "mouse" || e.button) return;
      const { scrollLeft: left, scrollTop: top } = el;
      from = { x: e.clientX, y: e.clientY, left, top, moved: false };
      this.dragged = false;
    });
    el.addEventListener("pointermove", (e) => {
      if (!from) return;
      const [dx, dy] = [e.clientX - from.x, e.clientY - from.y];
      if (!from.moved && Math.hypot(dx, dy) < 5) return;
      from.moved = true;
      this.dragged = true;
      el.classList.add("dragged");
      el.scrollLeft = from.left - dx;
      el.scrollTop = from.top - dy;
    });
    const end = () => {
      from = null;
      el.classList.remove("dragged");
    };
    el.addEventListener("pointerup", end);
    el.addEventListener("pointerleave", end);
  }

  /** Numbers that come into view are drawn. */
  observe() {
    this.watch?.disconnect();
    this.waiting.clear();
    this.watch = new IntersectionObserver(
      (seen) => {
        for (const s of seen) {
          if (!s.isIntersecting) continue;
          this.watch?.unobserve(s.target);
          this.waiting.get(s.target)?.();
          this.waiting.delete(s.target);
        }
      },
      { root: null, rootMargin: "300px" },
    );
  }

  /** Build everything for a view; stepping afterwards only changes classes.
   * @param {View} view @param {State} state */
  draw(view, state) {
    this.view = view;
    this.el.replaceChildren();
    this.el.style.transform = "";
    this.observe();
    this.el.setAttribute("aria-label", w("graph"));
    const wide = this.scroll.clientWidth || 1000;
    const vertical = wide < NARROW;
    const many = view.units.length > MANY;
    const later = many
      ? (/** @type {Element} */ el, /** @type {() => void} */ draw) => {
          this.waiting.set(el, draw);
        }
      : null;
    const hands = { ...this.on, dragged: () => this.dragged };
    this.units = new Map(view.units.map((u) => [u.id, unit(this.store, u, state, hands, later)]));
    const frames = new Map(view.frames.map((g) => [g.id, this.frame(g)]));
    this.el.append(...frames.values(), ...this.units.values());
    const tags = new Map();
    for (const l of many ? [] : view.links) {
      const tag = tagOf(this.store, l);
      if (tag) tags.set(l.id, tag);
    }
    this.el.append(...tags.values());
    this.el.classList.toggle("vertical", vertical);
    this.lay(view, frames, tags, { wide, vertical, many });
    if (later) for (const el of this.waiting.keys()) this.watch?.observe(el);
    this.zoom(state.zoom);
  }

  /** Measure what was made, find its places, and put it there.
   * @param {View} view @param {Map<string, HTMLElement>} frames
   * @param {Map<string, HTMLElement>} tags
   * @param {{ wide: number, vertical: boolean, many: boolean }} page */
  lay(view, frames, tags, { wide, vertical, many }) {
    /** @param {string} id */
    const el = (id) => /** @type {HTMLElement} */ (this.units.get(id));
    const boxes = view.units.map(({ id, node, group, home }) => {
      const [width, height] = [el(id).offsetWidth, el(id).offsetHeight];
      return {
        id,
        home,
        main: vertical ? height : width,
        cross: vertical ? width : height,
        spine: !["parameter", "target", "constant"].includes(node.role),
        leaf: isGiven(node) && !group,
        parameter: node.role === "parameter",
      };
    });
    const framings = view.frames.map((g) => framing(g, frames.get(g.id), vertical));
    const scalar = view.units.every((u) => u.node.shape.length === 0);
    /** @type {Map<string, number>} */
    const outs = new Map();
    for (const l of view.links) outs.set(l.from, (outs.get(l.from) ?? 0) + 1);
    const links = view.links.map((l) => {
      const tag = tags.get(l.id);
      const need = !tag ? 0 : vertical ? tag.offsetHeight + 28 : tag.offsetWidth + 30;
      return { ...l, late: (outs.get(l.from) ?? 0) > 1, need };
    });
    const sep = vertical ? (scalar ? 48 : 22) : scalar ? 52 : 30;
    const room = vertical ? wide : Number.POSITIVE_INFINITY;
    const gap = vertical ? 46 : 40;
    let plan = nested(boxes, framings, links, { gap, sep, room });
    const most = scalar ? 140 : 110;
    if (!vertical && !many && plan.main < wide && plan.layers > 1) {
      // there is room: use it
      const more = Math.min(most - gap, (wide - plan.main) / (plan.layers - 1));
      const wider = nested(boxes, framings, links, { gap: gap + more, sep, room });
      if (wider.main <= wide) plan = wider;
    }
    const [width, height] = vertical ? [plan.cross, plan.main] : [plan.main, plan.cross];
    const left = Math.max(0, (wide - width) / 2);
    this.size = { width: Math.max(width, wide), height };
    this.el.style.width = `${this.size.width}px`;
    this.el.style.height = `${height}px`;
    this.rects = new Map();
    for (const b of boxes) {
      const p = /** @type {import("./types.js").Place} */ (plan.at.get(b.id));
      const [cx, cy] = vertical ? [p.c, p.m] : [p.m, p.c];
      const [bw, bh] = vertical ? [b.cross, b.main] : [b.main, b.cross];
      const box = { x: left + cx - bw / 2, y: cy - bh / 2, w: bw, h: bh };
      this.rects.set(b.id, { ...box, ...inner(el(b.id)) });
    }
    for (const [id, r] of this.rects) {
      el(id).style.left = `${r.x}px`;
      el(id).style.top = `${r.y}px`;
    }
    for (const [id, f] of plan.frames) outline(frames.get(id), f, left, vertical);
    const found = wires({
      links,
      rects: this.rects,
      at: plan.at,
      routes: plan.routes,
      tags,
      left,
      vertical,
      width: this.size.width,
      height,
    });
    this.links = found.drawn;
    this.el.prepend(found.el);
  }

  /** An open group: its outline, its name, and what closes it. @param {PassGroup} g */
  frame(g) {
    const close = h(
      "button",
      {
        class: "toggle",
        "aria-expanded": "true",
        "aria-label": `${w("shut")} ${g.name}`,
        data: { group: g.id },
        on: { click: () => this.on.open(g.id) },
      },
      w("shut"),
    );
    return h(
      "div",
      { class: "frame", data: { frame: g.id } },
      h(
        "div",
        { class: "frame-head" },
        h("span", { class: "title" }, g.label || g.kind),
        g.kind && g.kind !== g.label ? h("code", {}, g.kind) : null,
        close,
      ),
    );
  }

  /** Show it at some size; 0: as wide as the page, if that is not too small; −1: all of it.
   * @param {number} zoom */
  zoom(zoom) {
    const wide = this.scroll.clientWidth || 1000;
    const { width, height } = this.size;
    const fit = width > wide ? Math.max(SMALL, wide / width) : 1;
    const all = Math.min(1, wide / width, innerHeight / 1.5 / height);
    this.scale = zoom > 0 ? zoom : zoom < 0 ? all : fit;
    const scale = this.scale;
    const el = this.el.style;
    el.transform = scale === 1 ? "" : `scale(${scale})`;
    el.marginRight = `${-width * (1 - scale)}px`;
    el.marginBottom = `${-height * (1 - scale)}px`;
    const over = width * scale > wide + 4;
    this.scroll.classList.toggle("more", over);
    const tall = height * scale > innerHeight * TALL && !this.el.classList.contains("vertical");
    const most = tall ? Math.max(480, innerHeight * 0.85) : Number.POSITIVE_INFINITY;
    this.scroll.style.height = `${Math.min(most, height * scale + 12)}px`;
    this.scroll.tabIndex = over || height * scale + 12 > most ? 0 : -1;
  }

  /** Bring a unit to the middle, unless all of it is seen. @param {string} id */
  centre(id) {
    const r = this.rects.get(id);
    if (!r) return;
    const { clientWidth, clientHeight, scrollLeft, scrollTop } = this.scroll;
    const [x, y] = [r.x * this.scale - scrollLeft, r.y * this.scale - scrollTop];
    const [wide, high] = [r.w * this.scale, r.h * this.scale];
    if (x >= 0 && x + wide <= clientWidth && y >= 0 && y + high <= clientHeight) return;
    this.scroll.scrollTo({
      left: (r.x + r.w / 2) * this.scale - clientWidth / 2,
      top: (r.y + r.h / 2) * this.scale - clientHeight / 2,
      behavior: "auto",
    });
  }

  /** Point at one element from afar. @param {PassNode | null} node @param {number[]} [index] */
  peek(node, index) {
    for (const el of this.el.querySelectorAll(".peek")) el.remove();
    const found = node && this.units.get(node.id);
    if (!found || !index) return;
    for (const box of found.querySelectorAll(".picture")) {
      const cell = cellOf(box, index);
      if (cell) cell.append(h("i", { class: "peek" }));
      else cross(box, index, "cross peek");
    }
  }

  /** Show the state after step k: which values, messages and sums there are.
   * @param {number} k @param {Path | null} path */
  step(k, path) {
    const view = this.view;
    if (!view) return;
    const { have, sent, summed } = reached(view, k);
    const { steps } = view;
    const now = steps[k];
    const last = k === steps.length - 1;
    const first = path ? path.first : now.node;
    if (first && (path || !last)) this.centre(first);
    for (const [id, el] of this.units) {
      const active = !path && !last && now.node === id;
      const c = el.classList;
      c.toggle("has-value", have.has(id));
      c.toggle("has-message", summed.has(id));
      c.toggle("now", active);
      c.toggle("now-forward", active && now.pass === "forward");
      c.toggle("on-path", Boolean(path?.units.has(id)));
      c.toggle("off-path", Boolean(path && !path.units.has(id)));
    }
    const moving = new Set(now.kind === "send" || now.kind === "sum" ? now.links : []);
    const ids = new Set([...moving].map((l) => l.id));
    for (const [id, { link, wire, tag }] of this.links) {
      const active =
        !path && !last && ((now.pass === "forward" && now.node === link.to) || ids.has(id));
      const off = Boolean(path && !path.links.has(id));
      const c = wire.classList;
      c.toggle("has-value", have.has(link.from) && have.has(link.to));
      c.toggle("has-message", sent.has(id));
      c.toggle("now", active);
      c.toggle("on-path", Boolean(path?.links.has(id)));
      c.toggle("off-path", off);
      if (!tag) continue;
      tag.classList.toggle("has-message", sent.has(id));
      tag.classList.toggle("now", active && now.pass === "backward");
      tag.classList.toggle("off-path", off);
    }
  }

  /** Outline the elements that a derivation goes through.
   * @param {{ node: PassNode, index: number[] }[]} places */
  mark(places) {
    for (const el of this.el.querySelectorAll(".chosen")) el.classList.remove("chosen");
    for (const el of this.el.querySelectorAll(".cross")) el.remove();
    for (const { node, index } of places) {
      const found = this.units.get(node.id);
      if (!found) continue;
      for (const box of found.querySelectorAll(".picture")) {
        const cell = cellOf(box, index);
        if (cell) cell.classList.add("chosen");
        else cross(box, index);
      }
    }
  }
}

/** What there is after step k. @param {View} view @param {number} k */
function reached(view, k) {
  const { steps, waiting } = view;
  const have = new Set(view.units.filter((u) => isGiven(u.node)).map((u) => u.id));
  /** @type {Set<string>} */
  const sent = new Set();
  /** @type {Set<string>} */
  const summed = new Set();
  for (const s of steps.slice(0, k + 1)) {
    const id = s.node ?? "";
    if (s.pass === "forward") have.add(id);
    if (s.kind === "seed" || s.kind === "sum") summed.add(id);
    if (s.kind !== "send") continue;
    for (const l of s.links) {
      sent.add(l.id);
      if (waiting.get(l.source) === 1) summed.add(l.source);
    }
  }
  return { have, sent, summed };
}

/** Where the numbers of a unit stand in it. @param {HTMLElement} el */
function inner(el) {
  const b = /** @type {HTMLElement} */ (el.querySelector(".body"));
  const group = el.classList.contains("group");
  return {
    group,
    top: b.offsetTop,
    high: b.offsetHeight,
    left: group ? 0 : b.offsetLeft,
    right: group ? el.offsetWidth : b.offsetLeft + b.offsetWidth,
  };
}
