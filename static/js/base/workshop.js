// The workshop that this device belongs to, and what may be used in it.

import { postJson } from "./api.js";
import { expectApiError } from "./errors.js";
import { firstState, pageState } from "./live-link.js";

const ME = "/api/devices/me/";
const PATIENCE_MS = 5000;

/** The workshop's present facts; null without one, and where the server cannot be asked. */
export async function workshop() {
  const state = pageState() ?? (await Promise.race([firstState, later()]));
  return state?.workshop ?? null;
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

/** Nothing, after a while: a page without a server is shown all the same. @returns {Promise<null>} */
const later = () => new Promise((done) => setTimeout(() => done(null), PATIENCE_MS));

/** Of things with an `id` those that may be used; an empty list allows all. */
export function allowed(things, ids) {
  return ids?.length ? things.filter((thing) => ids.includes(thing.id)) : things;
}
