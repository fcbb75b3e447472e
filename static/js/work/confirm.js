// A calm question before another text takes the place of one that is in no work yet.

import { byId, setText } from "../base/dom.js";
import { excerptOf } from "../base/draft.js";
import { draft } from "../base/store.js";

const box = byId("confirm");

/** Resolves to whether the text of the page may be set aside. */
export function confirmSetAside() {
  setText(byId("confirm-text"), excerptOf(draft));
  box.returnValue = "";
  box.showModal();
  return new Promise((done) => {
    box.addEventListener("close", () => done(box.returnValue === "set-aside"), { once: true });
  });
}
