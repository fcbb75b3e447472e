// What a draft is, how two are compared, and what becomes of both when they meet. No page, no storage.

const MOST_SET_ASIDE = 5;
const EXCERPT_CHARACTERS = 120;

export const EMPTY = Object.freeze({
  view: "idea",
  idea: "",
  rule: "",
  ruleTexts: /** @type {Record<string, string>} */ ({}), // rule id → the participant's own wording
  result: "", // the new text, as it stands with all edits
  machineText: "", // the same as the machine wrote it
  marked: false, // whether it is seen with marks of who wrote which words
  textRun: "",
  textRule: "", // the rule that made it
  textIdea: "", // the idea it was made of
  rewriting: /** @type {Pending & {idea: string, rule: string} | null} */ (null), // {run, idea, rule} while the rule machine works
  output: "",
  values: /** @type {Record<string, Record<string, any>>} */ ({}), // output id → what it wants to know besides the text
  optimized: /** @type {OptimizedText | null} */ (null), // {of, run, text, machineText}: the text in a picture machine's own words
  optimizing: /** @type {Pending & {of: string, output: string} | null} */ (null), // {of, run, output} while that is written
  unoptimized: "", // output and text that go together as they are
  picture: /** @type {Picture | null} */ (null), // {run, seed, output, idea, rule, result, prompt, textRun} of the picture that is shown
  from: "", // the run of the work that this one continues from
  seed: /** @type {number | null} */ (null), // of the next picture, where it is to have the same chance as that work
  setAside: /** @type {Record<string, any>[]} */ ([]), // other drafts of this device that came between, until they are taken or let go
});

/** As earlier pages named some fields; their drafts lie in browsers and on the server. */
const FORMER_NAMES = {
  fitted: "optimized", fitting: "optimizing", unfitted: "unoptimized", aside: "setAside", engine: "output",
};
// Fields that hold one of those names in themselves.
const NESTED = ["optimizing", "picture"];

function byNewNames(content) {
  const renamed = { ...content };
  for (const [former, name] of Object.entries(FORMER_NAMES)) {
    if (former in renamed && !(name in renamed)) renamed[name] = renamed[former];
    delete renamed[former];
  }
  return renamed;
}

const formOf = (value) => (Array.isArray(value) ? "list" : value === null ? "null" : typeof value);
const isAlike = (key, value) => EMPTY[key] === null || formOf(value) === formOf(EMPTY[key]);

/** Of `content` what a draft knows, by the names and in the forms of today. @returns {Record<string, any>} */
export function normalize(content) {
  const renamed = byNewNames(content);
  const keys = Object.keys(EMPTY).filter((key) => key in renamed && isAlike(key, renamed[key]));
  const known = Object.fromEntries(keys.map((key) => [key, renamed[key]]));
  for (const key of NESTED) {
    if (known[key]) known[key] = byNewNames(known[key]);
  }
  if (known.setAside) known.setAside = known.setAside.map(normalize);
  return known;
}

/** What a person wrote in a draft, as a text that can be compared. @param {Record<string, any>} content */
export function fingerprint({ idea, ruleTexts, result, optimized, values }) {
  const sorted = (_key, value) =>
    formOf(value) === "object" ? Object.fromEntries(Object.entries(value).sort()) : value;
  return JSON.stringify([idea || "", ruleTexts || {}, result || "", optimized?.text || "", values || {}], sorted);
}

export const BLANK = fingerprint(EMPTY);

/** Drafts to be offered, the latest last: each text once, none that is blank. */
export function mergeSetAside(...lists) {
  const all = lists.flat().map(({ setAside: _nested, ...one }) => one);
  const texts = all.map(fingerprint);
  return all.filter((_one, at) => texts[at] !== BLANK && texts.indexOf(texts[at]) === at).slice(-MOST_SET_ASIDE);
}

/** The beginning of what was written in a draft, to know it again. */
export function excerptOf({ idea, result, ruleTexts, optimized }) {
  const text = idea?.trim() || result?.trim() || optimized?.text?.trim() || Object.values(ruleTexts || {}).join(" ").trim();
  const characters = Array.from(text);
  return characters.length > EXCERPT_CHARACTERS ? `${characters.slice(0, EXCERPT_CHARACTERS).join("")} …` : text;
}

/**
 * What to do with a draft when the server has `remote`, so that nothing of either is lost. `revision`,
 * `unsent` and `stamp` tell how the draft stands; `base` is the fingerprint that both once had.
 *   keep: nothing · resend: the server has lost it · replace: the server's takes its place ·
 *   merge: ours goes on from there, with `setAside` and a new `base`
 * @returns {{action: "keep" | "resend" | "replace"} | {action: "merge", base: string, setAside: object[]}}
 */
export function reconcile({ draft, revision, unsent, stamp, base }, remote) {
  const ours = fingerprint(draft);
  if (!remote.content) return { action: revision && ours !== BLANK ? "resend" : "keep" };
  if (remote.revision === revision) return { action: "keep" };
  if (!unsent) return { action: "replace" };
  const content = normalize(remote.content);
  const theirs = fingerprint(content);
  const isOurs = remote.content.stamp === stamp || [BLANK, base, ours].includes(theirs);
  const setAside = mergeSetAside(draft.setAside, content.setAside || [], isOurs ? [] : [content]);
  return { action: "merge", base: theirs, setAside };
}
