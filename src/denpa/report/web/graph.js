// The computation graph: units as HTML (so that numbers are text and focus is the browser's own),
// wires as SVG beneath them. A wire has two lanes: the value goes one way, the message the other.

import { h, math, plain, svg, sym } from "./dom.js";
import { layered } from "./layout.js";
import { show } from "./numbers.js";
import { form, indexAt, part, picture } from "./pictures.js";
import { w } from "./words.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./types.js").View} View */
/** @typedef {import("./types.js").Unit} Unit */
/** @typedef {import("./types.js").PassNode} PassNode */

/** With more units than this, numbers are drawn when they come into view. */
const MANY = 150;

/** The range of what is too large to be stored. @param {PassNode} node @param {any} s */
function stats(node, s) {
  if (!s) return h("p", { class: "note" }, w("cut"));
  const rows = [["max", s.max], ["mean", s.mean], ["min", s.min]].filter(([, x]) => x !== null);
  const list = h("dl", { class: "stats" }, h("dt", {}, w("shape")), h("dd", {}, node.full.join(" × ")));
  for (const [name, x] of rows) list.append(h("dt", {}, name), h("dd", {}, show(Number(x), 3)));
  if (s.nan) list.append(h("dt", {}, "NaN"), h("dd", {}, s.nan));
  if (s.inf) list.append(h("dt", {}, "∞"), h("dd", {}, s.inf));
  return list;
}

export class GraphView {
  constructor(store, on) {
    this.store = store;
    this.on = on;
    this.el = h("div", { class: "graph", role: "group" });
    this.scroll = h("div", { class: "graph-scroll" }, this.el);
    /** @type {Map<Element, () => void>} */
    this.waiting = new Map();
    /** @type {IntersectionObserver | null} */
    this.watch = null;
    this.drag();
  }

  /** The picture is moved by dragging it. */
  drag() {
    let from = null;
    this.scroll.addEventListener("pointerdown", (e) => {
      if (e.pointerType !== "mouse" || e.button) return;
      from = { x: e.clientX, left: this.scroll.scrollLeft, moved: false };
    });
    this.scroll.addEventListener("pointermove", (e) => {
      if (!from) return;
      if (!from.moved && Math.abs(e.clientX - from.x) < 5) return;
      from.moved = true;
      this.scroll.classList.add("dragged");
      this.scroll.scrollLeft = from.left - (e.clientX - from.x);
    });
    const end = () => {
      this.dragged = Boolean(from?.moved);
      from = null;
      this.scroll.classList.remove("dragged");
    };
    this.scroll.addEventListener("pointerup", end);
    this.scroll.addEventListener("pointerleave", end);
  }

  /** Numbers that come into view are drawn. */
  observe() {
    this.watch?.disconnect();
    this.waiting.clear();
    this.watch = new IntersectionObserver((seen) => {
      for (const s of seen) {
        if (!s.isIntersecting) continue;
        this.watch?.unobserve(s.target);
        this.waiting.get(s.target)?.();
        this.waiting.delete(s.target);
      }
    }, { rootMargin: "200px" });
  }

  /** Build everything for a view; stepping afterwards only changes classes. */
  draw(view, state) {
    this.view = view;
    this.el.replaceChildren();
    this.observe();
    this.el.setAttribute("aria-label", w("graph"));
    this.units = new Map();
    const wide = this.scroll.clientWidth || 1000;
    const vertical = wide < 760;
    this.vertical = vertical;
    for (const u of view.units) {
      const el = this.unit(u, state);
      this.units.set(u.id, el);
      this.el.append(el);
    }
    const boxes = view.units.map((u) => {
      const el = this.units.get(u.id);
      const [width, height] = [el.offsetWidth, el.offsetHeight];
      const spine = !["parameter", "target", "constant"].includes(u.node.role);
      return { id: u.id, main: vertical ? height : width, cross: vertical ? width : height, spine,
        leaf: u.node.op === null && !u.group, parameter: u.node.role === "parameter" };
    });
    const scalar = view.units.every((u) => u.node.shape.length === 0);
    const order = boxes.map((b) => b.id);
    const known = new Set(order);
    const links = view.links.filter((l) => known.has(l.from)).map((l) => ({ ...l, message: l.sent }));
    const outs = new Map();
    for (const l of links) outs.set(l.from, (outs.get(l.from) ?? 0) + 1);
    this.tags = new Map();
    for (const l of links) {
      l.late = outs.get(l.from) > 1;
      const tag = this.tag(l);
      if (!tag) continue;
      this.el.append(tag);
      this.tags.set(l.id, tag);
      l.need = vertical ? tag.offsetHeight + 28 : tag.offsetWidth + 30;
    }
    const sep = vertical ? (scalar ? 48 : 22) : scalar ? 52 : 30;
    const room = vertical ? wide : Infinity;
    let gap = vertical ? 46 : 40;
    let plan = layered(boxes, links, { gap, sep, room });
    const wider = boxes.length <= MANY;
    for (let more = wider; more && !vertical && plan.main < wide && gap < (scalar ? 140 : 110); ) {
      const next = layered(boxes, links, { gap: gap + 4, sep, room });
      more = next.main <= wide;
      if (more) [plan, gap] = [next, gap + 4];
    }
    const [width, height] = vertical ? [plan.cross, plan.main] : [plan.main, plan.cross];
    const left = Math.max(0, (wide - width) / 2);
    const shrink = width > wide ? Math.max(0.72, wide / width) : 1;
    this.el.classList.toggle("vertical", vertical);
    this.el.style.width = `${Math.max(width, wide)}px`;
    this.el.style.height = `${height}px`;
    this.el.style.marginRight = `${-Math.max(width, wide) * (1 - shrink)}px`;
    this.el.style.transform = shrink < 1 ? `scale(${shrink})` : "";
    this.scroll.classList.toggle("more", width * shrink > wide + 4);
    this.scroll.style.height = `${height * shrink + 12}px`;
    this.boxes = new Map();
    for (const b of boxes) {
      const { id } = b;
      const el = this.units.get(id);
      const n = plan.at.get(id);
      const [cx, cy] = vertical ? [n.c, n.m] : [n.m, n.c];
      const [bw, bh] = vertical ? [b.cross, b.main] : [b.main, b.cross];
      const box = { x: left + cx - bw / 2, y: cy - bh / 2, w: bw, h: bh };
      this.boxes.set(id, box);
      el.style.left = `${box.x}px`;
      el.style.top = `${box.y}px`;
    }
    this.wires(plan, links, left, vertical, Math.max(width, wide), height);
  }

  /** One unit: an equation over its numbers, or a closed group over its output's.
   * @param {Unit} u @param {any} state */
  unit(u, state) {
    const { node, group } = u;
    const body = h("div", { class: "body" });
    const many = (this.view?.units.length ?? 0) > MANY;
    if (many) body.append(this.later(node, state));
    else this.fill(body, node, state);
    const head = h("div", { class: "head" });
    if (group) {
      head.append(h("span", { class: "title" }, group.label));
      if (group.kind && group.kind !== group.label) head.append(h("code", {}, group.kind));
    } else head.append(math(node.formula ? node.formula.mathml : sym(node.symbol)));
    if (!group && node.path && node.role === "parameter") head.append(h("code", {}, node.name));
    const scalar = node.shape.length ? "" : " scalar";
    const el = h("div", {
      class: `unit ${node.role}${scalar}${group ? " group" : ""}`,
      tabindex: 0,
      role: "group",
      data: { unit: u.id, name: node.name },
      "aria-label": group ? `${group.name} ${group.kind}` : `${plain(node.symbol)} ${node.name}`,
    }, head, body);
    if (group?.law && state.example !== null) {
      const odds = this.odds(group, state);
      if (odds) body.before(h("div", { class: "v" }, odds));
    }
    if (node.began) el.append(h("p", { class: "note alarm" }, w("began")));
    if (group) {
      const open = (/** @type {Event} */ e) => {
        e.stopPropagation();
        this.on.open(group.id);
      };
      const button = h("button", { class: "toggle", "aria-expanded": "false", on: { click: open } },
        `${w("open")} · ${w("equations", group.count)}`);
      el.append(h("div", { class: "foot" }, button));
    }
    this.listen(el, body, node, state);
    return el;
  }

  /** The numbers of a value and of its δ. @param {Element} body @param {PassNode} node
   * @param {any} state */
  fill(body, node, state) {
    const p = part(this.store, node, "value", state.example);
    const f = p ? form(node, p, "value") : { kind: "stats" };
    const one = p?.data.length === 1;
    const tall = f.kind === "bars" || f.kind === "image" || (f.kind === "numbers" && f.cols === 1);
    body.classList.add(one || tall || !p ? "beside" : "below");
    const value = p ? picture(node, p, "value", { label: w("value") }) : stats(node, node.stats);
    body.append(h("div", { class: "v" }, value));
    if (!node.delta && !node.dstats) return;
    const d = part(this.store, node, "delta", state.example);
    const delta = d
      ? picture(node, d, "delta", { label: w("messageShort") })
      : stats(node, node.dstats);
    body.append(h("div", { class: "d" }, delta));
  }

  /** A place of the right size for the numbers, which are drawn when it comes into view.
   * @param {PassNode} node @param {any} state */
  later(node, state) {
    const place = h("div", { class: "later" });
    place.style.width = node.shape.length ? "120px" : "90px";
    place.style.height = node.shape.length ? "64px" : "26px";
    this.waiting.set(place, () => {
      const body = place.parentElement;
      place.remove();
      if (body) this.fill(body, node, state);
    });
    this.watch?.observe(place);
    return place;
  }

  /** Pointer and keyboard on a unit. @param {HTMLElement} el @param {HTMLElement} body
   * @param {PassNode} node @param {any} state */
  listen(el, body, node, state) {
    const pick = (e) => {
      const index = indexAt(e);
      if (index && node.delta && !this.dragged) this.on.select(node, index);
    };
    body.addEventListener("click", pick);
    body.addEventListener("pointermove", (e) => this.on.hover(node, indexAt(e), e));
    body.addEventListener("pointerleave", () => this.on.hover(null));
    el.addEventListener("keydown", (e) => {
      if (e.key !== "Enter" || e.target !== el) return;
      e.preventDefault();
      e.stopPropagation();
      if (node.delta) this.on.select(node, this.strongest(node, state.example));
    });
  }

  /** The element of a node with the largest message: where Enter begins. */
  strongest(node, example) {
    const d = part(this.store, node, "delta", example);
    let best = 0;
    d.data.forEach((v, k) => {
      if (Math.abs(v) > Math.abs(d.data[best])) best = k;
    });
    return d.index(best);
  }

  wires(plan, links, left, vertical, width, height) {
    const s = svg("svg", { class: "wires", width, height, "aria-hidden": "true" });
    const defs = svg("defs");
    for (const kind of ["plain", "value", "message"])
      defs.append(svg("marker", { id: `tip-${kind}`, viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 7,
        markerHeight: 7, orient: "auto-start-reverse", markerUnits: "userSpaceOnUse", class: `tip ${kind}` },
      svg("path", { d: "M0.5,0.8 L7.5,4 L0.5,7.2 Z" })));
    s.append(defs);
    this.links = new Map();
    const next = (l, key) => { // where a wire comes from, or goes to, in the layer beside
      const route = plan.routes.get(l.id);
      const d = key === "to" ? route[route.length - 1] : route[0];
      return d ? (vertical ? d.c + left : d.c) : this.centre(l[key === "to" ? "from" : "to"]);
    };
    const ports = (list, key, id) => list.filter((l) => l[key] === id).sort((a, b) => next(a, key) - next(b, key));
    const labels = [];
    for (const l of links) {
      const [from, to] = [this.boxes.get(l.from), this.boxes.get(l.to)];
      const spread = (box, list, size) => {
        const k = list.indexOf(l);
        const step = Math.min(18, (size * 0.7) / Math.max(1, list.length));
        return (k - (list.length - 1) / 2) * step;
      };
      const body = (id) => { // the middle of the numbers, not of the heading
        const el = this.units.get(id);
        const b = el.querySelector(".body");
        const y = b.offsetTop + b.offsetHeight / 2;
        if (el.classList.contains("group")) return { y, h: b.offsetHeight, left: 0, right: el.offsetWidth };
        return { y, h: b.offsetHeight, left: b.offsetLeft, right: b.offsetLeft + b.offsetWidth };
      };
      const [fb, tb] = [body(l.from), body(l.to)];
      const ins = ports(links, "to", l.to);
      const outs = ports(links, "from", l.from);
      const a = vertical
        ? { x: from.x + from.w / 2 + spread(from, outs, from.w), y: from.y + from.h + 3 }
        : { x: from.x + fb.right + 8, y: from.y + fb.y + spread(from, outs, fb.h) };
      const b = vertical
        ? { x: to.x + to.w / 2 + spread(to, ins, to.w), y: to.y - 4 }
        : { x: to.x + tb.left - 9, y: to.y + tb.y + spread(to, ins, tb.h) };
      if (!vertical && l.message && this.units.get(l.to).classList.contains("group"))
        b.y = Math.max(to.y + 16, Math.min(to.y + to.h - 16, a.y)); // straight into a group
      if (!vertical && !l.message && this.units.get(l.to).classList.contains("group"))
        b.y = a.y < to.y + to.h / 2 ? to.y + 12 : to.y + to.h - 12;
      // Curves only in the gaps between layers; through a layer a wire runs straight, in its own lane.
      const spot = (m, p) => (vertical ? { x: p.x, y: m } : { x: m + left, y: p.y });
      const lanes = plan.routes.get(l.id).map((d) => (vertical ? { x: left + d.c, y: 0 } : { x: 0, y: d.c }));
      const via = plan.routes.get(l.id);
      const ends = [a, ...lanes, b];
      const starts = [plan.at.get(l.from).end, ...via.map((d) => d.end)];
      const stops = [...via.map((d) => d.start), plan.at.get(l.to).start];
      const points = [a];
      const from0 = (vertical ? a.y : a.x - left) - 4;
      const to0 = (vertical ? b.y + 4 : b.x - left + 9);
      starts[0] = Math.max(starts[0], from0);
      stops[stops.length - 1] = Math.min(stops[stops.length - 1], to0);
      starts.forEach((_, k) => points.push(spot(starts[k] + 4, ends[k]), spot(stops[k] - (vertical ? 4 : 9), ends[k + 1])));
      points.push(b);
      const lane = (shift) => {
        const move = (p) => (vertical ? { x: p.x + shift, y: p.y } : { x: p.x, y: p.y + shift });
        let d = `M${move(a).x},${move(a).y}`;
        for (let k = 1; k < points.length; k++) {
          const [p, q] = [move(points[k - 1]), move(points[k])];
          if (k % 2) {
            if (Math.abs(q.x - p.x) + Math.abs(q.y - p.y) > 0.5) d += `L${q.x},${q.y}`;
            continue;
          }
          const half = vertical ? (q.y - p.y) / 2 : (q.x - p.x) / 2;
          d += vertical ? `C${p.x},${p.y + half} ${q.x},${q.y - half} ${q.x},${q.y}`
            : `C${p.x + half},${p.y} ${q.x - half},${q.y} ${q.x},${q.y}`;
        }
        return d;
      };
      const wire = svg("g", { class: "wire", "data-edge": l.id },
        svg("path", { class: "plain", d: lane(0), "marker-end": "url(#tip-plain)" }),
        svg("path", { class: "value", d: lane(l.message ? -2.5 : 0), "marker-end": "url(#tip-value)", pathLength: 1 }));
      if (l.message) wire.append(svg("path", { class: "message", d: lane(2.5), "marker-start": "url(#tip-message)", pathLength: 1 }));
      s.append(wire);
      const tag = this.tags.get(l.id) ?? null;
      if (tag) {
        const [p, q] = l.late ? points.slice(-3, -1) : points.slice(1, 3);
        const t = l.late && via.length ? 0.4 : 0.5;
        const along = 1.5 * t * (1 - t) ** 2 + 1.5 * (1 - t) * t * t + t ** 3;
        const across = 3 * t * t - 2 * t ** 3;
        const [sx, sy] = vertical ? [across, along] : [along, across];
        // beside a wire that runs along the flow, on a wire that runs across it
        const level = Math.abs(vertical ? q.x - p.x : q.y - p.y) < 26 && !tag.classList.contains("scalar");
        tag.classList.toggle("beside", level);
        if (tag.classList.contains("scalar")) { // the steeper the wire, the further apart its two numbers
          const slope = 1.5 * Math.abs(vertical ? (q.x - p.x) / (q.y - p.y) : (q.y - p.y) / (q.x - p.x));
          const drift = slope * (vertical ? 8 : tag.offsetWidth / 2);
          const flat = vertical && slope > 2.2; // a wire that lies across: above and below it
          tag.classList.toggle("flat", flat);
          if (!flat) tag.style.setProperty(vertical ? "column-gap" : "row-gap", `${Math.min(30, 10 + 1.6 * drift)}px`);
        }
        if (level && !vertical && !l.late) labels.push({ off: -tag.offsetHeight / 2 - 5, tag, y: p.y + (q.y - p.y) * 0.3,
          x: Math.min(p.x + tag.offsetWidth / 2 + 4, (p.x + q.x) / 2), key: Math.round((p.x + q.x) / 40) });
        else labels.push({ off: level ? (vertical ? tag.offsetWidth / 2 + 7 : -tag.offsetHeight / 2 - 5) : 0, tag, x: p.x + (q.x - p.x) * sx, y: p.y + (q.y - p.y) * sy,
          key: Math.round((vertical ? p.y + q.y : p.x + q.x) / 40) });
      }
      this.links.set(l.id, { link: l, wire, tag });
    }
    this.el.prepend(s);
    const bands = new Map();
    for (const l of labels) bands.set(l.key, [...(bands.get(l.key) ?? []), l]);
    for (const band of bands.values()) {
      const axis = vertical ? "x" : "y";
      band.sort((p, q) => p[axis] - q[axis]);
      for (let k = 1; k < band.length; k++) {
        const need = vertical ? (band[k].tag.offsetWidth + band[k - 1].tag.offsetWidth) / 2 + 4
          : (band[k].tag.offsetHeight + band[k - 1].tag.offsetHeight) / 2 + 2;
        const lack = need - (band[k][axis] - band[k - 1][axis]);
        if (lack > 0) {
          band[k][axis] += lack / 2;
          for (let j = 0; j < k; j++) band[j][axis] -= lack / 2;
        }
      }
      for (const l of band) {
        l.tag.style.left = `${l.x + (vertical ? l.off : 0)}px`;
        l.tag.style.top = `${l.y + (vertical ? 0 : l.off)}px`;
      }
    }
  }

  /** What is written on a wire: the local derivative, and for numbers the message. */
  tag(l) {
    if (!l.factor) return null;
    const numbers = [l.from, l.to].every((id) => !this.store.byId.get(id).shape.length);
    const tag = h("div", { class: numbers ? "tag scalar" : "tag" }, h("span", { class: "factor" }, math(l.factor.mathml)));
    if (numbers && l.sent) {
      const sent = l.edges.reduce((s, e) => s + (e.message ? this.store.at(e.message, []) : 0), 0);
      tag.append(h("span", { class: "sent" }, show(sent)));
    }
    return tag;
  }

  /** What a loss compares, for one example: the probabilities of its classes.
   * @param {any} group @param {any} state */
  odds(group, state) {
    const { left, right } = group.law.spell;
    const a = this.store.array(left);
    const classes = this.store.batch?.classes ?? null;
    if (a.shape.length !== 2 || a.shape[1] > 20 || a.shape[1] < 2) return null;
    const box = h("div", { class: "odds" });
    for (let k = 0; k < a.shape[1]; k++) {
      const p = this.store.at(left, [state.example, k]);
      if (p < 0 || p > 1) return null;
      const bar = h("i");
      bar.style.width = `${p * 100}%`;
      const hit = this.store.at(right, [state.example, k]) === 1;
      box.append(h("span", { class: hit ? "true" : "" }, classes?.[k] ?? k), h("span", {}, bar),
        h("span", { class: "v" }, p.toFixed(3)));
    }
    return box;
  }

  /** Point at one element from afar. */
  peek(node, index) {
    for (const el of this.el.querySelectorAll(".peek")) el.remove();
    const unit = node && this.units.get(node.id);
    if (!unit) return;
    for (const box of unit.querySelectorAll(".picture")) {
      const cell = [...box.querySelectorAll(".cell")].find((c) => c.index.every((v, d) => v === index[d]));
      if (cell) cell.append(h("i", { class: "peek" }));
      else if (cross(box, index)) box.lastChild.className = "cross peek";
    }
  }

  centre(id) {
    const b = this.boxes.get(id);
    return this.vertical ? b.x + b.w / 2 : b.y + b.h / 2;
  }

  /** Show the state after step k: which values, messages and sums there are. */
  step(k, path) {
    const { steps, waiting } = this.view;
    const have = new Set(this.view.units.filter((u) => u.node.op === null).map((u) => u.id));
    const sent = new Set();
    const summed = new Set();
    const got = new Map();
    steps.slice(0, k + 1).forEach((s) => {
      if (s.pass === "forward") have.add(s.node);
      if (s.kind === "seed") summed.add(s.node);
      for (const e of s.kind === "send" ? s.links : []) {
        sent.add(e.id);
        got.set(e.from, (got.get(e.from) ?? 0) + 1);
        if (waiting.get(e.from) === 1) summed.add(e.from);
      }
      if (s.kind === "sum") summed.add(s.node);
    });
    const now = steps[k];
    const box = this.boxes.get(path ? path.first : now.node);
    if (box && this.scroll.classList.contains("more")) {
      const scale = this.el.getBoundingClientRect().width / this.el.offsetWidth;
      this.scroll.scrollTo({ left: (box.x + box.w / 2) * scale - this.scroll.clientWidth / 2, behavior: "auto" });
    }
    const last = k === steps.length - 1;
    for (const [id, el] of this.units) {
      el.classList.toggle("has-value", have.has(id));
      el.classList.toggle("has-message", summed.has(id));
      el.classList.toggle("now", !path && !last && now.node === id);
      el.classList.toggle("now-forward", !path && !last && now.node === id && now.pass === "forward");
      el.classList.toggle("on-path", Boolean(path?.units.has(id)));
      el.classList.toggle("off-path", Boolean(path) && !path.units.has(id));
    }
    for (const { link, wire, tag } of this.links.values()) {
      const active = !path && !last && ((now.pass === "forward" && now.node === link.to)
        || (now.kind === "send" && now.links.some((e) => e.id === link.id))
        || (now.kind === "sum" && now.node === link.from));
      wire.classList.toggle("has-value", have.has(link.from) && have.has(link.to));
      wire.classList.toggle("has-message", sent.has(link.id));
      wire.classList.toggle("now", active);
      wire.classList.toggle("on-path", Boolean(path?.links.has(link.id)));
      wire.classList.toggle("off-path", Boolean(path) && !path.links.has(link.id));
      if (tag) {
        tag.classList.toggle("has-message", sent.has(link.id));
        tag.classList.toggle("now", active && now.pass === "backward");
        tag.classList.toggle("off-path", Boolean(path) && !path.links.has(link.id));
      }
    }
  }

  /** Outline the elements that a derivation goes through. */
  mark(places) {
    for (const el of this.el.querySelectorAll(".chosen")) el.classList.remove("chosen");
    for (const el of this.el.querySelectorAll(".cross")) el.remove();
    for (const { node, index } of places) {
      const unit = this.units.get(node.id);
      if (!unit) continue;
      const same = (x) => x && x.length === index.length && x.every((v, d) => v === index[d]);
      for (const cell of unit.querySelectorAll(".cell")) if (same(cell.index)) cell.classList.add("chosen");
      for (const box of unit.querySelectorAll(".picture")) cross(box, index);
    }
  }
}

/** A small frame around one cell of a canvas or of bars; false where that element is not shown. */
export function cross(box, index) {
  const place = box.querySelector("canvas, svg")?.place?.(index);
  if (!place) return false;
  const mark = h("i", { class: "cross" });
  for (const [name, share] of Object.entries(place)) mark.style.setProperty(name, `${share * 100}%`);
  box.append(mark);
  return true;
}
