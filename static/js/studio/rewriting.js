// The rule machine at work: ask, see its text grow, and find it again after a reload.

import { getJson, Trouble } from "../base/api.js";
import { clearNotes, note } from "../base/notes.js";
import { change, deviceId, draft, live, show } from "../base/store.js";
import { language, word } from "../base/words.js";
import { holdOn } from "./hold.js";
import { ownWording } from "./rule-sheet.js";
import { askForText, textOf } from "./telling.js";
import { stopRun } from "./watch.js";

const LOOK_MS = 1000;
// A language model that is woken up may read for a minute before its first word.
const READS_MS = 2000;
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

let attended = null; // what this page has asked for or follows
let line = new AbortController(); // to the machine that was asked

/** Gives the idea to the rule machine. The page turns when the machine begins. */
export async function rewrite() {
  if (live.asking || draft.rewriting) return;
  clearNotes();
  await ask({ run: "", idea: draft.idea, rule: draft.rule });
}

function ask(asked) {
  show({ asking: true, stations: [], reading: false });
  change({ rewriting: { ...asked } });
  line = new AbortController();
  const { signal } = line;
  return attend(asked, (hear) => askForText("/api/schema/pipeline/interception", orderOf(asked), "interception", hear, signal));
}

const orderOf = ({ idea, rule }) => ({
  schema: rule,
  input_text: idea,
  context_prompt: ownWording(rule),
  parent_run_id: draft.from,
  user_language: language,
  device_id: deviceId,
  enable_streaming: true,
});

/** Has `read` bring the text that was `asked` for; what comes when the draft has moved on is left. */
async function attend(asked, read) {
  attended = asked;
  const isMine = () => attended === asked && draft.rewriting?.run === asked.run && draft.rewriting.idea === asked.idea;
  const ifMine = (act) => (heard) => isMine() && act(heard);
  const hear = {
    run(run) {
      if (!isMine()) return;
      asked.run = run;
      change({ rewriting: { ...asked } });
    },
    begin: ifMine(begin),
    station: ifMine((station) => show({ stations: [...(live.stations || []), station] })),
    stations: ifMine((stations) => show({ stations })),
    text: ifMine((text) => show({ writing: text, reading: false })),
  };
  const reads = setTimeout(() => isMine() && !live.writing && show({ reading: true }), READS_MS);
  try {
    const text = await read(hear);
    if (isMine()) finished(text);
  } catch (trouble) {
    if (!(trouble instanceof Trouble)) throw trouble;
    if (isMine()) await failedOrOnceMore(trouble);
  } finally {
    clearTimeout(reads);
    if (attended === asked) letGo();
  }
}

/** Back to the idea at once: nobody waits until the machine has heard of it. */
export async function stopRewriting() {
  const { run } = draft.rewriting ?? {};
  // Its text has come before this was tried again.
  if (!run) return undefined;
  try {
    const { status } = await stopRun(run);
    // Its text is on the way, or the draft has moved on.
    if (status === "complete" || draft.rewriting?.run !== run) return undefined;
  } catch (trouble) {
    if (!(trouble instanceof Trouble)) throw trouble;
    return note("result", trouble.sentence, [[word("try_again"), stopRewriting]]);
  }
  letGo();
  return failed(new Trouble("cancelled", word("stopped")));
}

function begin() {
  if (live.writing !== null) return;
  show({ writing: "" });
  change({ view: "text" });
}

function finished(text) {
  const { run, rule, idea } = draft.rewriting;
  show({ writing: null, offline: false });
  change({
    rewriting: null, result: text, machineText: text, textRun: run, textRule: rule, textIdea: idea,
  });
}

/** Where the server was cut off in the middle, the idea is given to the machine once more, once. */
async function failedOrOnceMore(trouble) {
  const { again, run, ...asked } = draft.rewriting;
  if (trouble.kind !== "interrupted" || again) return failed(trouble);
  const latest = await latestRun(asked.idea).catch(() => run);
  if (draft.rewriting?.run !== run) return undefined;
  // Another window was quicker, or this page before it was left.
  if (latest && latest !== run) return follow({ ...asked, run: latest, again: true });
  return ask({ ...asked, run: "", again: true });
}

function failed(trouble) {
  show({ writing: null, offline: false });
  change({ rewriting: null, view: "idea" });
  if (trouble.kind === "workshop-paused") return holdOn(trouble.sentence, "idea", rewrite);
  if (["not-allowed", "unknown-config"].includes(trouble.kind)) return note("rule", trouble.sentence);
  if (trouble.kind === "cancelled") return note("idea", trouble.sentence);
  if (trouble.kind !== "blocked") return note("idea", trouble.sentence, [[word("try_again"), rewrite]]);
  show({ refused: askedFor() });
  return note("idea", trouble.sentence);
}

/** What is asked of the rule machine, to tell whether it has changed since a refusal. */
export const askedFor = () => draft.idea + draft.rule + ownWording(draft.rule);

function follow(asked) {
  change({ rewriting: { ...asked } });
  return attend(asked, (hear) => textOf(asked.run, "interception", hear));
}

/** After a reload or in another window: see the text grow on, or have it where it is whole. */
export async function recover() {
  if (!draft.rewriting) return letGo();
  const asked = { ...draft.rewriting };
  if (attended?.run === asked.run) return undefined;
  attended = asked;
  begin();
  const run = asked.run || (await foundRun(asked));
  if (attended !== asked) return undefined;
  if (run) return follow({ ...asked, run });
  letGo();
  return failed(new Trouble("lost", word("lost_text")));
}

function letGo() {
  if (!attended) return;
  attended = null;
  line.abort();
  show({ asking: false, writing: null, reading: false });
}

async function foundRun(asked) {
  while (attended === asked) {
    try {
      return await latestRun(asked.idea);
    } catch (trouble) {
      if (!(trouble instanceof Trouble)) throw trouble;
      show({ offline: trouble.kind === "offline" });
    }
    await pause(LOOK_MS);
  }
  return "";
}

/** The page was left before the server could name the run: it is the newest of this idea. */
async function latestRun(idea) {
  const { results } = await getJson(`/api/runs/?day=today&kind=interception&page_size=3&device=${encodeURIComponent(deviceId)}`);
  return results.find((run) => run.idea === idea && run.run_id !== draft.textRun)?.run_id;
}
