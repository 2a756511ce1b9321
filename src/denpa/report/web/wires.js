// Wires: each has two lanes, the value goes one way, the message the other. Curves stand only in
// the gaps between layers; through a layer a wire runs straight, in its own lane, so that it never
// crosses a unit. What is written on a wire is the local derivative, and for numbers the message.

import { h, math, svg } from "./dom.js";
import { show } from "./numbers.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./types.js").Lane} Lane */
/** @typedef {import("./types.js").Link} Link */
/** @typedef {import("./types.js").Place} Place */
/** @typedef {{ x: number, y: number }} Point */
/** @typedef {{ x: number, y: number, w: number, h: number, group: boolean, top: number,
 *   high: number, left: number, right: number }} Rect the box of a unit, and in it that of its
 *   numbers: from `top`, `high` high, from `left` to `right` */
/** @typedef {Link & { late: boolean, need: number }} Laid */
/** @typedef {{ link: Laid, wire: SVGElement, tag: HTMLElement | null }} Drawn */

let serial = 0;

/** What is written on a wire. @param {Store} store @param {Link} l */
export function tagOf(store, l) {
  if (!l.factor) return null;
  const numbers = [l.from, l.to].every((id) => !store.node(id).shape.length);
  const tag = h(
    "div",
    { class: numbers ? "tag scalar" : "tag" },
    h("span", { class: "factor" }, math(l.factor.mathml)),
  );
  if (numbers && l.sent) {
    let sent = 0;
    for (const e of l.edges) if (e.message) sent += store.at(e.message, []);
    tag.append(h("span", { class: "sent" }, show(sent)));
  }
  return tag;
}

/** The tips of wires; their names are this picture's own, since a page may hold several.
 * @param {string} name */
function tips(name) {
  const defs = svg("defs");
  for (const kind of ["plain", "value", "message"]) {
    defs.append(
      svg(
        "marker",
        {
          id: `${name}-${kind}`,
          viewBox: "0 0 8 8",
          refX: 7,
          refY: 4,
          markerWidth: 7,
          markerHeight: 7,
          orient: "auto-start-reverse",
          markerUnits: "userSpaceOnUse",
          class: `tip ${kind}`,
        },
        svg("path", { d: "M0.5,0.8 L7.5,4 L0.5,7.2 Z" }),
      ),
    );
  }
  return defs;
}

/** Wires by one of their ends, in the order of where they come from or go to.
 * @param {Laid[]} links @param {"from" | "to"} key @param {(l: Laid) => number} next */
function ports(links, key, next) {
  /** @type {Map<string, Laid[]>} */
  const found = new Map();
  for (const l of links) {
    const list = found.get(l[key]);
    if (list) list.push(l);
    else found.set(l[key], [l]);
  }
  /** @type {Map<string, number>} */
  const place = new Map();
  for (const list of found.values()) {
    const keys = new Map(list.map((l) => [l.id, next(l)]));
    list.sort((a, b) => (keys.get(a.id) ?? 0) - (keys.get(b.id) ?? 0));
    list.forEach((l, k) => {
      place.set(l.id, k - (list.length - 1) / 2);
    });
  }
  return { place, count: (/** @type {string} */ id) => found.get(id)?.length ?? 1 };
}

/** A path through points: straight through layers, curved between them.
 * @param {Point[]} points @param {boolean} vertical @param {number} shift */
function path(points, vertical, shift) {
  const moved = points.map((p) =>
    vertical ? { x: p.x + shift, y: p.y } : { x: p.x, y: p.y + shift },
  );
  let d = `M${moved[0].x},${moved[0].y}`;
  for (let k = 1; k < moved.length; k++) {
    const [p, q] = [moved[k - 1], moved[k]];
    if (k % 2) {
      if (Math.abs(q.x - p.x) + Math.abs(q.y - p.y) > 0.5) d += `L${q.x},${q.y}`;
      continue;
    }
    const half = vertical ? (q.y - p.y) / 2 : (q.x - p.x) / 2;
    d += vertical
      ? `C${p.x},${p.y + half} ${q.x},${q.y - half} ${q.x},${q.y}`
      : `C${p.x + half},${p.y} ${q.x - half},${q.y} ${q.x},${q.y}`;
  }
  return d;
}

/** Draw all wires, and set their words beside them.
 * @param {{ links: Laid[], rects: Map<string, Rect>, at: Map<string, Place>,
 *   routes: Map<string, Lane[]>, tags: Map<string, HTMLElement>, left: number, vertical: boolean,
 *   width: number, height: number }} plan
 * @returns {{ el: SVGElement, drawn: Map<string, Drawn> }} */
export function wires({ links, rects, at, routes, tags, left, vertical, width, height }) {
  const el = svg("svg", { class: "wires", width, height, "aria-hidden": "true" });
  const name = `denpa-tip-${serial++}`;
  el.append(tips(name));
  /** @type {Map<string, Drawn>} */
  const drawn = new Map();
  /** @type {Label[]} */
  const labels = [];
  /** @param {string} id */
  const rect = (id) => /** @type {Rect} */ (rects.get(id));
  /** @param {Lane | undefined} d @param {string} id */
  const cross = (d, id) => {
    const r = rect(id);
    if (d) return vertical ? d.c + left : d.c;
    return vertical ? r.x + r.w / 2 : r.y + r.h / 2;
  };
  const ins = ports(links, "to", (l) => cross(routes.get(l.id)?.at(-1), l.from));
  const outs = ports(links, "from", (l) => cross(routes.get(l.id)?.[0], l.to));
  for (const l of links) {
    const [from, to] = [rect(l.from), rect(l.to)];
    const via = routes.get(l.id) ?? [];
    /** @param {number} size @param {number} count @param {number} place */
    const spread = (size, count, place) => place * Math.min(18, (size * 0.7) / count);
    const o = { count: outs.count(l.from), place: outs.place.get(l.id) ?? 0 };
    const i = { count: ins.count(l.to), place: ins.place.get(l.id) ?? 0 };
    const a = vertical
      ? { x: from.x + from.w / 2 + spread(from.w, o.count, o.place), y: from.y + from.h + 3 }
      : {
          x: from.x + from.right + 8,
          y: from.y + from.top + from.high / 2 + spread(from.high, o.count, o.place),
        };
    const b = vertical
      ? { x: to.x + to.w / 2 + spread(to.w, i.count, i.place), y: to.y - 4 }
      : {
          x: to.x + to.left - 9,
          y: to.y + to.top + to.high / 2 + spread(to.high, i.count, i.place),
        };
    if (!vertical && to.group && i.count === 1) {
      // straight into a group
      b.y = Math.max(
        to.y + 16,
        Math.min(to.y + to.h - 16, via.length ? cross(via.at(-1), "") : a.y),
      );
    }
    const points = pointsOf(
      a,
      b,
      via,
      /** @type {Place} */ (at.get(l.from)),
      /** @type {Place} */ (at.get(l.to)),
      left,
      vertical,
    );
    const wire = svg(
      "g",
      { class: "wire", "data-edge": l.id },
      svg("path", {
        class: "plain",
        d: path(points, vertical, 0),
        "marker-end": `url(#${name}-plain)`,
      }),
      svg("path", {
        class: "value",
        d: path(points, vertical, l.sent ? -2.5 : 0),
        "marker-end": `url(#${name}-value)`,
        pathLength: 1,
      }),
    );
    if (l.sent) {
      wire.append(
        svg("path", {
          class: "message",
          d: path(points, vertical, 2.5),
          "marker-start": `url(#${name}-message)`,
          pathLength: 1,
        }),
      );
    }
    el.append(wire);
    const tag = tags.get(l.id) ?? null;
    if (tag) labels.push(label(tag, l, points, via.length > 0, vertical));
    drawn.set(l.id, { link: l, wire, tag });
  }
  settle(labels, vertical);
  return { el, drawn };
}

/** @param {Point} a @param {Point} b @param {Lane[]} via @param {Place} from @param {Place} to
 * @param {number} left @param {boolean} vertical */
function pointsOf(a, b, via, from, to, left, vertical) {
  /** @param {number} m @param {Point} p */
  const spot = (m, p) => (vertical ? { x: p.x, y: m } : { x: m + left, y: p.y });
  const lanes = via.map((d) => (vertical ? { x: left + d.c, y: 0 } : { x: 0, y: d.c }));
  const ends = [a, ...lanes, b];
  const starts = [from.end, ...via.map((d) => d.end)];
  const stops = [...via.map((d) => d.start), to.start];
  const last = stops.length - 1;
  starts[0] = Math.max(starts[0], (vertical ? a.y : a.x - left) - 4);
  stops[last] = Math.min(stops[last], vertical ? b.y + 4 : b.x - left + 9);
  const points = [a];
  starts.forEach((_, k) => {
    const [p, q] = [starts[k] + 4, stops[k] - (vertical ? 4 : 9)];
    points.push(spot(Math.min(p, q), ends[k]), spot(Math.max(p, q), ends[k + 1]));
  });
  points.push(b);
  return points;
}

/** @typedef {{ tag: HTMLElement, x: number, y: number, off: number, key: number }} Label */

/** Where the words of a wire stand: beside one that runs along the flow, on one that runs across.
 * @param {HTMLElement} tag @param {Laid} l @param {Point[]} points @param {boolean} bent
 * @param {boolean} vertical @returns {Label} */
function label(tag, l, points, bent, vertical) {
  const [p, q] = l.late ? points.slice(-3, -1) : points.slice(1, 3);
  const t = l.late && bent ? 0.4 : 0.5;
  const along = 1.5 * t * (1 - t) ** 2 + 1.5 * (1 - t) * t * t + t ** 3;
  const across = 3 * t * t - 2 * t ** 3;
  const [sx, sy] = vertical ? [across, along] : [along, across];
  const scalar = tag.classList.contains("scalar");
  const level = Math.abs(vertical ? q.x - p.x : q.y - p.y) < 26 && !scalar;
  tag.classList.toggle("beside", level);
  if (scalar) {
    // the steeper the wire, the further apart its two numbers
    const run = vertical ? (q.x - p.x) / (q.y - p.y) : (q.y - p.y) / (q.x - p.x);
    const slope = 1.5 * Math.abs(run);
    const drift = slope * (vertical ? 8 : tag.offsetWidth / 2);
    const lies = vertical && slope > 2.2; // a wire that lies across: above and below it
    tag.classList.toggle("flat", lies);
    const gap = `${Math.min(30, 10 + 1.6 * drift)}px`;
    if (!lies) tag.style.setProperty(vertical ? "column-gap" : "row-gap", gap);
  }
  const key = Math.round((vertical ? p.y + q.y : p.x + q.x) / 40);
  if (level && !vertical && !l.late) {
    const x = Math.min(p.x + tag.offsetWidth / 2 + 4, (p.x + q.x) / 2);
    return { tag, x, y: p.y + (q.y - p.y) * 0.3, off: -tag.offsetHeight / 2 - 5, key };
  }
  const off = !level ? 0 : vertical ? tag.offsetWidth / 2 + 7 : -tag.offsetHeight / 2 - 5;
  return { tag, x: p.x + (q.x - p.x) * sx, y: p.y + (q.y - p.y) * sy, off, key };
}

/** Words that stand at the same place along the flow move apart. @param {Label[]} labels
 * @param {boolean} vertical */
function settle(labels, vertical) {
  /** @type {Map<number, Label[]>} */
  const bands = new Map();
  for (const l of labels) {
    const band = bands.get(l.key);
    if (band) band.push(l);
    else bands.set(l.key, [l]);
  }
  const axis = vertical ? "x" : "y";
  for (const band of bands.values()) {
    band.sort((p, q) => p[axis] - q[axis]);
    for (let k = 1; k < band.length; k++) {
      const [p, q] = [band[k - 1].tag, band[k].tag];
      const need = vertical
        ? (q.offsetWidth + p.offsetWidth) / 2 + 4
        : (q.offsetHeight + p.offsetHeight) / 2 + 2;
      const lack = need - (band[k][axis] - band[k - 1][axis]);
      if (lack <= 0) continue;
      band[k][axis] += lack / 2;
      for (let j = 0; j < k; j++) band[j][axis] -= lack / 2;
    }
    for (const l of band) {
      l.tag.style.left = `${l.x + (vertical ? l.off : 0)}px`;
      l.tag.style.top = `${l.y + (vertical ? 0 : l.off)}px`;
    }
  }
}
