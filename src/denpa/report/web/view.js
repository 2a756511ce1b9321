// What is drawn while some groups are open and others closed: units, the wires between them, the
// steps in order.

import { isGiven } from "./store.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./types.js").Link} Link */
/** @typedef {import("./types.js").PassGroup} PassGroup */
/** @typedef {import("./types.js").PassNode} PassNode */
/** @typedef {import("./types.js").Step} Step */
/** @typedef {import("./types.js").Unit} Unit */
/** @typedef {import("./types.js").View} View */

/** So many parameters of a closed group stand beside it, as those of a plain layer do. */
const BESIDE = 3;

/** The groups around a node, the innermost first. @param {Store} store @param {string | null} id */
function around(store, id) {
  /** @type {PassGroup[]} */
  const out = [];
  for (let g = id === null ? undefined : store.groupById.get(id); g; ) {
    out.push(g);
    g = g.parent === null ? undefined : store.groupById.get(g.parent);
  }
  return out;
}

/** Whether a group is the first: nothing has been computed before it.
 * @param {Store} store @param {PassGroup} g */
function isFirst(store, g) {
  return store.record.edges.every((e) => {
    const x = store.node(e.from);
    return (
      isGiven(x) ||
      !around(store, store.node(e.to).group).includes(g) ||
      around(store, x.group).includes(g)
    );
  });
}

/** The group that a node stands in: what goes into a network and what it is compared with stand
 * outside; what several groups share stands around them. @param {Store} store @param {PassNode} n */
function homeOf(store, n) {
  if (!isGiven(n)) return n.group;
  if (n.role === "target") return null;
  const outermost = around(store, n.group).at(-1);
  if (n.role === "input" && (!outermost || isFirst(store, outermost))) return null;
  const readers = (store.readers.get(n.id) ?? []).map((e) => store.node(e.to).group);
  const holding = around(store, n.group).find((g) =>
    readers.every((r) => around(store, r).includes(g)),
  );
  return holding?.id ?? null;
}

/** Which closed group a node is in, and which open one holds what is drawn of it.
 * @param {Store} store @param {PassNode} n @param {Set<string>} open */
function placed(store, n, open) {
  const home = homeOf(store, n);
  const groups = around(store, home);
  const closed = groups.filter((g) => !open.has(g.id)).at(-1) ?? null;
  if (!closed) return { inside: null, home };
  const beside = n.role === "parameter" && closed.id === home;
  if (beside && parameters(store, closed) <= BESIDE) return { inside: null, home: closed.parent };
  return { inside: closed, home: closed.parent };
}

/** @param {Store} store @param {PassGroup} g */
const parameters = (store, g) => g.nodes.filter((id) => store.node(id).role === "parameter").length;

/** @param {Store} store @param {Set<string>} open @returns {View} */
export function viewOf(store, open) {
  const places = new Map(store.nodes.map((n) => [n.id, placed(store, n, open)]));
  /** @param {string} id */
  const inside = (id) => places.get(id)?.inside ?? null;
  /** @param {string} id */
  const unitOf = (id) => inside(id)?.output ?? id;
  /** @type {Unit[]} */
  const units = [];
  for (const n of store.nodes) {
    const group = inside(n.id);
    const home = places.get(n.id)?.home ?? null;
    if (group ? n.id === group.output : !n.hidden) units.push({ id: n.id, node: n, group, home });
  }
  const links = linksOf(store, new Set(units.map((u) => u.id)), inside, unitOf);
  /** @type {Map<string, number>} */
  const waiting = new Map();
  /** @type {Map<string, Link[]>} */
  const from = new Map();
  /** @type {Map<string, Link>} */
  const ofEdge = new Map();
  for (const l of links) {
    from.set(l.source, [...(from.get(l.source) ?? []), l]);
    if (l.sent) waiting.set(l.source, (waiting.get(l.source) ?? 0) + 1);
    for (const e of l.edges) ofEdge.set(e.id, l);
  }
  const frames = store.record.groups.filter((g) =>
    around(store, g.id).every((a) => open.has(a.id)),
  );
  const steps = stepsOf(store, inside, links, waiting);
  return { units, links, steps, waiting, frames, from, ofEdge, unitOf };
}

/** One wire for each value that a unit reads. @param {Store} store @param {Set<string>} shown
 * @param {(id: string) => PassGroup | null} inside @param {(id: string) => string} unitOf */
function linksOf(store, shown, inside, unitOf) {
  /** @type {Map<string, Link>} */
  const links = new Map();
  for (const e of store.record.edges) {
    const [a, b] = [unitOf(e.from), unitOf(e.to)];
    if (a === b || !shown.has(a) || !shown.has(b)) continue;
    const group = inside(e.to);
    const id = group || inside(e.from) ? `${e.from}>${b}` : e.id;
    const sent = e.local !== null;
    const known = links.get(id);
    if (known) {
      known.edges.push(e);
      known.sent = known.sent || sent;
      known.factor = null;
      continue;
    }
    const factor = group ? null : e.factor;
    links.set(id, { id, from: a, to: b, source: e.from, edges: [e], sent, factor, group });
  }
  for (const l of links.values()) {
    if (l.group?.law?.from === l.source) l.factor = l.group.law.factor;
  }
  return [...links.values()];
}

/** The steps of a view: those inside a closed group are one. @param {Store} store
 * @param {(id: string) => PassGroup | null} inside @param {Link[]} links
 * @param {Map<string, number>} waiting @returns {Step[]} */
function stepsOf(store, inside, links, waiting) {
  /** @type {Step[]} */
  const steps = [{ pass: "start", kind: "start", node: null, links: [], group: null }];
  /** @type {Map<string, Link[]>} */
  const into = new Map();
  /** @type {Map<string, Link[]>} */
  const out = new Map();
  for (const l of links) {
    if (!l.sent) continue;
    into.set(l.to, [...(into.get(l.to) ?? []), l]);
    out.set(l.source, [...(out.get(l.source) ?? []), l]);
  }
  for (const s of store.record.steps) {
    const group = inside(s.node);
    if (group && s.node !== group.output) continue;
    if (!group && store.node(s.node).hidden) continue;
    const sent = s.kind === "send" ? (into.get(s.node) ?? []) : [];
    if (s.kind === "send" && !sent.length) continue;
    if (s.kind === "sum" && (waiting.get(s.node) ?? 0) < 2) continue;
    const used = s.kind === "sum" ? (out.get(s.node) ?? []) : sent;
    steps.push({ pass: s.pass, kind: s.kind, node: s.node, links: used, group });
  }
  steps.push({ pass: "end", kind: "end", node: null, links: [], group: null });
  return steps;
}
