// Small things that every part of the page needs. What the page's templates have is there, and of the
// kind that the caller knows: the browser tests see to that, not the type checker.

/** @returns {any} */
export const byId = (id) => document.getElementById(id);

/** @returns {any} */
export const find = (selector) => document.querySelector(selector);

/** @returns {any[]} */
export const findAll = (selector) => [...document.querySelectorAll(selector)];

const sprite = document.body.dataset.sprite;

export function setIcon(svg, key) {
  const use = svg.querySelector("use");
  const known = /^[a-z-]+$/.test(key || "") ? key : "fallback";
  if (use.dataset.icon === known && use.hasAttribute("href")) return;
  use.dataset.icon = known;
  use.setAttribute("href", `${sprite}#${known}`);
}

/** A copy of the first element of a <template>. @returns {any} */
export function fromTemplate(name) {
  return byId(`template-${name}`).content.firstElementChild.cloneNode(true);
}

/** Writes only what differs, so that a caret and a screen reader are left in peace. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function setValue(textarea, text) {
  if (textarea.value === text) return;
  textarea.value = text;
  autosize(textarea);
}

/** Lets a textarea be as tall as its text; the rows of the template are the least. */
export function autosize(textarea) {
  if (!textarea.offsetParent) return;
  textarea.style.setProperty("height", "auto");
  textarea.style.setProperty("height", `${textarea.scrollHeight + 2}px`);
}

/** Moves the focus, and the page with it, once the page has been drawn anew. */
export function focusLater(id) {
  requestAnimationFrame(() => {
    byId(id).focus({ preventScroll: true });
    byId(id).scrollIntoView({ block: "start" });
  });
}
