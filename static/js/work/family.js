// The family tree of an idea: its works, each below the one it goes on from, with what changed.

import { getJson } from "../base/api.js";
import { anyOutputOf, anyRuleOf } from "../base/catalog.js";
import { byId, fromTemplate, setIcon } from "../base/dom.js";
import { local, t } from "../base/strings.js";
import { signOf } from "./media-files.js";

const DEEPEST = 5; // further branches go down without going aside
const box = byId("family");

const nameOf = (thing) => local(thing?.name);

export function hideFamily() {
  box.hidden = true;
  byId("family-tree").replaceChildren();
}

/** Draws the family of `runId`, if there is more than that one work; `open` opens another. */
export async function drawFamily(runId, open, isWanted) {
  let family;
  try {
    family = await getJson(`/api/runs/${encodeURIComponent(runId)}/family/`);
  } catch {
    return; // Without it the work is still all there.
  }
  if (!isWanted()) return;
  const { works, roots } = worksIn(family.members, runId);
  if (works.length < 2) return;
  byId("family-idea").textContent = family.members[0].idea;
  byId("family-tree").replaceChildren(branch(roots, 0, { runId, open }));
  byId("family-more").hidden = family.is_whole;
  box.hidden = false;
}

/** The works among the members; what was only written lies between them. */
function worksIn(members, runId) {
  const byRun = new Map(members.map((one) => [one.run_id, one]));
  const isWork = (one) => one.run_id === runId || (one.status === "complete" && one.media.length);
  const works = new Map(
    members.filter(isWork).map((run) => [run.run_id, { run, above: null, rewritten: false, below: [] }]),
  );
  for (const node of works.values()) {
    let at = node.run;
    const passed = new Set();
    while (at && !passed.has(at)) {
      passed.add(at);
      node.rewritten ||= at.changes.includes("text");
      at = byRun.get(at.parent_run_id);
      if (works.has(at?.run_id)) break;
    }
    node.above = works.get(at?.run_id);
    node.above?.below.push(node);
  }
  const all = [...works.values()];
  return { works: all, roots: all.filter((node) => !node.above) };
}

function changesOf({ run, above, rewritten }) {
  const rule = nameOf(anyRuleOf(run.interception_config));
  const machine = nameOf(anyOutputOf(run.output_config));
  if (!above) return [rule, machine];
  const differs = (key) => run[key] !== above.run[key];
  const found = [];
  if (differs("idea")) found.push(t("changed_idea"));
  if (differs("interception_config") && rule) found.push(t("changed_rule", { name: rule }));
  if (!found.length && rewritten) found.push(t("changed_text"));
  if (differs("output_config")) found.push(t("changed_machine", { name: machine }));
  else if (differs("seed") && !found.length) found.push(t("changed_seed"));
  else if (!differs("seed") && run.seed !== null && found.length) found.push(t("same_chance"));
  return found.length ? found : [t("changed_nothing")];
}

function branch(nodes, depth, seen) {
  const list = document.createElement("ul");
  // Where nothing branches, the line goes straight down.
  list.className = depth && depth <= DEEPEST && nodes.length > 1 ? "branch" : "line";
  list.append(...nodes.map((node) => memberOf(node, depth, seen)));
  return list;
}

function memberOf(node, depth, seen) {
  const item = fromTemplate("member");
  const button = item.querySelector("button");
  const picture = item.querySelector(".member-picture");
  if (node.run.thumbnail_url) picture.replaceChildren(thumbnail(node.run.thumbnail_url));
  else setIcon(picture.querySelector("svg"), signOf(node.run));
  const words = item.querySelector(".member-words");
  words.append(...changesOf(node).filter(Boolean).map(lineOf));
  if (node.run.run_id === seen.runId) {
    button.setAttribute("aria-current", "true");
    words.append(lineOf(t("this_work")));
  }
  button.addEventListener("click", () => seen.open(node.run.run_id));
  if (node.below.length) item.append(branch(node.below, depth + Number(node.below.length > 1), seen));
  return item;
}

function thumbnail(url) {
  const image = document.createElement("img");
  Object.assign(image, { alt: "", width: 64, height: 64, loading: "lazy", decoding: "async", src: url });
  return image;
}

function lineOf(text) {
  const line = document.createElement("span");
  line.textContent = text;
  return line;
}
