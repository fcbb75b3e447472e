// The next group begins: what the one before was writing goes to the server, in its name, and then the
// page is a new one.

import { flush } from "../base/draft-sync.js";
import { pageGroup, setPageGroup } from "../base/group.js";
import { onPageState } from "../base/live-link.js";
import { forgetStored, syncState } from "../base/store.js";

const TRY_AGAIN_MS = 1500;
// What the server does not take after so many attempts cannot be kept there.
const TRIES = 5;

let isLeaving = false;

onPageState(({ workshop }) => {
  if (!workshop || isLeaving) return;
  const before = pageGroup();
  // Another workshop is no other child: who joins one writes on.
  if (!before || before.workshop !== workshop.name) return setPageGroup(workshop);
  if (before.group === workshop.group) return undefined;
  isLeaving = true;
  return leave(workshop);
});

async function leave(workshop, tries = TRIES) {
  await flush();
  if (syncState.unsent && tries) {
    setTimeout(leave, TRY_AGAIN_MS, workshop, tries - 1);
    return;
  }
  syncState.unsent = false;
  forgetStored();
  setPageGroup(workshop);
  location.replace("/");
}
