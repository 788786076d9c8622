/**
 * Dialogs: `data-dialog="ID"` opens the <dialog> with that id, `data-dialog-close` closes the one it stands in.
 * The opener is best a link to a page that asks the same, for browsers without scripts.
 */

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset.dialog);
    if (dialog) {
      event.preventDefault();
      dialog.showModal();
    }
    return;
  }
  if (event.target.closest("[data-dialog-close]")) {
    event.preventDefault();
    event.target.closest("dialog").close();
  } else if (event.target.matches("dialog[open]") && isOutside(event, event.target)) {
    event.target.close();
  }
});

function isOutside(event, element) {
  const box = element.getBoundingClientRect();
  return event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
}
