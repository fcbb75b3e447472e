// What an output wants to know besides the text, and how that stands. No page.

/** The values for `output`: the participant's own, else the text for the first prompt, else the output's. */
export function valuesOf(output, own = {}, text = "") {
  const values = {};
  for (const [name, about] of Object.entries(output?.inputs || {})) {
    const first = name === "prompt1" ? text : undefined;
    const value = own[name] ?? first ?? about.default ?? (about.type === "number" ? about.minimum : "");
    values[name] = about.type === "image" ? (value?.id ?? "") : value;
  }
  return values;
}

/** The first input that is still missing, or undefined. */
export function missingInput(output, values) {
  const inputs = Object.entries(output?.inputs || {});
  const [, about] = inputs.find(([name, { required }]) => required && !String(values[name] ?? "").trim()) ?? [];
  return about;
}

/** Of `values` those of which an output makes another picture of the same text. */
export function adjustableValues(output, values) {
  const isAdjustable = (name) => ["number", "choice"].includes(output?.inputs?.[name]?.type);
  return Object.fromEntries(Object.entries(values).filter(([name]) => isAdjustable(name)));
}
