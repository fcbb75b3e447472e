// The workshop that this device belongs to, and what may be used in it.

import { getJson } from "./api.js";

let request = null;

/** The workshop's facts, asked for once; null without one. The server checks everything again. */
export function workshop() {
  request ??= latestWorkshop().catch(() => null);
  return request;
}

export async function latestWorkshop() {
  return (await getJson("/api/devices/me/")).workshop;
}

/** Of things with an `id` those that may be used; an empty list allows all. */
export function allowed(things, ids) {
  return ids?.length ? things.filter((thing) => ids.includes(thing.id)) : things;
}
