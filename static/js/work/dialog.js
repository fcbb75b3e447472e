// One earlier work, looked at in a window of its own.

import { drawReading } from "../base/aloud.js";
import { getJson } from "../base/api.js";
import { anyEngineOf } from "../base/catalog.js";
import { byId } from "../base/dom.js";
import { drawFacts, drawPictures } from "./pictures.js";

const dialog = byId("work");
let opening = false;

export async function openWork(runId) {
  if (opening || dialog.open) return;
  opening = true;
  try {
    const run = await getJson(`/api/runs/${encodeURIComponent(runId)}/`);
    byId("work-title").textContent = run.texts?.input || run.idea;
    drawPictures(byId("work-pictures"), run.media, byId("work-save"), anyEngineOf(run.output_config));
    drawFacts(byId("work-facts"), {
      rule: run.interception_config,
      engine: run.output_config,
      seed: run.seed,
      result: run.texts?.optimized_prompt || run.texts?.interception,
    });
    byId("work-card").href = `/card/${encodeURIComponent(runId)}/`;
    dialog.showModal();
    drawReading();
    byId("work-title").focus();
  } catch {
    // The strip stays as it is; a second tap asks again.
  } finally {
    opening = false;
  }
}

// What moves in there ends with the window.
dialog.addEventListener("close", () => drawPictures(byId("work-pictures"), [], byId("work-save")));
dialog.addEventListener("click", (event) => {
  if (event.target === dialog) dialog.close();
});
