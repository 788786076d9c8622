/** The places of a sample's check page at which something is answered: its checks, and the drops of its test. */

import { say } from "../entry/words.js";

const chosen = (place, name) => place.querySelector(`[name="${name}"]:checked`)?.value || "";
const field = (place, name) => place.querySelector(`[name="${name}"]`);

/** One check or drop: what its fields say, and what of that can be sent. */
export class Place {
  constructor(root) {
    const { key, name, url, kind } = root.dataset;
    Object.assign(this, { root, key, name, url, kind });
    this.said = root.querySelector("[data-said]");
    this.errors = root.querySelector("[data-errors]");
    this.conforms = { true: true, false: false }[root.dataset.conforms];
    this.stored = this.inputs;
  }

  get isDrop() {
    return this.kind === "drop";
  }

  get isMeasured() {
    return this.kind === "measured";
  }

  get revision() {
    return Number(field(this.root, `${this.key}-revision`).value);
  }

  set revision(value) {
    field(this.root, `${this.key}-revision`).value = value;
  }

  /** What is entered: { answer, readings, outcome, note }, as texts. */
  get inputs() {
    return {
      answer: chosen(this.root, `${this.key}-answer`),
      readings: field(this.root, `${this.key}-readings`)?.value || "",
      outcome: field(this.root, `${this.key}-outcome`)?.value || "",
      note: field(this.root, `${this.key}-note`).value,
    };
  }

  set inputs({ answer, readings, outcome, note }) {
    for (const radio of this.root.querySelectorAll(`[name="${this.key}-answer"]`)) radio.checked = radio.value === answer;
    if (this.isMeasured) field(this.root, `${this.key}-readings`).value = readings;
    if (this.isDrop) field(this.root, `${this.key}-outcome`).value = outcome;
    field(this.root, `${this.key}-note`).value = note;
  }

  /** Take over what the server has: an answer of the API. */
  show(found) {
    this.revision = found.revision;
    const outcomes = { "false,false": "none", "true,false": "package", "false,true": "product", "true,true": "both" };
    this.inputs = {
      answer: found.conforms ? "good" : "bad",
      readings: (found.readings || []).join(" "),
      outcome: outcomes[[found.package_damaged, found.product_damaged]] || "",
      note: found.note,
    };
    this.conforms = found.conforms;
    this.stored = this.inputs;
  }

  get isChanged() {
    return JSON.stringify(this.inputs) !== JSON.stringify(this.stored);
  }

  get isAnswered() {
    const { answer, readings, outcome } = this.inputs;
    return Boolean(answer || readings.trim() || outcome);
  }

  get isBad() {
    const { answer, outcome } = this.inputs;
    if (this.isMeasured) return this.conforms === false;
    return this.isDrop ? Boolean(outcome) && outcome !== "none" : answer === "bad";
  }

  /** What still has to be said before it can be sent; "" where nothing has. */
  get missing() {
    if (!this.isAnswered) return this.inputs.note.trim() ? say("answer_first") : "";
    return !this.isMeasured && this.isBad && !this.inputs.note.trim() ? say("say_what") : "";
  }

  /** The body of its call. */
  get sent() {
    const { answer, readings, outcome, note } = this.inputs;
    const text = note.trim();
    if (this.isDrop) {
      const isBoth = outcome === "both";
      return { package_damaged: isBoth || outcome === "package", product_damaged: isBoth || outcome === "product", note: text };
    }
    return this.isMeasured ? { typed: readings.trim(), note: text } : { conforms: answer === "good", note: text };
  }

  say(text, tone = "") {
    this.said.className = tone ? `small toned tone-${tone}` : "small soft";
    this.said.textContent = text;
  }

  complain(texts) {
    this.errors.hidden = !texts.length;
    this.errors.replaceChildren(
      ...texts.map((text) => {
        const line = document.createElement("li");
        line.textContent = text;
        return line;
      })
    );
  }
}
