// The shapes of what the modules hand to each other. Types only.

/** @typedef {{ latex: string, mathml: string, right?: string }} Formula */
/** @typedef {{ base: string, layer: string, element: string }} Letters */
/** @typedef {{ min: number | null, max: number | null, mean: number | null, nan: number,
 *   inf: number }} Stats */
/** @typedef {{ kind: string, height: number, width: number, channels?: number, columns?: number,
 *   labels?: string[] }} Show */
/** @typedef {{ id: string, role: string, name: string, path: string, group: string | null,
 *   op: string | null, inputs: (string | { number: number | string })[], shape: number[],
 *   full: number[], dtype: string, axis: number | null, per: number, symbol: Letters,
 *   formula: Formula | null, law: Formula | null, value: string | null, delta: string | null,
 *   stats: Stats | null, dstats: Stats | null, began: boolean, show: Show | null, hidden: boolean,
 *   source: string | null }} PassNode */
/** @typedef {{ kind: string, [key: string]: any }} LocalMap */
/** @typedef {{ id: string, from: string, to: string, slot: number, local: LocalMap | null,
 *   factor: Formula | null, message: string | null }} PassEdge */
/** @typedef {{ formula: Formula, factor: Formula, from: string,
 *   spell: { kind: string, left: string, right: string, over: number } }} Law */
/** @typedef {{ id: string, parent: string | null, name: string, label: string, kind: string,
 *   nodes: string[], output: string, count: number, open: boolean, law: Law | null }} PassGroup */
/** @typedef {{ size: number, samples: number[], start: number, target: string | null,
 *   classes: string[] | null }} Batch */
/** @typedef {{ schema: string, version: number, title: string | null, formula: Formula | null,
 *   language: string | null, batch: Batch | null, nodes: PassNode[], edges: PassEdge[],
 *   facts: { parameters: number, equations: number, given: [string, number][] },
 *   groups: PassGroup[], steps: { pass: string, kind: string, node: string, edges: string[] }[],
 *   sums: { node: string, edges: string[] }[],
 *   checks: { what: string, count: number, worst: number }[],
 *   left_out: null | { nodes: number, samples: number, values: number },
 *   arrays: Record<string, { dtype: "f64" | "f32" | "i64" | "i32" | "u8", shape: number[],
 *   data: string }> }} Explained */
/** @typedef {{ index: number[], partial: number }} Reached */
/** @typedef {{ id: string, node: PassNode, group: PassGroup | null }} Unit */
/** @typedef {{ id: string, from: string, to: string, edges: PassEdge[], sent: boolean,
 *   factor: Formula | null, group: PassGroup | null }} Link */
/** @typedef {{ pass: string, kind: string, node: string | null, links: Link[],
 *   group: PassGroup | null }} Step */
/** @typedef {{ units: Unit[], links: Link[], steps: Step[], waiting: Map<string, number>,
 *   unitOf: (id: string) => string }} View */
/** @typedef {{ to: PassNode, index: number[], edge: PassEdge | null, link: Link | null,
 *   partial: number, delta: number, term: number }} Term */
/** @typedef {{ node: PassNode, index: number[], terms: Term[], rest: number, total: number,
 *   chosen: number, law: PassGroup | null }} Level */
/** @typedef {{ shape: number[], data: Float64Array, index: (k: number) => number[],
 *   find: (index: number[]) => number | null }} Part */

export const TYPES = true;
