// Another text of this tablet that came between: offered with its beginning, never dropped.

import { byId, setText } from "../base/dom.js";
import { takeAside } from "../base/keeping.js";
import { change, draft, onChange } from "../base/store.js";
import { beginningOf } from "../work/asking.js";

const box = byId("aside");

const latest = () => draft.aside[draft.aside.length - 1];

onChange(() => {
  box.hidden = !draft.aside.length;
  if (!box.hidden) setText(byId("aside-text"), beginningOf(latest()));
});

byId("aside-take").addEventListener("click", () => takeAside(latest()));
byId("aside-leave").addEventListener("click", () => {
  change({ aside: draft.aside.slice(0, -1) });
});
