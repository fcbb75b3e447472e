// Who this browser is to the server, the workshop that it belongs to, and what may be used in it.

import { getJson } from "./api.js";

let first = null;

const me = () => getJson("/api/devices/me/");

/** As the page found it, asked for once; null where nobody answered. */
function firstAnswer() {
  first ??= me().catch(() => null);
  return first;
}

/** The workshop's facts, asked for once; null without one. The server checks everything again. */
export async function workshop() {
  return (await firstAnswer())?.workshop ?? null;
}

export async function latestWorkshop() {
  return (await me()).workshop;
}

/** Whether our cookie comes back to the server: whoever asks twice without it is somebody else each time. */
export async function returnsCookie(deviceId) {
  const found = (await firstAnswer())?.device_id;
  if (!found || found === deviceId) return true; // out of reach nobody can tell
  try {
    return (await me()).device_id === (await me()).device_id;
  } catch {
    return true;
  }
}

/** Of things with an `id` those that may be used; an empty list allows all. */
export function allowed(things, ids) {
  return ids?.length ? things.filter((thing) => ids.includes(thing.id)) : things;
}
