/** The number pad: larger than the phone's own, and it leaves the limits in sight. */

/** `type(key)` gets digits, ".", "sign", "back", "next" and "previous". */
export function attachPad(pad, type) {
  // The cell keeps the focus, and with it the caret.
  pad.addEventListener("pointerdown", (event) => event.preventDefault());
  pad.addEventListener("mousedown", (event) => event.preventDefault());
  pad.addEventListener("click", (event) => {
    const key = event.target.closest("[data-key]");
    if (key) type(key.dataset.key);
  });
}
