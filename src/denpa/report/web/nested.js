// Boxes in boxes: every open group is laid out by itself and stands in the picture as one box. A
// wire that enters or leaves a group goes through a port at its edge. So nothing overlaps, whatever
// is open, and a group's own picture stays what it is wherever it stands.

import { layered } from "./layout.js";

/** @typedef {import("./types.js").Box} Box */
/** @typedef {import("./types.js").Wire} Wire */
/** @typedef {import("./types.js").Lane} Lane */
/** @typedef {import("./types.js").Place} Place */
/** @typedef {import("./types.js").Frame} Frame */
/** @typedef {import("./types.js").Framing} Framing */
/** @typedef {import("./layout.js").Space} Space */

const TOP = "";

/** The place where a wire goes through the edge of a group.
 * @param {string} group @param {"in" | "out"} side @param {string} wire */
const portOf = (group, side, wire) => `${side} ${group} ${wire}`;

/** What one group's own layout gives. @typedef {{ plan: ReturnType<typeof layered>, main: number,
 *   cross: number, shift: { main: number, cross: number } }} Solved */

/** @param {(Box & { home: string | null })[]} boxes in the order of computation
 * @param {Framing[]} framings the open groups, outer ones first @param {Wire[]} wires
 * @param {Space} space
 * @returns {{ main: number, cross: number, at: Map<string, Place>, frames: Map<string, Frame>,
 *   routes: Map<string, Lane[]>, layers: number }} */
export function nested(boxes, framings, wires, space) {
  const groups = new Map(framings.map((g) => [g.id, g]));
  /** @type {Map<string, string>} */
  const home = new Map(boxes.map((b) => [b.id, b.home ?? TOP]));
  for (const g of framings) home.set(g.id, g.parent ?? TOP);
  /** The groups around something, the innermost first, the whole picture last. @param {string} id */
  const around = (id) => {
    const out = [];
    for (let g = home.get(id) ?? TOP; g !== TOP; g = home.get(g) ?? TOP) out.push(g);
    return [...out, TOP];
  };
  /** @type {Map<string, Box[]>} */
  const inside = new Map([
    [TOP, []],
    ...framings.map((g) => /** @type {[string, Box[]]} */ ([g.id, []])),
  ]);
  /** @type {Map<string, Wire[]>} */
  const own = new Map([
    [TOP, []],
    ...framings.map((g) => /** @type {[string, Wire[]]} */ ([g.id, []])),
  ]);
  /** @type {Map<string, { out: string[], top: string, into: string[] }>} */
  const ways = new Map();
  for (const l of wires) {
    const [from, to] = [around(l.from), around(l.to)];
    const meets = new Set(to);
    const top = from.find((g) => meets.has(g)) ?? TOP;
    const out = from.slice(0, from.indexOf(top));
    const into = to.slice(0, to.indexOf(top)).reverse();
    ways.set(l.id, { out, top, into });
    const [a, b] = [out.at(-1) ?? l.from, into[0] ?? l.to];
    own.get(top)?.push({ ...l, from: a, to: b });
    out.forEach((g, k) => {
      own.get(g)?.push({ id: l.id, from: out[k - 1] ?? l.from, to: portOf(g, "out", l.id) });
    });
    into.forEach((g, k) => {
      own.get(g)?.push({ id: l.id, from: portOf(g, "in", l.id), to: into[k + 1] ?? l.to });
    });
  }
  const first = new Map(boxes.map((b, k) => [b.id, k]));
  for (const g of [...framings].reverse()) {
    // a group stands where its first member does
    let k = Infinity;
    for (const [id, h] of home) if (h === g.id) k = Math.min(k, first.get(id) ?? Infinity);
    first.set(g.id, k);
  }
  for (const b of boxes) inside.get(home.get(b.id) ?? TOP)?.push(b);

  /** @type {Map<string, Solved>} */
  const solved = new Map();
  /** @param {string} id @param {number} room @returns {Solved} */
  const solve = (id, room) => {
    const g = groups.get(id);
    const pad = g?.pad ?? { start: 0, end: 0, low: 0, high: 0 };
    const left = room - pad.low - pad.high;
    const list = [...(inside.get(id) ?? [])];
    for (const child of framings) {
      if ((child.parent ?? TOP) !== id) continue;
      const { main, cross } = solve(child.id, left);
      list.push({ id: child.id, main, cross, spine: true });
    }
    list.sort((a, b) => (first.get(a.id) ?? 0) - (first.get(b.id) ?? 0));
    const mine = (own.get(id) ?? []).map((l) => ({
      ...l,
      a: groups.has(l.from) ? port(l.from, "out", l.id) : 0,
      b: groups.has(l.to) ? port(l.to, "in", l.id) : 0,
    }));
    for (const l of mine) {
      const end = { main: 0, cross: 10, spine: false };
      if (l.from === portOf(id, "in", l.id)) list.unshift({ ...end, id: l.from, end: "first" });
      if (l.to === portOf(id, "out", l.id)) list.push({ ...end, id: l.to, end: "last" });
    }
    const plan = layered(list, mine, { ...space, room: left });
    const main = Math.max(plan.main + pad.start + pad.end, g?.least.main ?? 0);
    const cross = Math.max(plan.cross + pad.low + pad.high, g?.least.cross ?? 0);
    const shift = {
      main: pad.start + (main - plan.main - pad.start - pad.end) / 2,
      cross: pad.low + (cross - plan.cross - pad.low - pad.high) / 2,
    };
    const out = { plan, main, cross, shift };
    solved.set(id, out);
    return out;
  };
  /** Where a wire goes through the edge of a group, from the group's middle.
   * @param {string} id @param {"in" | "out"} side @param {string} wire */
  const port = (id, side, wire) => {
    const s = /** @type {Solved} */ (solved.get(id));
    return (s.plan.at.get(portOf(id, side, wire))?.c ?? 0) + s.shift.cross - s.cross / 2;
  };
  const whole = solve(TOP, space.room ?? Infinity);

  /** @type {Map<string, Place>} */
  const at = new Map();
  /** @type {Map<string, Frame>} */
  const frames = new Map();
  /** @type {Map<string, { main: number, cross: number }>} */
  const origin = new Map([[TOP, whole.shift]]);
  for (const id of [TOP, ...framings.map((g) => g.id)]) {
    // outer ones first
    const { plan } = /** @type {Solved} */ (solved.get(id));
    const o = /** @type {{ main: number, cross: number }} */ (origin.get(id));
    for (const [item, p] of plan.at) {
      const here = moved(p, o);
      const s = solved.get(item);
      if (!s) {
        at.set(item, here);
        continue;
      }
      const low = here.c - s.cross / 2;
      const start = here.m - s.main / 2;
      const deep = { layerStart: here.start, layerEnd: here.end };
      frames.set(item, { start, end: start + s.main, low, high: low + s.cross, ...deep });
      origin.set(item, { main: start + s.shift.main, cross: low + s.shift.cross });
    }
  }
  /** @type {Map<string, Lane[]>} */
  const routes = new Map();
  for (const l of wires) {
    const way = /** @type {{ out: string[], top: string, into: string[] }} */ (ways.get(l.id));
    /** @param {string} g */
    const through = (g) => {
      const o = /** @type {{ main: number, cross: number }} */ (origin.get(g));
      const lanes = solved.get(g)?.plan.routes.get(l.id) ?? [];
      return lanes.map((x) => ({ start: x.start + o.main, end: x.end + o.main, c: x.c + o.cross }));
    };
    /** @param {string} g @param {"in" | "out"} side */
    const edge = (g, side) => {
      const p = /** @type {Place} */ (at.get(portOf(g, side, l.id)));
      const f = /** @type {Frame} */ (frames.get(g));
      return side === "in"
        ? { start: f.layerStart, end: p.end, c: p.c }
        : { start: p.start, end: f.layerEnd, c: p.c };
    };
    const out = way.out.flatMap((g) => [...through(g), edge(g, "out")]);
    const into = way.into.flatMap((g) => [edge(g, "in"), ...through(g)]);
    routes.set(l.id, [...out, ...through(way.top), ...into]);
  }
  const { main, cross, plan } = whole;
  return { main, cross, at, frames, routes, layers: plan.layers };
}

/** @param {Place} p @param {{ main: number, cross: number }} o @returns {Place} */
const moved = (p, o) => ({
  c: p.c + o.cross,
  m: p.m + o.main,
  start: p.start + o.main,
  end: p.end + o.main,
});
