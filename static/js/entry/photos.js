/**
 * Photos of a check: shown at once, made smaller, kept on the device until they have arrived.
 *
 * Fetched with the first photo: the page's outbox and its store are handed in, so that there is one of each.
 */

import { element } from "./dom.js";
import { preview, shrink } from "./shrink.js";
import { say } from "./words.js";

export class Photos {
  /** `about`: { inspection, batch }; `url` is where photos are sent, `cards` the card of each check's code. */
  constructor({ about, url, cards, outbox, store }) {
    Object.assign(this, { about, url, cards, outbox, store });
    this.figures = new Map();
    outbox.addEventListener("arrived", ({ detail: { op } }) => this.settled(op, captionOf(op)));
    outbox.addEventListener("refused", ({ detail: { op } }) => {
      if (op.kind === "photo") this.figures.get(op.id)?.querySelector("figcaption").replaceChildren(refusalOf(op));
    });
  }

  /** Show those that another visit kept. */
  async showKept(operations) {
    for (const op of operations) {
      const kept = await this.store.get("blobs", op.id);
      if (kept) this.show(op, kept.blob);
    }
  }

  async add(code, unit, file) {
    const { blob, takenAt, sha256 } = await shrink(file);
    const name = this.cards.get(code).dataset.name;
    const op = { ...this.about, kind: "photo", url: this.url, name, code, unit, takenAt, sha256, file: file.name };
    this.show(await this.outbox.put(op, { blob }), blob);
  }

  show(op, blob) {
    const told = op.state === "refused" ? refusalOf(op) : say("photo_waits");
    const figure = element("figure", "photo is-unsent", preview(blob, captionOf(op)), element("figcaption", "", told));
    this.cards.get(op.code)?.querySelector("[data-photos]").append(figure);
    this.figures.set(op.id, figure);
  }

  settled(op, caption) {
    const figure = this.figures.get(op.id);
    figure?.classList.remove("is-unsent");
    figure?.querySelector("figcaption").replaceChildren(caption);
  }
}

const captionOf = ({ unit }) => (unit ? say("photo_of_unit", { unit }) : say("photo"));
const refusalOf = ({ problem }) => say("photo_refused", { reason: problem.errors.join(" ") || problem.detail });
