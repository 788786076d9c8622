/** Buttons that print the page. Without a script the browser's own menu does it, so they are hidden until then. */
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
