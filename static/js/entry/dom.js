/** Small helpers to build what a page shows. */

const SVG = "http://www.w3.org/2000/svg";

/** A sign from the sprite, as components/icon.html draws it. */
export function icon(name, className = "") {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", `icon ${className}`.trim());
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  svg.append(use);
  setIcon(svg, name);
  return svg;
}

/** Change which sign an icon shows. */
export function setIcon(svg, name) {
  const sprite = document.querySelector("svg.icon use").getAttribute("href").split("#")[0];
  svg.querySelector("use").setAttribute("href", `${sprite}#${name}`);
}

export function element(tag, className, ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

export function button(className, label, onClick) {
  const made = element("button", `button ${className}`, label);
  made.type = "button";
  made.addEventListener("click", onClick);
  return made;
}

/** Replace the tone-* class of an element. */
export function setTone(target, tone) {
  for (const name of [...target.classList]) if (name.startsWith("tone-")) target.classList.remove(name);
  target.classList.add(`tone-${tone}`);
}

/** Scroll to have an element between the page's head and its dock, both of which change in height, with a line before it in sight. */
export function reveal(target) {
  const box = target.getBoundingClientRect();
  const dock = document.querySelector("[data-dock]");
  const top = document.querySelector(".entry-head").getBoundingClientRect().bottom + 8;
  const isBelow = !dock.hidden && dock.getBoundingClientRect().left < box.right;
  const bottom = (isBelow ? dock.getBoundingClientRect().top : innerHeight) - 8;
  if (box.top < top || box.bottom > bottom) scrollBy({ top: box.top - top - Math.min(box.height + 8, Math.max(0, bottom - top - box.height)) });
}
