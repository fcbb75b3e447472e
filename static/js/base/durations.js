// How long something takes, as a person says it.

import { t } from "./strings.js";

/** Seconds as a person says them: exact while short, rounded when long. */
export function duration(seconds) {
  if (seconds < 2) return t("one_second");
  if (seconds < 20) return t("seconds", { n: Math.round(seconds) });
  if (seconds < 90) return t("seconds", { n: Math.round(seconds / 5) * 5 });
  return t("minutes", { n: Math.round(seconds / 60) });
}

/** An output's time: measured where there are measurements, else the catalog's range. */
export function outputTime(output) {
  if (output.measured_duration_seconds != null) {
    return t("takes", { time: duration(output.measured_duration_seconds) });
  }
  const [low, high] = String(output.estimated_duration_seconds).split("-").map(Number);
  if (!low && !high) return "";
  if (!high || low === high) return t("takes", { time: duration(low || high) });
  const minutes = low >= 60;
  const [from, to] = minutes ? [Math.round(low / 60), Math.round(high / 60)] : [low, high];
  if (from === to) return t("takes", { time: duration(low) });
  return t(minutes ? "takes_minutes" : "takes_seconds", { from, to });
}
