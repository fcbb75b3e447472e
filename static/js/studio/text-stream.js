// A text that a machine writes: read from its stream and, where that breaks or the page was loaded
// anew, from what the server tells of its run, so that it is seen growing again.

import { offline, postStream } from "../base/api.js";
import { ApiError, expectApiError } from "../base/errors.js";
import { deviceId } from "../base/store.js";
import { language, t } from "../base/strings.js";
import { followRun, isLive, stopRun } from "./run-events.js";

/** How texts of `type` are had from `path`: asked for, followed by their run, stopped. @returns {TextTransport} */
export const streamedText = (path, type) => ({
  ask: (body, handlers, signal) => askForText(path, body, type, handlers, signal),
  follow: (run, handlers) => followText(run, type, handlers),
  stop: stopRun,
});

/**
 * Asks for a text and resolves to it whole; the handlers are told its run, its beginning, and how it
 * grows. Once `signal` is aborted nobody waits for it any more.
 */
async function askForText(path, body, type, handlers, signal) {
  const order = { ...body, user_language: language, device_id: deviceId, enable_streaming: true };
  let run = "";
  try {
    for await (const { name, data } of postStream(path, order, signal)) {
      if (name === "connected") run = data.run_id || "";
      if (name === "complete") {
        if (data.notice) handlers.onNotice(data.notice);
        return data.final_text;
      }
      handle(name, data, handlers);
    }
    throw await offline(); // it ended before the text did
  } catch (error) {
    expectApiError(error);
    // The server goes on without us.
    if (error.kind !== "offline" || !run || signal.aborted) throw error;
    return followText(run, type, handlers);
  }
}

function handle(name, data, handlers) {
  if (name === "connected" && data.run_id) handlers.onRun(data.run_id);
  else if ((name === "queue_status" && !data.blocked) || name === "stage_start") handlers.onBegin();
  else if (name === "step") handlers.onStation(data);
  else if (name === "chunk") handlers.onText(data.accumulated);
  else if (name === "blocked") throw new ApiError(blockedKind(data), data.message || data.reason);
  else if (name === "error") throw new ApiError(data.kind || "failed", data.message || t("failed"));
}

/** What the machine itself has written nobody needs to change who asks once more. */
const blockedKind = (about) => (about?.by === "model" ? "blocked-answer" : "blocked");

/** Resolves to the text of `run` as soon as it is whole, wherever it was begun. */
function followText(run, type, handlers) {
  return new Promise((done, fail) => {
    followRun(run, {
      slot: type,
      onState(state) {
        if (isLive(state)) {
          if (state.stations) handlers.onStations(state.stations);
          // Empty where another process of the server writes it: what is seen stays.
          if (state.text_so_far) handlers.onText(state.text_so_far);
        } else if (state.status === "complete" && state.texts?.[type] != null) {
          if (state.notice) handlers.onNotice(state.notice);
          done(state.texts[type]);
        } else {
          const kind = state.status === "blocked" ? blockedKind(state.error) : state.status;
          fail(new ApiError(kind, state.error?.message || t("failed")));
        }
      },
      onGone: () => fail(new ApiError("lost", t("gone_text"))),
    });
  });
}
