// What went wrong in a sketch, in words. What the frame says is only ever shown as text.

import { t } from "../base/strings.js";

const NAMES = {
  ReferenceError: /(?:Can't find variable: )?([\p{L}_$][\p{L}\p{N}_$]*)/u,
  TypeError: /([\p{L}_$][\p{L}\p{N}_$.]*) is not a function/u,
};
const ERROR_STRINGS = {
  SyntaxError: "sketch_error_syntax",
  ReferenceError: "sketch_error_unknown",
  TypeError: "sketch_error_no_command",
  SecurityError: "sketch_error_forbidden",
  EvalError: "sketch_error_forbidden",
  EndlessLoop: "sketch_error_loop",
  Empty: "sketch_error_empty",
};

export function messageOf({ name, message, line }) {
  const kind = String(name);
  const found = NAMES[kind]?.exec(String(message).slice(0, 300))?.[1] || "";
  const isKnown = kind in ERROR_STRINGS && (!NAMES[kind] || found);
  const sentence = t(isKnown ? ERROR_STRINGS[kind] : "sketch_error_other", { name: found, message: String(message).slice(0, 160) });
  const at = Number.isInteger(line) && line > 0 ? t("sketch_line", { line }) : "";
  return [at, sentence].filter(Boolean).join(" ");
}
