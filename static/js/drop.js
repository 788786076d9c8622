/** Names the files that were chosen or dropped. The dropping itself is the browser's: the input covers the area. */

function name(input) {
  const names = Array.from(input.files, (file) => file.name);
  input.closest("[data-drop]").querySelector("[data-drop-names]").textContent = names.join(", ");
}

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-drop] input[type=file]")) name(event.target);
});
// What was chosen before this ran.
for (const input of document.querySelectorAll("[data-drop] input[type=file]")) name(input);

for (const [type, isOver] of [["dragenter", true], ["dragleave", false], ["drop", false]]) {
  document.addEventListener(type, (event) => {
    const area = event.target instanceof Element && event.target.closest("[data-drop]");
    if (area) area.toggleAttribute("data-over", isOver);
  });
}
