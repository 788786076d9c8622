/** Photos of a check: shown at once, made smaller, kept on the device until they have arrived. */

import { Refused, send } from "../http.js";
import { element } from "./dom.js";
import { forget, keep, kept } from "./photo-store.js";
import { renewToken } from "./session.js";
import { shrink } from "./shrink.js";
import { say } from "./words.js";

const FIRST_WAIT = 4000;
const LONGEST_WAIT = 60000;

export class Photos extends EventTarget {
  /** `owner` is the person and the inspection, `url` where photos are sent, `cards` the card of each check's code. */
  constructor({ owner, url, cards }) {
    super();
    Object.assign(this, { owner, url, cards, size: 0, wait: FIRST_WAIT });
    this.figures = new Map();
    for (const [code, card] of cards) this.attach(code, card.querySelector("[data-photo-form]"));
    addEventListener("online", () => this.flush());
    kept(owner).then((photos) => {
      for (const photo of photos) this.show(photo);
      if (photos.length) this.flush();
    });
  }

  attach(code, form) {
    const file = form.querySelector("input[type=file]");
    form.querySelector("[data-photo-send]").hidden = true;
    form.addEventListener("submit", (event) => event.preventDefault());
    file.addEventListener("change", () => {
      for (const chosen of file.files) this.add(code, form.elements.unit_number.value.trim(), chosen);
      file.value = "";
    });
  }

  async add(code, unit, file) {
    const photo = { id: crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`, owner: this.owner, code, unit, at: Date.now() };
    this.show({ ...photo, blob: file });
    photo.blob = await shrink(file);
    await keep(photo);
    return this.flush();
  }

  show({ id, code, unit, blob }) {
    const image = element("img");
    image.src = URL.createObjectURL(blob);
    image.alt = unit ? say("photo_of_unit", { unit }) : say("photo");
    const figure = element("figure", "photo is-unsent", image, element("figcaption", "", say("photo_waits")));
    this.cards.get(code)?.querySelector("[data-photos]").append(figure);
    this.figures.set(id, figure);
    this.count();
  }

  count() {
    this.size = [...this.figures.values()].filter((figure) => figure.classList.contains("is-unsent")).length;
    this.dispatchEvent(new Event("change"));
  }

  flush() {
    clearTimeout(this.timer);
    this.running = (this.running || Promise.resolve()).catch(() => {}).then(() => this.sendAll());
    return this.running;
  }

  async sendAll() {
    for (const photo of await kept(this.owner)) {
      if (!(await this.sendOne(photo))) {
        this.timer = setTimeout(() => this.flush(), this.wait);
        this.wait = Math.min(2 * this.wait, LONGEST_WAIT);
        return;
      }
    }
    this.wait = FIRST_WAIT;
  }

  /** True when it needs no second try. */
  async sendOne({ id, code, unit, blob }, again = true) {
    const body = new FormData();
    body.append("photo", blob, blob.name || "photo.jpg");
    body.append("characteristic", code);
    body.append("unit_number", unit);
    try {
      await send(this.url, { body });
    } catch (error) {
      if (!(error instanceof Refused) || error.status >= 500 || error.status === 429) return false;
      if (error.status === 401 || error.status === 403) {
        return again && (await renewToken()) === "renewed" ? this.sendOne({ id, code, unit, blob }, false) : false;
      }
      await forget(id);
      const reason = (error.problem.errors || []).map((each) => each.detail).join(" ") || error.message;
      this.arrived(id, say("photo_refused", { reason }));
      return true;
    }
    await forget(id);
    this.arrived(id, unit ? say("photo_of_unit", { unit }) : say("photo"));
    return true;
  }

  arrived(id, caption) {
    const figure = this.figures.get(id);
    figure?.classList.remove("is-unsent");
    figure?.querySelector("figcaption").replaceChildren(caption);
    this.count();
  }
}
