// A text that a machine writes: read from its stream and, where that breaks or the page was loaded
// anew, from what the server tells of its run, so that it is seen growing again.

import { postStream, Trouble } from "../base/api.js";
import { word } from "../base/words.js";
import { isLive, watch } from "./watch.js";

/**
 * Asks for a text and returns it whole; `hear` is told its run, its beginning, and how it grows.
 * With the signal `left` nobody listens any more.
 */
export async function askForText(path, order, type, hear, left) {
  let run = "";
  try {
    for await (const { name, data } of postStream(path, order, left)) {
      if (name === "connected" && data.run_id) hear.run((run = data.run_id));
      else if (name === "queue_status" || name === "stage_start") hear.begin();
      else if (name === "step") hear.station(data);
      else if (name === "chunk") hear.text(data.accumulated);
      else if (name === "complete") return data.final_text;
      else if (name === "blocked") throw new Trouble("blocked", data.message || data.reason);
      else if (name === "error") throw new Trouble(data.kind || "failed", data.message || word("failed"));
    }
    throw new Trouble("offline", word("offline_request"));
  } catch (trouble) {
    // The server goes on without us.
    if (trouble.kind !== "offline" || !run || left.aborted) throw trouble;
    return textOf(run, type, hear);
  }
}

/** Returns the text of `run` as soon as it is whole, wherever it was begun. */
export function textOf(run, type, hear) {
  return new Promise((done, fail) => {
    watch(run, {
      place: type,
      onState(state) {
        if (isLive(state)) {
          if (state.stations) hear.stations(state.stations);
          // Empty where another process of the server writes it: what is seen stays.
          if (state.text_so_far) hear.text(state.text_so_far);
        } else if (state.status === "complete" && state.texts?.[type] != null) {
          done(state.texts[type]);
        } else {
          fail(new Trouble(state.status, state.error?.message || word("failed")));
        }
      },
      onGone: () => fail(new Trouble("lost", word("lost_text"))),
    });
  });
}
