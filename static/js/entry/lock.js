/** Keeps what is on the page as it is, while that is being handed in. What is beside the checks stays usable. */

const PARTS = "[data-check], [data-dock], [data-submit-form]";
const EVENTS = ["beforeinput", "input", "change", "click", "keydown", "paste", "submit"];

export class Lock {
  constructor(entry) {
    Object.assign(this, { entry, isOn: false });
    for (const name of EVENTS) entry.addEventListener(name, (event) => this.stop(event), { capture: true });
  }

  set(isOn) {
    this.isOn = isOn;
    this.entry.classList.toggle("entry--locked", isOn);
    for (const part of this.entry.querySelectorAll(PARTS)) part.inert = isOn;
  }

  /** Browsers without `inert`, and what was under way at the tap. */
  stop(event) {
    if (!this.isOn || !event.target.closest(PARTS)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }
}
