/** The board asks for itself anew every half minute. Who reads it, selects in it or has scrolled it is not disturbed. */

let shown = ""; // the answer that stands on the page
let scrolled = 0;

function hasSelectionIn(element) {
  const selection = document.getSelection();
  return !selection.isCollapsed && selection.containsNode(element, true);
}

document.addEventListener("htmx:beforeSwap", (event) => {
  const { target, xhr, requestConfig } = event.detail;
  if (target.id !== "found") return;
  const isByClock = requestConfig.elt === target;
  if (isByClock && (xhr.responseText === shown || hasSelectionIn(target))) {
    event.detail.shouldSwap = false;
    return;
  }
  shown = xhr.responseText;
  scrolled = isByClock ? (target.querySelector(".table-wrap")?.scrollLeft ?? 0) : 0;
});

document.addEventListener("htmx:afterSwap", () => {
  const table = document.querySelector("#found .table-wrap");
  if (table) table.scrollLeft = scrolled;
});
