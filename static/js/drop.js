/** Names the files that were chosen or dropped. The dropping itself is the browser's: the input covers the area. */

document.addEventListener("change", (event) => {
  const area = event.target.closest("[data-drop]");
  if (!area || event.target.type !== "file") return;
  const names = Array.from(event.target.files, (file) => file.name);
  area.querySelector("[data-drop-names]").textContent = names.join(", ");
});

for (const [type, isOver] of [["dragenter", true], ["dragleave", false], ["drop", false]]) {
  document.addEventListener(type, (event) => {
    const area = event.target instanceof Element && event.target.closest("[data-drop]");
    if (area) area.toggleAttribute("data-over", isOver);
  });
}
