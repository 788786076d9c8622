/** What became of a form that went into the outbox: heard within a moment, or kept on the phone. */

import { element, icon } from "../entry/dom.js";
import { outbox } from "./outbox.js";

const PATIENCE = 8000;

/** What the server says of an operation within the time that one waits: { type, op }, or {} when it said nothing. */
export function answered(id) {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve({}), PATIENCE);
    for (const type of ["arrived", "refused"]) {
      outbox.addEventListener(type, ({ detail: { op } }) => {
        if (op.id !== id) return;
        clearTimeout(timer);
        resolve({ type, op });
      });
    }
  });
}

/** Say above a form what is wrong with it. */
export function complain(form, text) {
  form.querySelector("[data-refused]")?.remove();
  const notice = element("div", "notice tone-stopped", icon("stopped"), element("div", "notice__body", text));
  notice.dataset.refused = "";
  notice.setAttribute("role", "alert");
  form.prepend(notice);
  notice.scrollIntoView({ block: "center" });
}
