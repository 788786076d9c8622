/** On the page of a closed inspection: what this device still has of it, and nobody will ever store. */

import { button, element } from "./dom.js";
import { COMPARISON } from "./outbox.js";

const place = document.querySelector("[data-leftover]");
const prefix = `holdfast.entry.${place.dataset.user}.${place.dataset.inspection}:`;

function keptNames() {
  try {
    return Object.keys(localStorage).filter((name) => name.startsWith(prefix));
  } catch {
    return [];
  }
}

/** A line per check or comparison: the check's code and what was entered. */
function leftover() {
  return keptNames().map((name) => {
    const code = name.slice(prefix.length);
    const { body, draft } = JSON.parse(localStorage.getItem(name));
    const entered = code.startsWith(COMPARISON) ? comparison(body) : result(draft);
    return element("li", "", element("b", "", code.replace(COMPARISON, "")), ` ${entered || "–"}`);
  });
}

const comparison = ({ same, difference }) => (same ? place.dataset.same : `${place.dataset.differs}: ${difference}`);

function result({ readings, nonconforming_units: units }) {
  const entered = readings
    ? readings.map((reading, index) => (reading ? `${index + 1}: ${reading}` : "")).filter(Boolean)
    : units;
  return entered.join(", ");
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
