/** On the page of a closed inspection: what this device still has of it, and nobody will ever store. */

import { button, element } from "./dom.js";

const place = document.querySelector("[data-leftover]");
const prefix = `holdfast.entry.${place.dataset.user}.${place.dataset.inspection}:`;

function keptNames() {
  try {
    return Object.keys(localStorage).filter((name) => name.startsWith(prefix));
  } catch {
    return [];
  }
}

/** A line per check: its code and what was entered. */
function leftover() {
  return keptNames().map((name) => {
    const { draft } = JSON.parse(localStorage.getItem(name));
    const entered = draft.readings
      ? draft.readings.map((reading, index) => (reading ? `${index + 1}: ${reading}` : "")).filter(Boolean)
      : draft.nonconforming_units;
    return element("li", "", element("b", "", name.slice(prefix.length)), ` ${entered.join(", ") || "–"}`);
  });
}

const lines = leftover();
if (lines.length) {
  place.querySelector("ul").append(...lines);
  place.querySelector(".row").append(
    button("", place.dataset.forget, () => {
      for (const name of keptNames()) localStorage.removeItem(name);
      place.hidden = true;
    }),
  );
  place.hidden = false;
}
