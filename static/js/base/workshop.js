// The workshop that this device belongs to, and what may be used in it.

import { getJson, postJson } from "./api.js";
import { expectApiError } from "./errors.js";

const ME = "/api/devices/me/";
let request = null;

/** The workshop's facts, asked for once; null without one. The server checks everything again. */
export function workshop() {
  request ??= latestWorkshop().catch(() => null);
  return request;
}

export async function latestWorkshop() {
  return (await getJson(ME)).workshop;
}

/** Says that this browser is here; returns whether it sends our cookie back, as far as anybody answers. */
export async function arrive() {
  try {
    await postJson(ME);
    return true;
  } catch (error) {
    expectApiError(error);
    return error.kind !== "no-cookie";
  }
}

/** Of things with an `id` those that may be used; an empty list allows all. */
export function allowed(things, ids) {
  return ids?.length ? things.filter((thing) => ids.includes(thing.id)) : things;
}
