// The shapes of what the modules hand to each other. Types only: a page does not hold them.

/** A formula. @typedef {{ latex: string, mathml: string, right?: string }} Formula */
/** @typedef {{ base: string, layer: string, element: string }} Letters */
/** A number that JSON has no form for is a text. @typedef {{ min: number | null,
 *   max: number | null, mean: number | null, nan: number, inf: number }} Stats */
/** @typedef {{ kind: string, height: number, width: number, channels?: number, columns?: number,
 *   labels?: string[] }} Show */
/** @typedef {{ id: string, role: string, name: string, path: string, group: string | null,
 *   op: string | null, inputs: (string | { number: number | string })[], shape: number[],
 *   full: number[], dtype: string, axis: number | null, per: number, symbol: Letters,
 *   formula: Formula | null, law: Formula | null, value: string | null, delta: string | null,
 *   stats: Stats | null, dstats: Stats | null, began: boolean, show: Show | null, hidden: boolean,
 *   source: string | null }} PassNode */
/** @typedef {{ kind: string, other?: string, partial?: string, constant?: number | string,
 *   index?: string, matrix?: string, dims?: number[], dim?: number, keepdim?: boolean,
 *   why?: string }} LocalMap */
/** @typedef {{ id: string, from: string, to: string, slot: number, local: LocalMap | null,
 *   factor: Formula | null, message: string | null }} PassEdge */
/** @typedef {{ formula: Formula, factor: Formula, from: string,
 *   spell: { kind: string, left: string, right: string, over: number } }} Law */
/** @typedef {{ id: string, parent: string | null, name: string, label: string, kind: string,
 *   nodes: string[], output: string, count: number, open: boolean, law: Law | null }} PassGroup */
/** @typedef {{ size: number, samples: number[], start: number, target: string | null,
 *   classes: string[] | null }} Batch */
/** @typedef {{ pass: string, kind: string, node: string, edges: string[] }} PassStep */
/** @typedef {"f64" | "f32" | "i64" | "i32" | "u8"} Kind */
/** @typedef {{ schema: string, version: number, title: string | null, formula: Formula | null,
 *   language: string | null, batch: Batch | null, nodes: PassNode[], edges: PassEdge[],
 *   facts: { parameters: number, equations: number, given: [string, number][] },
 *   groups: PassGroup[], steps: PassStep[], sums: { node: string, edges: string[] }[],
 *   checks: { what: string, count: number, worst: number }[],
 *   left_out: null | { nodes: number, samples: number, values: number },
 *   arrays: Record<string, { dtype: Kind, shape: number[], data: string }> }} Explained */

/** @typedef {{ index: number[], partial: number }} Reached */
/** What is drawn as one: a value, or a closed group by its output. `home` is the open group that it
 * stands in. @typedef {{ id: string, node: PassNode, group: PassGroup | null, home: string | null
 * }} Unit */
/** A wire; `source` is the value that it carries, which a closed group may hold inside.
 * @typedef {{ id: string, from: string, to: string, source: string, edges: PassEdge[],
 *   sent: boolean, factor: Formula | null, group: PassGroup | null }} Link */
/** @typedef {{ pass: string, kind: string, node: string | null, links: Link[],
 *   group: PassGroup | null }} Step */
/** @typedef {{ units: Unit[], links: Link[], steps: Step[], waiting: Map<string, number>,
 *   frames: PassGroup[], from: Map<string, Link[]>, ofEdge: Map<string, Link>,
 *   unitOf: (id: string) => string }} View */
/** @typedef {{ to: PassNode, index: number[], edge: PassEdge | null, link: Link | null,
 *   partial: number, delta: number, term: number }} Term */
/** One element and the terms of its message. `rest` is what this page has no terms for, and `why`:
 * "samples" of other examples, "far" through maps that are not stored.
 * @typedef {{ node: PassNode, index: number[], terms: Term[], rest: number, why: string,
 *   total: number, chosen: number, law: PassGroup | null }} Level */
/** @typedef {{ shape: number[], data: Float64Array, index: (k: number) => number[],
 *   find: (index: number[]) => number | null }} Part */
/** @typedef {{ kind: string, rows: number, cols: number, height: number, width: number,
 *   columns: number, tiles: number, labels: (string | number)[] | null }} Form */

/** @typedef {{ id: string, main: number, cross: number, leaf?: boolean, spine?: boolean,
 *   parameter?: boolean, end?: "first" | "last" }} Box */
/** `a` and `b` are where it ends, counted from the middles of its boxes; `need` is the room that
 * its words want, `late` whether they stand at its end.
 * @typedef {{ id: string, from: string, to: string, a?: number, b?: number, late?: boolean,
 *   need?: number }} Wire */
/** @typedef {{ start: number, end: number, c: number }} Lane */
/** Along the flow, `start` and `end` are those of its layer.
 * @typedef {{ c: number, m: number, start: number, end: number }} Place */
/** @typedef {{ start: number, end: number, low: number, high: number, layerStart: number,
 *   layerEnd: number }} Frame */
/** @typedef {{ id: string, parent: string | null, least: { main: number, cross: number },
 *   pad: { start: number, end: number, low: number, high: number } }} Framing */

/** @typedef {{ step: number, example: number | null, open: Set<string>,
 *   selected: { node: PassNode, index: number[] } | null, choices: number[],
 *   unfolded: Set<number>, whole: boolean, playing: boolean, details: Set<string>, shown: boolean,
 *   theme: string | null, zoom: number }} State */
/** What parts of the page ask of it. @typedef {{ close: () => void,
 *   choose: (depth: number, k: number) => void, unfold: (depth: number) => void,
 *   unroll: () => void, select: (node: PassNode, index: number[]) => void,
 *   hover: (node: PassNode | null, index?: number[] | null, event?: PointerEvent) => void,
 *   peek: (node: PassNode | null, index?: number[]) => void }} Hear */

export const TYPES = true;
