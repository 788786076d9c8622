/** The comparison of one check with the golden sample: "same", or "differs" and how. Kept and sent as readings are. */

import { send } from "../http.js";
import { COMPARISON } from "../outbox/operations.js";
import { say } from "./words.js";

const PARTS = ["l", "a", "b"];

const number = (text) => (text.trim() ? Number(text.trim().replace(",", ".")) : null);
const words = ({ same, difference, colour }) =>
  [same ? say("same") : `${say("differs")}: ${difference}`, colour ? PARTS.map((part) => colour[part]).join(" / ") : ""]
    .filter(Boolean)
    .join(", ");

export class Reference {
  constructor(form, { changed }) {
    Object.assign(this, { form, changed, url: form.dataset.url, card: form.closest("[data-check]") });
    this.code = COMPARISON + this.card.dataset.check;
    this.name = form.dataset.name;
    this.revision = Number(form.dataset.revision);
    this.said = form.querySelector("[data-reference-said]");
    form.addEventListener("change", () => this.missing || this.keep());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.missing) this.complain(say(this.missing));
      else this.keep();
    });
  }

  get body() {
    const data = new FormData(this.form);
    const same = data.get("same") === "same";
    return {
      same,
      difference: same ? "" : data.get("difference").trim(),
      ...(this.measured ? { colour: Object.fromEntries(PARTS.map((part) => [part, number(data.get(`colour_${part}`))])) } : {}),
    };
  }

  /** How many of the three figures of a colour were entered. */
  get measured() {
    return [...this.form.querySelectorAll("[name^=colour_]")].filter((input) => input.value.trim()).length;
  }

  get missing() {
    if (!this.form.querySelector("input[name=same]:checked")) return "same_or_differs";
    if (this.measured % PARTS.length) return "half_a_colour";
    return this.body.same || this.body.difference ? "" : "say_how";
  }

  keep() {
    this.say(say("kept"));
    this.changed(this);
  }

  show({ same, difference, colour }) {
    this.form.querySelector(`input[value=${same ? "same" : "differs"}]`).checked = true;
    this.form.querySelector("[name=difference]").value = difference;
    for (const part of PARTS) {
      const input = this.form.querySelector(`[name=colour_${part}]`);
      if (input) input.value = colour?.[part] ?? "";
    }
  }

  saved({ revision, colour_difference: distance, colour_is_beyond_surfaces: isBeyond }) {
    this.revision = revision;
    this.form.querySelector("[data-reference-beyond]").hidden = !isBeyond;
    this.say(this.form.dataset.stored + (distance === null ? "" : ` · ΔE00 ${distance.toFixed(2)}`));
  }

  complain(text) {
    this.say(text);
    this.said.classList.add("toned", "tone-stopped");
  }

  say(text) {
    this.said.textContent = text;
    this.said.classList.remove("toned", "tone-stopped");
  }

  /** What the server has of it; undefined for nothing. */
  stored() {
    return send(this.url, { method: "GET" }).catch((error) => {
      if (error.status !== 404) throw error;
    });
  }

  isSame(body, stored) {
    return words(body) === words(stored);
  }

  differences(mine, theirs) {
    return [say("mine_and_theirs", { mine: words(mine), theirs: words(theirs) })];
  }
}
