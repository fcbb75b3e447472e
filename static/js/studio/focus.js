// Where what had the focus has gone from the page, the heading of the open page takes it: who goes
// by keyboard or by ear is never thrown back to the beginning.

import { find } from "../base/dom.js";
import { onChange } from "../base/store.js";

let last = null;

const isSeen = (element) => element.getClientRects().length > 0;

function look() {
  const active = document.activeElement;
  if (!last || isSeen(last) || (active !== document.body && isSeen(active))) return;
  last = null;
  find("[data-spread]:not([hidden]) h2").focus({ preventScroll: true });
}

document.addEventListener("focusin", ({ target }) => {
  last = target;
});
// On the way back to an address with a place in it, as the skip link leaves it, browsers drop the focus,
// and rightly so only where that link is pressed.
function giveBack() {
  const isDropped = document.activeElement === document.body && last && isSeen(last);
  if (isDropped && !last.matches('a[href^="#"]')) last.focus({ preventScroll: true });
}

addEventListener("popstate", () => setTimeout(giveBack));
// After those that move the focus themselves once the page is drawn.
onChange(() => requestAnimationFrame(() => setTimeout(look)));
