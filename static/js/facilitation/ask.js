// A window that asks something.

import { byId } from "../base/dom.js";

/** Opens the <dialog> and resolves to the value of the button that closed it; "" where none did. */
export function ask(id) {
  const dialog = byId(id);
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((done) => {
    dialog.addEventListener("close", () => done(dialog.returnValue), { once: true });
  });
}
