// How the room stands, asked for every second while somebody looks, and what is pressed in it.

import { getJson, postForm } from "../base/api.js";
import { byId, find } from "../base/dom.js";
import { expectApiError } from "../base/errors.js";
import { language, t } from "../base/strings.js";

const LOOK_MS = 1000;
// A server that is busy is not lost at once.
const LOST_MS = 4000;

const { state: statePath, actions } = /** @type {Record<string, string>} */ (document.body.dataset);
const lost = byId("lost");
/** @type {RoomState} */
let latest = JSON.parse(byId("room").textContent);
let heardAt = Date.now();
let timer = 0;
let asked = 0; // an answer that another has overtaken is dropped
/** @type {((room: RoomState) => void)[]} */
const listeners = [];

export const room = () => latest;

/** Calls `listener` with the room, now and whenever it has been looked at. */
export function onRoom(listener) {
  listeners.push(listener);
  listener(latest);
}

/** The server's time, as far as it is known. */
export const serverNow = () => Date.parse(latest.at) + (Date.now() - heardAt);

function take(found) {
  latest = found;
  heardAt = Date.now();
  lost.hidden = true;
  for (const listener of listeners) listener(found);
}

async function look() {
  clearTimeout(timer);
  const mine = ++asked;
  try {
    const found = await getJson(statePath, { redirect: "error" });
    if (mine === asked) take(found);
  } catch (error) {
    expectApiError(error);
    showLoss(error);
  }
  plan();
}

function showLoss(error) {
  // Signed out meanwhile: the page itself leads to the login.
  if (error.status === 403) return location.reload();
  if (Date.now() - heardAt < LOST_MS) return undefined;
  const time = new Date(heardAt).toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
  lost.textContent = t("lost", { time });
  lost.hidden = false;
  return undefined;
}

function plan() {
  clearTimeout(timer);
  if (!document.hidden) timer = setTimeout(look, LOOK_MS);
}

/** Does `action` and shows the room as it is then. Throws an ApiError with a sentence. */
export async function press(action, fields = {}) {
  const mine = ++asked;
  const found = await postForm(`${actions}${action}/`, {
    ...fields, csrfmiddlewaretoken: find("[name=csrfmiddlewaretoken]").value,
  });
  if (mine === asked) take(found);
  plan();
}

document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : look()));
addEventListener("online", look);
plan();
