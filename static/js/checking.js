/**
 * Keys for checking papers: a, r, l decide, j and k go to the next and the one before, n to the next open thing. Typing a
 * page or a reason answers the question beside it. The mark of what is being answered is shown stronger.
 */

const form = document.getElementById("checking");

function isTyping(target) {
  return target instanceof Element && target.closest("textarea, select, input:not([type=radio]), [contenteditable]");
}

function isOpen(asked) {
  return asked.querySelector("input[type=radio]") && !asked.querySelector("input[type=radio]:checked");
}

function nextOpen() {
  const open = Array.from(form.querySelectorAll("[data-asked]")).filter(isOpen);
  const here = open.findIndex((asked) => asked.contains(document.activeElement));
  const asked = open[(here + 1) % open.length];
  asked?.querySelector("input[type=radio]").focus();
  asked?.scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(event.target)) return;
  const key = event.key.toLowerCase();
  const wanted = /^[a-z]$/.test(key) && document.querySelector(`[data-key="${key}"]`);
  if (key === "n") nextOpen();
  else if (wanted) wanted.click();
  else return;
  event.preventDefault();
});

form.addEventListener("input", (event) => {
  const answer = event.target.dataset.with;
  if (!answer || !event.target.value) return;
  const radio = event.target.closest("[data-asked]").querySelector(`input[type=radio][value="${answer}"]`);
  if (radio) radio.checked = true;
});

form.addEventListener("focusin", (event) => {
  const number = event.target.closest("[data-asked]")?.querySelector(".number").textContent;
  for (const mark of document.querySelectorAll(".mark")) {
    mark.classList.toggle("is-here", mark.dataset.number === number);
  }
});
