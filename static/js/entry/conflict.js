/** Two people changed one check: both values are shown, and the person at hand chooses. */

import { button, element, icon } from "./dom.js";
import { say } from "./words.js";

const MOST_LINES = 8;

/** What differs, as sentences. */
export function differences(mine, theirs) {
  if (!mine.readings) {
    const words = ({ nonconforming_units: units, complete }) =>
      [units && units.length ? say("bad_units", { units: units.join(", ") }) : say("no_bad_units"), complete ? "" : say("not_finished")]
        .filter(Boolean)
        .join(", ");
    return [say("mine_and_theirs", { mine: words(mine), theirs: words(theirs) })];
  }
  const lines = [];
  mine.readings.forEach((reading, index) => {
    const other = theirs.readings ? theirs.readings[index] ?? null : null;
    if (reading === null ? other === null : other !== null && Number(reading) === Number(other)) return;
    lines.push(say("unit_differs", { unit: index + 1, mine: reading ?? "–", theirs: other ?? "–" }));
  });
  const rest = lines.length - MOST_LINES;
  return rest > 0 ? [...lines.slice(0, MOST_LINES), say("and_more", { count: rest })] : lines;
}

/** Whether what was sent of a check is what is stored of it. */
export function isSame(body, stored) {
  if (body.readings) {
    const numbers = (readings) => (readings || []).map((reading) => (reading === null ? null : Number(reading)));
    return JSON.stringify(numbers(body.readings)) === JSON.stringify(numbers(stored.readings));
  }
  return (
    JSON.stringify(body.nonconforming_units) === JSON.stringify(stored.nonconforming_units) &&
    body.complete === stored.complete &&
    (body.nonconformities ?? body.nonconforming_units.length) === stored.nonconformities
  );
}

/** Ask below the title of the card; `lines` say what differs. */
export function ask(card, { lines, keepMine, takeTheirs }) {
  card.querySelector("[data-conflict]")?.remove();
  const list = element("ul", "", ...lines.map((line) => element("li", "", line)));
  const close = (chosen) => () => {
    notice.remove();
    chosen();
  };
  const buttons = element(
    "div",
    "row",
    button("button--primary", say("keep_mine"), close(keepMine)),
    button("", say("take_theirs"), close(takeTheirs)),
  );
  const notice = element(
    "div",
    "notice tone-warning",
    icon("warning"),
    element("div", "notice__body stack stack--tight", element("b", "", say("conflict")), list, buttons),
  );
  notice.dataset.conflict = "";
  notice.setAttribute("role", "alert");
  card.querySelector(".check__title").after(notice);
}
