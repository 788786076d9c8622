/** Two people recorded one unit differently: both values are shown, and the person at hand chooses, unit by unit. */

import { button, element, icon } from "./dom.js";
import { say } from "./words.js";

const MOST_ROWS = 8;

/** The question about one unit, or about all that is left of them where there are many. */
function rowsOf(units) {
  const rows = units.map((each) => ({ units: [each.unit], text: say("unit_differs", each) }));
  if (rows.length <= MOST_ROWS) return rows;
  const rest = units.slice(MOST_ROWS - 1);
  const text = say("units_differ", { units: rest.map((each) => each.unit).join(", ") });
  return [...rows.slice(0, MOST_ROWS - 1), { units: rest.map((each) => each.unit), text }];
}

/**
 * Ask below the title of the card about `units`, each { unit, mine, theirs } in words. Resolves once each is chosen: a Map of unit to
 * "mine" or "theirs".
 */
export function askUnits(card, units) {
  return ask(card, rowsOf(units)).then(
    (chosen) => new Map([...chosen].flatMap(([row, choice]) => row.units.map((unit) => [unit, choice]))),
  );
}

/** The same of a whole that has no units, such as a comparison. */
export function askWhole(card, { lines, keepMine, takeTheirs }) {
  return ask(card, [{ text: lines.join(" ") }]).then((chosen) => ([...chosen.values()][0] === "mine" ? keepMine() : takeTheirs()));
}

/** Ask about `rows`, each { text }. Resolves to a Map of row to "mine" or "theirs". */
function ask(card, rows) {
  card.querySelector("[data-conflict]")?.remove();
  const chosen = new Map();
  return new Promise((resolve) => {
    const list = element("ul", "conflict", ...rows.map((row) => line(row)));
    const body = element("div", "notice__body stack stack--tight", element("b", "", say("conflict")), list);
    const notice = element("div", "notice tone-warning", icon("warning"), body);
    notice.dataset.conflict = "";
    notice.setAttribute("role", "alert");
    card.querySelector(".check__title").after(notice);

    function line(row) {
      const choose = (choice) => () => {
        chosen.set(row, choice);
        made.remove();
        if (chosen.size < rows.length) return;
        notice.remove();
        resolve(chosen);
      };
      const made = element(
        "li",
        "",
        element("span", "", row.text),
        element(
          "span",
          "row",
          button("button--primary", say("keep_mine"), choose("mine")),
          button("", say("take_theirs"), choose("theirs")),
        ),
      );
      return made;
    }
  });
}
