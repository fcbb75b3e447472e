// What an engine wants to know besides the text, and how that stands. No page.

/** The values for `engine`: the participant's own, else the text for the first prompt, else the engine's. */
export function valuesOf(engine, own = {}, text = "") {
  const values = {};
  for (const [name, about] of Object.entries(engine?.inputs || {})) {
    const first = name === "prompt1" ? text : undefined;
    const value = own[name] ?? first ?? about.default ?? (about.type === "number" ? about.minimum : "");
    values[name] = about.type === "image" ? (value?.id ?? "") : value;
  }
  return values;
}

/** The first input that is still missing, or undefined. */
export function missingInput(engine, values) {
  const inputs = Object.entries(engine?.inputs || {});
  const [, about] = inputs.find(([name, { required }]) => required && !String(values[name] ?? "").trim()) ?? [];
  return about;
}

/** Of `values` those of which an engine makes another picture of the same text. */
export function adjustableValues(engine, values) {
  const isAdjustable = (name) => ["number", "choice"].includes(engine?.inputs?.[name]?.type);
  return Object.fromEntries(Object.entries(values).filter(([name]) => isAdjustable(name)));
}
