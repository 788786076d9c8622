/** The ticks of a pick list stay on the device, until the list is another one. */

const list = document.querySelector("[data-picks]");
const key = `holdfast.picked.${list.dataset.picks}`;
const boxes = [...list.querySelectorAll("input[name=picked]")];
const told = document.querySelector("[data-picked]");

function kept() {
  try {
    return JSON.parse(localStorage.getItem(key) || "[]");
  } catch {
    return [];
  }
}

function tell() {
  const ticked = boxes.filter((box) => box.checked);
  told.textContent = told.dataset.words.replace("{count}", ticked.length).replace("{all}", boxes.length);
  return ticked.map((box) => box.value);
}

const before = new Set(kept());
for (const box of boxes) box.checked ||= before.has(box.value);
tell();
list.addEventListener("change", () => {
  const ticked = tell();
  try {
    if (ticked.length) localStorage.setItem(key, JSON.stringify(ticked));
    else localStorage.removeItem(key);
  } catch {
    // They stay for as long as the page is open.
  }
});
