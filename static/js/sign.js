/** A minus for number pads that have none (iOS): a button beside each field that may be negative. */

import { button } from "./entry/dom.js";

/** The text with the sign of its last number turned. */
export function turned(text) {
  const [, before, number] = text.match(/^(.*?[\s;]?)([^\s;]*)$/su);
  return before + (/^[-−－]/u.test(number) ? number.slice(1) : `-${number}`);
}

for (const field of document.querySelectorAll("input[data-signed]")) {
  field.inputMode = "decimal";
  const turn = button("sign-button", "±", () => {
    field.value = turned(field.value);
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  });
  turn.setAttribute("aria-label", field.dataset.signed);
  field.after(turn);
  field.parentElement.classList.add("has-sign");
}
