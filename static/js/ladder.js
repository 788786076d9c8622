/**
 * Charts whose points are links: one stop of the Tab key each, and the arrow keys go from point to point. What is folded is
 * opened to be printed. Without a script the newest point is reached, and all of them in the table of figures.
 */
const STEPS = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, Home: -Infinity, End: Infinity };

for (const marks of document.querySelectorAll("[data-marks]")) {
  const points = [...marks.querySelectorAll("a")];

  const become = (stop) => {
    if (!points.includes(stop)) return;
    for (const point of points) point.setAttribute("tabindex", point === stop ? "0" : "-1");
  };
  // Chromium makes a stop of an SVG element that listens for the focus, so the HTML around it does.
  const figure = marks.ownerSVGElement.parentElement;
  figure.addEventListener("focusin", (event) => become(event.target.closest("a")));
  figure.addEventListener("keydown", (event) => {
    const at = points.indexOf(document.activeElement);
    if (!(event.key in STEPS) || at < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    points[Math.min(Math.max(at + STEPS[event.key], 0), points.length - 1)].focus();
  });
}

const folded = () => document.querySelectorAll("details[data-print]:not([open])");
let opened = [];
addEventListener("beforeprint", () => {
  opened = [...folded()];
  for (const each of opened) each.open = true;
});
addEventListener("afterprint", () => {
  for (const each of opened) each.open = false;
});
