/** A check that is not measured: the numbers of the units that do not conform, and a word about all the others. */

import { normalise } from "./readings.js";
import { say, sayCount } from "./words.js";

export class Attribute {
  constructor(card, { changed }) {
    Object.assign(this, { card, changed });
    this.total = Number(card.dataset.n);
    this.wasAnswered = card.dataset.revision !== "0";
    this.answers = [...card.querySelectorAll("input[name=answer]")];
    this.units = [...card.querySelectorAll("input[name=unit]")];
    this.others = card.querySelector("input[name=others]");
    this.count = card.querySelector("input[name=nonconformities]");
    this.place = card.querySelector("[data-place]");
    this.said = card.querySelector("[data-said]");
    card.querySelector(".check__form").addEventListener("change", (event) => this.answer(event.target));
    this.update();
  }

  get choice() {
    const chosen = this.answers.find((input) => input.checked);
    return chosen ? chosen.value : "";
  }

  get badUnits() {
    return this.units.filter((input) => input.checked).map((input) => Number(input.value));
  }

  get nonconformities() {
    const text = normalise(this.count.value);
    return text ? Number(text) : null;
  }

  get isAnswered() {
    return this.choice === "good" || this.badUnits.length > 0;
  }

  get isComplete() {
    return this.choice === "good" || (this.badUnits.length > 0 && this.others.checked);
  }

  get body() {
    const count = this.badUnits.length ? this.nonconformities : null;
    return {
      nonconforming_units: this.badUnits,
      complete: this.isComplete,
      ...(count === null ? {} : { nonconformities: count }),
    };
  }

  /** What is tapped, as `show` takes it. */
  get draft() {
    return this.body;
  }

  get finding() {
    return say("critical_unit", { name: this.card.dataset.name, number: this.badUnits[0] });
  }

  show({ nonconforming_units: units, nonconforming, nonconformities, complete }) {
    const bad = new Set(units || []);
    for (const input of this.units) input.checked = bad.has(Number(input.value));
    const choice = bad.size || nonconforming ? "bad" : complete ? "good" : "";
    for (const input of this.answers) input.checked = input.value === choice;
    this.others.checked = choice === "bad" && complete;
    this.count.value = nonconformities > bad.size ? nonconformities : "";
    this.update();
  }

  update() {
    const bad = this.badUnits.length;
    this.card.querySelector("[data-bad]").hidden = this.choice !== "bad";
    this.card.querySelector(".check__more").hidden = !bad;
    this.card.querySelector("[data-bad-count]").textContent = bad;
    this.card.querySelector("[data-others]").textContent = sayCount("others_conform", this.total - bad);
    this.place.textContent =
      bad && !this.isComplete
        ? say("confirm_others")
        : sayCount(this.isComplete ? "units_answered" : "units_unanswered", this.total);
  }

  complain(text) {
    this.said.className = "check__said tone-stopped";
    this.said.textContent = text;
  }

  answer(input) {
    const bad = this.badUnits;
    this.said.textContent = "";
    if ("stays" in input.dataset && !input.checked) {
      input.checked = true;
      this.complain(say("stays", { unit: input.value }));
      return;
    }
    if (input.name === "unit" && bad.length) this.answers.find((each) => each.value === "bad").checked = true;
    if (input.name === "answer" && input.value === "good" && bad.length) {
      this.answers.find((each) => each.value === "bad").checked = true;
      this.complain(say("unmark_first", { units: bad.join(", ") }));
    }
    if (input.name === "unit") this.lastBad = input.checked ? Number(input.value) : null;
    this.update();
    const count = this.nonconformities;
    if (count !== null && bad.length && !(Number.isInteger(count) && count >= bad.length)) {
      this.complain(sayCount("too_few", bad.length));
      return;
    }
    // "Some do not" without a unit says nothing yet; it is worth sending only where it takes something back.
    if (!this.isAnswered && !this.wasAnswered) return;
    this.wasAnswered = true;
    this.changed({});
  }

  /** What was tapped counts at once. */
  commit() {}

  focusNext() {}

  reveal() {}
}
