// Another text of this tablet that came between: offered with its beginning, never dropped.

import { byId, setText } from "../base/dom.js";
import { swapDraft } from "../base/draft-sync.js";
import { excerptOf } from "../base/draft.js";
import { draft, onChange, updateDraft } from "../base/store.js";

const box = byId("drafts");

const latest = () => draft.setAside[draft.setAside.length - 1];

onChange(() => {
  box.hidden = !draft.setAside.length;
  if (!box.hidden) setText(byId("drafts-text"), excerptOf(latest()));
});

byId("drafts-take").addEventListener("click", () => swapDraft(latest()));
byId("drafts-leave").addEventListener("click", () => {
  updateDraft({ setAside: draft.setAside.slice(0, -1) });
});
