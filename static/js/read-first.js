/**
 * A paper is read before anybody types: a chosen file is sent at once, and when it has been read, the page fills itself.
 * Who has typed something already is asked nothing and loses nothing: the button beside the file does the same.
 */

const form = document.querySelector("[data-read-first]");
const state = document.getElementById("being-read");
let isTouched = false;

form.addEventListener("input", (event) => {
  if (event.target.type !== "file") isTouched = true;
});
form.addEventListener("change", (event) => {
  if (event.target.type === "file" && event.target.files.length && !isTouched) form.querySelector("[data-read]").click();
});

// js/live.js puts in the answer of the server, which says when the paper was read.
if (state?.matches("[data-live]")) {
  new MutationObserver(() => {
    const fresh = document.getElementById("being-read");
    if (!fresh.matches("[data-live]") && !isTouched) location.reload();
  }).observe(state.parentElement, { childList: true });
}
