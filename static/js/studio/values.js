// What a picture machine wants to know besides the text: sliders, choices, texts and pictures.

import { outputOf } from "../base/catalog.js";
import { byId, fromTemplate, setText, setValue } from "../base/dom.js";
import { draft, live, onChange, updateDraft } from "../base/store.js";
import { local, t } from "../base/strings.js";
import { missingInput, valuesOf } from "./input-values.js";
import { uploadField } from "./uploads.js";

/** The values for `output` as they stand. */
export const currentValues = (output) => valuesOf(output, draft.values[output?.id], draft.result);

/** The name of the first value that is still missing, or "". */
export const missingValue = (output) => local(missingInput(output, currentValues(output))?.name);

function keep(output, name, value) {
  updateDraft({ values: { ...draft.values, [output.id]: { ...draft.values[output.id], [name]: value } } });
}

function labelled(item, name) {
  item.querySelector(".value-name").textContent = local(name);
  return item;
}

function slider(output, name, about, id) {
  const item = labelled(fromTemplate("value-number"), about.name);
  const input = item.querySelector("input");
  const shown = item.querySelector("output");
  const span = about.maximum - about.minimum;
  input.id = id;
  item.querySelector("label").htmlFor = shown.htmlFor = id;
  Object.assign(input, { min: about.minimum, max: about.maximum, step: span > 20 ? 1 : span / 100 });
  input.addEventListener("input", () => keep(output, name, Number(input.value)));
  return [item, (value) => {
    if (Number(input.value) !== Number(value)) input.value = value;
    setText(shown, Number(value).toLocaleString(document.body.dataset.language));
  }];
}

function choice(output, name, about, id) {
  const item = labelled(fromTemplate("value-choice"), about.name);
  const row = item.querySelector(".row");
  const radios = about.choices.map((key) => {
    const option = fromTemplate("value-option");
    const input = option.querySelector("input");
    Object.assign(input, { name: id, value: key });
    option.querySelector("span").textContent = local(about.choice_names[key]);
    input.addEventListener("change", () => keep(output, name, key));
    row.append(option);
    return input;
  });
  return [item, (value) => radios.forEach((radio) => { radio.checked = radio.value === value; })];
}

function text(output, name, about, id) {
  const item = labelled(fromTemplate("value-text"), about.name);
  const area = item.querySelector("textarea");
  area.id = id;
  item.querySelector("label").htmlFor = id;
  area.addEventListener("input", () => keep(output, name, area.value));
  return [item, (value) => setValue(area, String(value))];
}

function image(output, name, about, id) {
  const item = labelled(fromTemplate("value-image"), about.name);
  if (!about.required) item.querySelector(".value-name").textContent += ` ${t("value_optional")}`;
  const show = uploadField(item, id, (picture) => keep(output, name, picture));
  return [item, () => show((draft.values[output.id] || {})[name])];
}

const MAKERS = { number: slider, choice, text, image };

/** Keeps a form in `box` for the output that `of` names; `types` limits what can be changed there. */
function keepForm(box, of, types, isShown = () => true) {
  let drawn = "";
  let updates = [];
  onChange(() => {
    const output = outputOf(of());
    const inputs = Object.entries(output?.inputs || {}).filter(([, about]) => types.includes(about.type));
    box.hidden = !output?.available || !inputs.length || !isShown();
    if (box.hidden) return;
    if (drawn !== output.id) {
      drawn = output.id;
      const made = inputs.map(([name, about]) => [name, ...MAKERS[about.type](output, name, about, `${box.id}-${name}`)]);
      updates = made.map(([name, , update]) => [name, update]);
      box.querySelector(".value-list").replaceChildren(...made.map(([, item]) => item));
    }
    const values = currentValues(output);
    for (const [name, update] of updates) update(values[name]);
  });
}

keepForm(byId("values"), () => draft.output, ["number", "choice", "text", "image"]);
keepForm(byId("again"), () => draft.picture?.output, ["number", "choice"], () => live.state?.status === "complete");
setText(byId("values-title"), t("values_title"));
