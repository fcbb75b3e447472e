// A browser that does not send our cookie back could never find its works again. So nothing is begun
// in it, and the grown-ups are told why.

import { byId } from "../base/dom.js";
import { note } from "../base/notes.js";
import { live, onChange, updateLive } from "../base/store.js";
import { t } from "../base/strings.js";
import { arrive } from "../base/workshop.js";

onChange(() => {
  byId("cookies").hidden = !live.withoutCookie;
});

async function look() {
  const withoutCookie = !(await arrive());
  if (withoutCookie !== live.withoutCookie) updateLive({ withoutCookie });
}

/** Does `act`; in a browser without our cookie only if that has come back meanwhile. */
export async function withCookie(place, act) {
  await look();
  return live.withoutCookie ? note(place, t("no_cookie"), [[t("try_again"), act]]) : act();
}

look();
