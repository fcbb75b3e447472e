// What a device does and how long already, for a glance.

import { t } from "../base/strings.js";
import { serverNow } from "./room-link.js";

const NO_BREAK = "\u00a0";

export function sinceWords(moment) {
  const seconds = Math.max(0, Math.round((serverNow() - Date.parse(moment)) / 1000));
  if (seconds < 90) return t("since_seconds", { n: seconds });
  if (seconds < 5400) return t("since_minutes", { n: Math.round(seconds / 60) });
  return t("since_hours", { n: Math.round(seconds / 3600) });
}

export function stateWords(tile) {
  const words = t(`state_${tile.state}`, { place: tile.place ?? "" });
  return tile.since ? `${words} ·${NO_BREAK}${sinceWords(tile.since).replace(" ", NO_BREAK)}` : words;
}

/** Minutes and seconds until a moment. */
export function leftUntil(moment) {
  const seconds = Math.max(0, Math.ceil((Date.parse(moment) - serverNow()) / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
