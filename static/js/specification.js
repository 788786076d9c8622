/**
 * The editor of a specification without round trips: add, remove and move rows in place.
 *
 * Each button is a submit button that does the same on the server. A row that is taken out of the page is not sent, and
 * the rows are read in the order of their positions, so nothing has to be numbered anew.
 */

const form = document.getElementById("specification");
const list = form.querySelector("[data-rows]");
const blank = form.querySelector("[data-blank-row]");

function rows() {
  return Array.from(list.querySelectorAll("[data-row]"));
}

function writePositions() {
  rows().forEach((row, position) => {
    row.querySelector("input[name$='-position']").value = position;
    for (const button of row.querySelectorAll("[data-move]")) button.value = `${button.dataset.move}:${position}`;
  });
}

function add() {
  const index = form.dataset.nextIndex;
  form.dataset.nextIndex = Number(index) + 1;
  const row = document.importNode(blank.content, true).querySelector("[data-row]");
  for (const element of row.querySelectorAll("[name], [id], [for], [aria-describedby]")) {
    for (const attribute of ["name", "id", "for", "aria-describedby"]) {
      const value = element.getAttribute(attribute);
      if (value) element.setAttribute(attribute, value.replaceAll("__index__", index));
    }
  }
  list.append(row);
  writePositions();
  row.querySelector("input[name$='-code']").focus();
}

function move(row, button) {
  const where = button.dataset.move;
  if (where === "remove") {
    const next = row.nextElementSibling || row.previousElementSibling;
    row.remove();
    (next ? next.querySelector("summary") : form.querySelector("[data-add]")).focus();
  } else if (where === "up" && row.previousElementSibling) {
    row.previousElementSibling.before(row);
    button.focus();
  } else if (where === "down" && row.nextElementSibling) {
    row.nextElementSibling.after(row);
    button.focus();
  }
  writePositions();
}

form.addEventListener("click", (event) => {
  const button = event.target.closest("[data-add], [data-move]");
  if (!button) return;
  event.preventDefault();
  if (button.dataset.move) move(button.closest("[data-row]"), button);
  else add();
});

// A row is called by its name in the language of the page, else in English, else in whichever there is.
const names = [`name_${document.documentElement.lang.split("-")[0]}`, "name", "name_zh"];

form.addEventListener("input", (event) => {
  const row = event.target.closest("[data-row]");
  if (!row || !/-(code|name(_\w+)?)$/.test(event.target.name)) return;
  const typed = (name) => row.querySelector(`input[name$='-${name}']`)?.value.trim();
  row.querySelector("[data-row-title]").textContent = [typed("code"), names.map(typed).find(Boolean)].filter(Boolean).join(" ");
});
