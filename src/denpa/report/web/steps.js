// The timeline: one tick a step, forwards in the hue of values, backwards in that of messages.

import { h, svg } from "./dom.js";
import { w } from "./words.js";

/** @param {string} d */
const icon = (d) =>
  svg(
    "svg",
    { viewBox: "0 0 16 16", width: 16, height: 16, "aria-hidden": "true" },
    svg("path", { d }),
  );

/** @typedef {import("./types.js").Step} Step */

/** More steps than this are not drawn as ticks. */
const MOST = 120;

export class Timeline {
  /** @param {{ go: (k: number) => void, move: (by: number) => void, play: () => void }} on */
  constructor(on) {
    this.on = on;
    /** @type {Step[]} */
    this.steps = [];
    /** @type {HTMLElement[]} */
    this.ticks = [];
    /** @type {HTMLInputElement | null} */
    this.slider = null;
    this.count = h("output", { class: "count" });
    this.playButton = h("button");
    this.el = h("nav", { class: "timeline" });
  }

  /** @param {Step[]} steps */
  draw(steps) {
    this.steps = steps;
    /** @param {string} name @param {string} d @param {() => void} f */
    const button = (name, d, f) =>
      h(
        "button",
        { class: "quiet icon", "aria-label": w(name), title: w(name), on: { click: f } },
        icon(d),
      );
    this.playButton = button("play", "M4 2.5v11l9.5-5.5z", () => this.on.play());
    const long = steps.length > MOST;
    this.ticks = long ? [] : steps.map((s, k) => this.tick(s, k));
    this.slider = null;
    if (long) {
      const most = steps.length - 1;
      const slide = () => this.on.go(Number(this.slider?.value));
      const props = { type: "range", class: "range", min: 0, max: most, "aria-label": w("steps") };
      this.slider = /** @type {HTMLInputElement} */ (
        h("input", { ...props, on: { input: slide } })
      );
    }
    /** @param {string[]} passes */
    const of = (passes) => this.ticks.filter((_, k) => passes.includes(steps[k].pass));
    /** @param {string} pass @param {any[]} name @param {string[]} passes */
    const lane = (pass, name, passes) =>
      h(
        "div",
        { class: `pass ${pass}` },
        h("span", { class: "name" }, name),
        h("div", { class: "row" }, of(passes)),
      );
    this.el.replaceChildren(
      h(
        "div",
        { class: "buttons" },
        button("previous", "M10.5 3 5.5 8l5 5", () => this.on.move(-1)),
        this.playButton,
        button("next", "M5.5 3l5 5-5 5", () => this.on.move(1)),
      ),
      this.slider ??
        h(
          "div",
          { class: "ticks", role: "group", "aria-label": w("steps") },
          lane("forward", [w("forward"), " →"], ["start", "forward"]),
          lane("backward", ["← ", w("backward")], ["backward", "end"]),
        ),
      this.count,
    );
  }

  /** @param {Step} s @param {number} k */
  tick(s, k) {
    return h("button", {
      class: `tick ${s.pass} ${s.kind}`,
      tabindex: -1,
      "aria-label": w("step", k, this.steps.length - 1),
      on: { click: () => this.on.go(k) },
    });
  }

  /** @param {number} k @param {boolean} playing */
  show(k, playing) {
    this.ticks.forEach((t, j) => {
      t.classList.toggle("done", j <= k);
      t.classList.toggle("now", j === k);
    });
    if (this.slider) this.slider.value = String(k);
    this.count.textContent = `${k} / ${this.steps.length - 1}`;
    this.playButton.replaceChildren(
      icon(playing ? "M4 2.5h3v11H4zM9.5 2.5h3v11h-3z" : "M4 2.5v11l9.5-5.5z"),
    );
    this.playButton.setAttribute("aria-label", w(playing ? "pause" : "play"));
  }
}
