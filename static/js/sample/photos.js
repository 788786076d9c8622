/** Photos of a sample: shown at once, made smaller, and sent one by one from the outbox. */

import { element } from "../entry/dom.js";
import { preview, shrink } from "../entry/shrink.js";
import { say } from "../entry/words.js";
import { outbox } from "../outbox/outbox.js";
import { store } from "../outbox/store.js";

export class Photos {
  constructor(form, about) {
    Object.assign(this, { form, about, figures: new Map() });
    for (const input of form.querySelectorAll("input[type=file][data-fields]")) {
      input.addEventListener("change", () => this.take(input));
    }
    outbox.addEventListener("arrived", ({ detail: { op } }) => this.tell(op, ""));
    outbox.addEventListener("refused", ({ detail: { op } }) => this.tell(op, refusalOf(op)));
    this.showKept();
  }

  async showKept() {
    for (const op of await outbox.mine()) {
      if (op.kind !== "photo" || op.inspection !== this.about.inspection) continue;
      const kept = await store.get("blobs", op.id);
      if (kept) this.show(op, kept.blob);
    }
  }

  async take(input) {
    const files = [...input.files];
    input.value = "";
    for (const file of files) {
      const { blob, takenAt, sha256 } = await shrink(file);
      const { fields, name } = input.dataset;
      const op = { ...this.about, kind: "photo", url: `${this.form.dataset.api}photos/`, name, fields: JSON.parse(fields) };
      this.show(await outbox.put({ ...op, takenAt, sha256, file: file.name }, { blob }), blob);
    }
  }

  show(op, blob) {
    const figure = element("figure", "photo is-unsent", preview(blob, op.name), element("figcaption", "", op.problem ? refusalOf(op) : say("photo_waits")));
    const input = [...this.form.querySelectorAll("[data-fields]")].find((each) => each.dataset.fields === JSON.stringify(op.fields));
    input?.closest("[data-photo-place]").querySelector("[data-photos]").append(figure);
    this.figures.set(op.id, figure);
  }

  tell(op, text) {
    const figure = this.figures.get(op.id);
    if (!figure) return;
    figure.classList.toggle("is-unsent", Boolean(text));
    figure.querySelector("figcaption").textContent = text;
  }
}

const refusalOf = ({ problem }) => say("photo_refused", { reason: problem.errors.join(" ") || problem.detail });
