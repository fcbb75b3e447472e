// Keeps the draft on the server too. Which of two is newer is told by revisions, never by clocks:
// a draft is based on the last revision that was seen, and only who saw the latest may write.

import { getJson, putJson, Trouble } from "./api.js";
import {
  change, draft, EMPTY, isLeftBehind, isOvertaken, known, onDraft, replace, standing, stored, write,
} from "./store.js";

const PATH = "/api/draft/";
const IDLE_MS = 800;
const MOST_MS = 4000; // who types on and on is kept this often
const TRY_AGAIN_MS = [1000, 2000, 4000, 8000, 15000, 30000];
const PATIENCE_MS = 15000;
const LEAVING_MS = 2000;
// Browsers send so much on behalf of a page that has been left; a character is at most three bytes.
const KEEPALIVE_CHARACTERS = 20000;
const MOST_ASIDE = 5;
const WINDOW = Math.random().toString(36).slice(2);

const takenListeners = [];
let common = written(draft); // what was the same here and there when we last knew
let timer = 0;
let since = 0;
let failures = 0;
let line = Promise.resolve(); // one request at a time

/** Calls `listener(before)` when another draft has taken the place of the one on the page. */
export function onTaken(listener) {
  takenListeners.push(listener);
}

/** Resolves when the last change is on the server, or cannot get there just now. */
export function kept() {
  return Promise.race([agree(), new Promise((done) => setTimeout(done, LEAVING_MS))]);
}

/** What a person wrote in a draft, as a text that can be compared. */
export function written({ idea, ruleTexts, result, fitted, values } = {}) {
  const sorted = (_key, value) =>
    value && typeof value === "object" && !Array.isArray(value) ? Object.fromEntries(Object.entries(value).sort()) : value;
  return JSON.stringify([idea || "", ruleTexts || {}, result || "", fitted?.text || "", values || {}], sorted);
}

const NOTHING = written(EMPTY);

/** Puts the draft of the page aside and takes another one in its place. */
export function takeAside(other) {
  const before = { ...draft };
  const aside = draft.aside.filter((one) => one !== other);
  change({ ...EMPTY, ...known(other), aside: together(aside, [before]) });
  tellTaken(before);
}

function together(...lists) {
  const all = lists.flat().map(({ aside: _nested, ...one }) => one);
  const texts = all.map(written);
  return all.filter((_one, at) => texts[at] !== NOTHING && texts.indexOf(texts[at]) === at).slice(-MOST_ASIDE);
}

function tellTaken(before) {
  for (const listener of takenListeners) listener(before);
}

function take(content, stands) {
  const before = { ...draft };
  replace(content, stands);
  common = written(draft);
  tellTaken(before);
}

/** Sends what is unsent, else looks whether there is something new. */
function agree() {
  clearTimeout(timer);
  since = 0;
  line = line.catch(() => {}).then(() => (standing.unsent ? send() : look())).then(succeeded, failed);
  return line;
}

function later() {
  // Out of reach: the next attempt is on its way.
  if (failures) return;
  since ||= Date.now();
  clearTimeout(timer);
  timer = setTimeout(agree, Math.max(0, Math.min(IDLE_MS, since + MOST_MS - Date.now())));
}

function succeeded() {
  failures = 0;
  if (standing.unsent) later();
}

function failed(trouble) {
  if (!(trouble instanceof Trouble)) throw trouble;
  // A draft that the server does not take stays in the browser; the next change is tried again.
  if ([400, 403, 413].includes(trouble.status)) return;
  failures += 1;
  timer = setTimeout(agree, TRY_AGAIN_MS[Math.min(failures, TRY_AGAIN_MS.length) - 1]);
}

/** Whose change it is, so that one whose answer was lost is known again, after a reload too. */
function stampOf(revision) {
  return standing.stamp?.endsWith(`.${revision}`) ? standing.stamp : `${WINDOW}.${revision}`;
}

async function send() {
  const content = JSON.stringify(draft);
  const { revision } = standing;
  const stamp = stampOf(revision);
  if (standing.stamp !== stamp) {
    standing.stamp = stamp;
    write();
  }
  try {
    const answer = await putJson(PATH, { revision, content: { ...draft, stamp } }, {
      keepalive: content.length < KEEPALIVE_CHARACTERS,
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    standing.revision = answer.revision;
    standing.unsent = JSON.stringify(draft) !== content;
    common = written(JSON.parse(content));
  } catch (trouble) {
    if (trouble.status !== 409) throw trouble;
    meet(trouble.told.draft);
    return undefined;
  }
  // What another window has written since goes before; the server decides between the two.
  if (isOvertaken()) return follow();
  return write();
}

async function look() {
  meet(await getJson(PATH, { signal: AbortSignal.timeout(PATIENCE_MS) }));
}

/** Brings what the server has and what is on the page together, so that nothing of either is lost. */
function meet(there) {
  const ours = written(draft);
  if (!there.content) {
    // The server has lost it, and we have not.
    if (standing.revision && ours !== NOTHING) standing.unsent = true;
    return;
  }
  if (there.revision === standing.revision) return;
  const theirs = written(there.content);
  if (!standing.unsent) {
    take(there.content, { at: Date.now() - there.age_seconds * 1000, revision: there.revision, unsent: false });
    return write();
  }
  standing.revision = there.revision;
  const isOurs = there.content.stamp === standing.stamp || [NOTHING, common, ours].includes(theirs);
  const aside = together(draft.aside, there.content.aside || [], isOurs ? [] : [there.content]);
  common = theirs;
  // Ours goes on, from there.
  return change({ aside });
}

/** Takes over what another window of this browser has stored; who is writing goes on writing. */
function follow() {
  const there = stored();
  if (!there || standing.unsent || JSON.stringify(there.draft) === JSON.stringify(draft)) return;
  take({ ...there.draft, view: draft.view }, { at: there.at, revision: there.revision, unsent: false });
}

/** Tablets put pages to sleep without a word: look at once, and begin anew after a night. */
function wake() {
  if (standing.at && isLeftBehind(standing.at)) take(EMPTY, { at: 0, revision: 0, unsent: false });
  else if (isOvertaken()) follow();
  failures = 0;
  agree();
}

onDraft(later);
addEventListener("storage", () => isOvertaken() && follow());
addEventListener("pagehide", () => standing.unsent && agree());
addEventListener("pageshow", ({ persisted }) => persisted && wake());
addEventListener("online", wake);
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) wake();
  else if (standing.unsent) agree();
});

/** Resolves when the page has met what the server has, or could not. */
export const met = agree();
