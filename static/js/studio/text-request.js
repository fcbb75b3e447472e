// A text that a machine writes for this page: asked for, followed, stopped, and found again after a
// reload or in another window. What is asked and what becomes of it is told by the options.

import { expectApiError } from "../base/errors.js";

const ignore = () => {};
const wait = (ms) => new Promise((done) => setTimeout(done, ms));

/**
 * `store` holds the draft, in whose `field` the request stands as {run, …} while it is under way;
 * `subjectOf` names what it is about, so that an answer is dropped once the draft has moved on. `started` and `ended` are what happens just now
 * when it begins and ends, `doneFields` and `failedFields` what becomes of the draft then.
 * @param {TextRequestOptions} options
 */
export function textRequest({
  store, field, transport, subjectOf, bodyOf, findRun, started, ended, doneFields, failedFields = {},
  onBegin = ignore, onStation = ignore, onStations = ignore, onSlow = ignore, onNotice = ignore, onText, onFailed, onLost, onStopFailed,
  lookMs = 1000,
  slowMs = 2000, // a language model that is woken up may read for a minute before its first word
}) {
  const { draft, updateDraft, updateLive } = store;
  /** @type {Pending | null} */
  let current = null; // what this page has asked for or follows
  let connection = new AbortController(); // to the machine that was asked

  /** @returns {any} */
  const pending = () => draft[field];
  const save = (request) => updateDraft({ [field]: { ...request } });

  /** Asks for the text of `request`. */
  function ask(request) {
    updateLive({ ...started, requesting: true });
    save(request);
    connection = new AbortController();
    const { signal } = connection;
    return attend(request, (handlers) => transport.ask(bodyOf(request), handlers, signal));
  }

  function follow(request) {
    if (pending().run !== request.run) save(request);
    return attend(request, (handlers) => transport.follow(request.run, handlers));
  }

  /** Has `read` bring the text of `request`; what comes when the draft has moved on is dropped. */
  async function attend(request, read) {
    current = request;
    const isMine = () =>
      current === request && pending()?.run === request.run && subjectOf(pending()) === subjectOf(request);
    const ifMine = (handle) => (value) => isMine() && handle(value);
    const slow = setTimeout(ifMine(onSlow), slowMs);
    let notice = null; // what is to be told of the text when it is there
    try {
      const text = await read({
        onRun: ifMine((run) => {
          request.run = run;
          save(request);
        }),
        onBegin: ifMine(onBegin),
        onStation: ifMine(onStation),
        onStations: ifMine(onStations),
        onText: ifMine(onText),
        onNotice: (one) => {
          notice = one;
        },
      });
      if (isMine()) succeed(text, notice);
    } catch (error) {
      expectApiError(error);
      if (isMine()) await failOrRepeat(error);
    } finally {
      clearTimeout(slow);
      if (current === request) release();
    }
  }

  function succeed(text, notice) {
    const request = pending();
    updateLive({ ...ended, offline: false });
    updateDraft({ [field]: null, ...doneFields(text, request) });
    if (notice) onNotice(notice);
  }

  function fail(error) {
    updateLive({ ...ended, offline: false });
    updateDraft({ [field]: null, ...failedFields });
    onFailed(error);
  }

  /** Where the server was cut off in the middle, the text is asked for once more, once. */
  async function failOrRepeat(error) {
    const { again, run, ...request } = pending();
    if (error.kind !== "interrupted" || again) return fail(error);
    const latest = findRun ? await findRun(request).catch(() => run) : run;
    if (pending()?.run !== run) return undefined;
    // Another window was quicker, or this page before it was left.
    if (latest && latest !== run) return follow({ ...request, run: latest, again: true });
    return ask({ ...request, run: "", again: true });
  }

  /** After a reload or in another window: see the text grow on, or have it where it is whole. */
  async function recover() {
    if (!pending()) return release();
    const request = { ...pending() };
    if (current?.run === request.run) return undefined;
    current = request;
    onBegin();
    const run = request.run || (await searchRun(request));
    if (current !== request) return undefined;
    if (run) return follow({ ...request, run });
    release();
    return onLost();
  }

  /** The page was left before the server could name the run: it is asked until it answers. */
  async function searchRun(request) {
    while (findRun && current === request) {
      try {
        return await findRun(request);
      } catch (error) {
        expectApiError(error);
        updateLive({ offline: error.kind === "offline" });
      }
      await wait(lookMs);
    }
    return "";
  }

  /** Ends the run at once: "stopped", "over" where its text has come first, or "unreachable". */
  async function stop() {
    const run = pending()?.run;
    if (!run) return "over";
    try {
      const { status } = await transport.stop(run);
      if (status === "complete" || pending()?.run !== run) return "over";
    } catch (error) {
      expectApiError(error);
      onStopFailed(error);
      return "unreachable";
    }
    release();
    return "stopped";
  }

  function release() {
    if (!current) return;
    current = null;
    connection.abort();
    updateLive({ ...ended, requesting: false });
  }

  return { ask, recover, stop, fail };
}
