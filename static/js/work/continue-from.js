// Going on from a work: each of five forms has the draft begin where that work was.

import { getJson, postForm } from "../base/api.js";
import { anyOutputOf } from "../base/catalog.js";
import { flush, swapDraft } from "../base/draft-sync.js";
import { EMPTY, fingerprint } from "../base/draft.js";
import { expectApiError } from "../base/errors.js";
import { deviceId, draft, live, updateDraft } from "../base/store.js";
import { confirmSetAside } from "./confirm.js";

const MOST_STEPS = 8; // as many as the server looks back for a text's rule
let arrive = null;
let continued = ""; // what the last continuing has written: nothing that a person would miss

/** Has `listener(form)` be called where the studio is open; elsewhere going on leads there. */
export function onContinued(listener) {
  arrive = listener;
}

/** The work of a run as the server tells of it. */
export function workOf(run) {
  const { input, interception, optimized_prompt: prompt } = run.texts;
  return {
    run: run.is_own ? run.run_id : "", // of the others' works the server takes no children
    idea: input || run.idea,
    rule: run.interception_config,
    text: interception || prompt || input || run.idea,
    prompt: prompt || "",
    output: run.output_config,
    seed: run.seed,
    parent: run.is_own ? run.parent_run_id : "",
    isPicture: run.is_own && run.media.some((one) => one.kind === "image" || one.kind === "composite"),
  };
}

/** The machines that take a picture besides the text, with the name of the field for it. */
function pictureTakers() {
  return (live.outputs || []).filter((output) => output.available).flatMap((output) => {
    const [field] = Object.entries(output.inputs || {}).find(([, about]) => about.type === "image") || [];
    return field ? [{ output: output.id, field }] : [];
  });
}

const FORMS = {
  rule: ({ idea }) => ({ view: "idea", idea }),
  idea: ({ text }) => ({ view: "idea", idea: text }),
  machine: textOf,
  seed: async (work) => ({
    ...(await textOf(work)),
    output: work.output,
    seed: work.seed,
    ...(anyOutputOf(work.output)?.optimizes ? optimizedAs(work) : {}),
  }),
  async picture(work) {
    const takers = pictureTakers();
    const { output, field } = takers.find((one) => one.output === work.output) || takers[0];
    const [text, sent] = await Promise.all([
      textOf(work),
      postForm("/api/media/upload/image", { run_id: work.run, device_id: deviceId }),
    ]);
    const picture = { id: sent.image_id, url: sent.preview_url };
    return { ...text, output, values: { ...draft.values, [output]: { ...draft.values[output], [field]: picture } } };
  },
};

export const isOffered = (form, work) => {
  if (form === "picture") return work.isPicture && pictureTakers().length > 0;
  if (form === "seed") return work.seed !== null && Boolean(anyOutputOf(work.output)?.available);
  return true;
};

async function textOf(work) {
  return {
    view: "text", idea: work.idea, rule: work.rule, result: work.text, machineText: work.machineText || (await machineTextOf(work)),
    textRun: work.run, textRule: work.rule, textIdea: work.idea,
  };
}

/** The text as the rule machine wrote it, before a person changed it; the work's where that is lost. */
async function machineTextOf(work) {
  let above = work.parent;
  try {
    for (let step = 0; above && step < MOST_STEPS; step += 1) {
      const run = await getJson(`/api/runs/${encodeURIComponent(above)}/`);
      if (run.kind === "interception") return run.interception_config === work.rule ? run.texts.interception : work.text;
      above = run.parent_run_id;
    }
  } catch (error) {
    expectApiError(error);
    // Who wrote which words is told less exactly then.
  }
  return work.text;
}

function optimizedAs({ output, text, prompt, run }) {
  const of = `${output}\n${text}`;
  return prompt && prompt !== text ? { optimized: { of, run, text: prompt, machineText: prompt } } : { unoptimized: of };
}

/** Whether the draft holds nothing that a person wrote, or only what a picture was made of. */
export function isSafe() {
  const { idea, result, optimized, picture, rewriting } = draft;
  const text = fingerprint({ ...draft, ruleTexts: {}, values: {} });
  if (text === fingerprint(EMPTY) || text === continued) return true;
  if (!picture?.run || rewriting) return false;
  return idea === picture.idea && result === picture.result && (!optimized || optimized.text === picture.prompt);
}

/** Goes on from `work`; resolves to whether it does on this page. What is unsaved is set aside, if one agrees. */
export async function continueFrom(form, work) {
  const safe = isSafe();
  if (!safe && !(await confirmSetAside())) return false;
  const fields = await FORMS[form](work);
  const { ruleTexts, values, setAside } = draft;
  const next = { ruleTexts, values, from: work.run, ...fields };
  if (safe) updateDraft({ ...EMPTY, setAside, picture: draft.picture, ...next });
  else swapDraft(next);
  continued = fingerprint({ ...draft, ruleTexts: {}, values: {} });
  if (arrive) arrive(form);
  else await leave();
  return Boolean(arrive);
}

/** The way goes on in the studio; the page stays as it is until that is there. */
async function leave() {
  await flush();
  location.assign("/");
}

/** What a draft is once it no longer goes on from a work. */
export function withoutFrom() {
  return { from: "", seed: null, textRun: draft.textRun === draft.from ? "" : draft.textRun };
}
