/**
 * A decision on a hold says what it will do while it is written: the button names the disposition and the units, the
 * sorting counts what is left as bad. Without this script the form says less and does the same.
 */

for (const form of document.querySelectorAll("[data-decision]")) {
  const button = form.querySelector("[data-sign-button]");
  const bad = form.querySelector("[data-bad]");
  const words = { button: button.textContent, bad: bad?.textContent }; // nothing is sorted where nothing is unsorted

  const say = () => {
    const chosen = form.querySelector("input[name=disposition]:checked");
    const quantity = whole(form.elements.quantity.value);
    button.textContent =
      chosen && quantity ? chosen.dataset.sign.replace("#", quantity.toLocaleString("en")) : words.button;
    if (!bad) return;
    const good = whole(form.elements.good.value);
    const counted = quantity !== null && good !== null && good <= quantity;
    bad.hidden = !counted;
    if (counted) bad.textContent = words.bad.replace("#", (quantity - good).toLocaleString("en"));
  };
  form.addEventListener("input", say);
  say();
}

/** The number that was typed, full-width digits too; null where there is none. */
function whole(text) {
  const digits = text.normalize("NFKC").trim();
  return /^\d+$/.test(digits) ? Number(digits) : null;
}
