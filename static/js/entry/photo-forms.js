/** The camera of each check. What a photo needs (photos.js) is fetched with the first one, and kept by the service worker before. */

import { outbox } from "../outbox/outbox.js";
import { store } from "../outbox/store.js";
import { say } from "../outbox/words.js";
import { toast } from "../toast.js";

export class PhotoForms {
  /** See Photos. */
  constructor(about) {
    this.about = { ...about, outbox, store };
    for (const [code, card] of about.cards) this.attach(code, card.querySelector("[data-photo-form]"));
    if (!navigator.serviceWorker) this.photos.catch(() => {}); // nobody keeps it for a time without a network
    this.showKept();
  }

  /** Of this page, once it is there. */
  get photos() {
    this.asked ??= import("./photos.js").then(({ Photos }) => new Photos(this.about));
    return this.asked;
  }

  async showKept() {
    const { inspection } = this.about.about;
    const kept = (await outbox.mine()).filter((op) => op.kind === "photo" && op.inspection === inspection);
    if (kept.length) await (await this.photos).showKept(kept);
  }

  attach(code, form) {
    const file = form.querySelector("input[type=file]");
    form.querySelector("[data-photo-send]").hidden = true;
    form.addEventListener("submit", (event) => event.preventDefault());
    file.addEventListener("change", () => {
      this.take(code, form.elements.unit_number.value.trim(), [...file.files]);
      file.value = "";
    });
  }

  async take(code, unit, chosen) {
    const photos = await this.photos.catch(() => (this.asked = undefined));
    if (photos) {
      for (const each of chosen) await photos.add(code, unit, each);
      return;
    }
    toast(say("photo_waits_here"), "warning");
    addEventListener("online", () => this.take(code, unit, chosen), { once: true });
  }
}
