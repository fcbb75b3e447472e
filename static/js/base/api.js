// Requests to our own server; what goes wrong becomes an ApiError with a sentence for the person.

import { ApiError } from "./errors.js";
import { requestKey } from "./request-key.js";
import { t } from "./strings.js";

// The server says something every 15 seconds, if only that it is there.
const SILENT_MS = 40000;
const WOKEN_MS = 2000;

/**
 * A page that is left or loaded anew breaks off its requests itself, which must not be kept as a
 * failure. In such a page no timer runs any more.
 */
export async function offline() {
  await new Promise((stillHere) => setTimeout(stillHere));
  return new ApiError("offline", t("offline_request"));
}

async function request(path, options) {
  try {
    return await fetch(path, { credentials: "same-origin", cache: "no-store", ...options });
  } catch {
    throw await offline();
  }
}

async function errorOf(response) {
  let payload = {};
  try {
    payload = await response.json();
  } catch {
    // Not ours, a proxy's page perhaps.
  }
  const kind = String(payload.type || "").split("/").pop() || "failed";
  return new ApiError(kind, payload.detail || payload.error || t("failed"), response.status, payload);
}

async function readJson(response) {
  if (!response.ok) throw await errorOf(response);
  try {
    return await response.json();
  } catch {
    throw await offline(); // cut off in the middle
  }
}

export async function getJson(path, options = {}) {
  const response = await request(path, { headers: { Accept: "application/json" }, ...options });
  return readJson(response);
}

function send(path, body, headers, options = {}) {
  return request(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body: JSON.stringify(body),
    ...options,
  });
}

export async function putJson(path, body, options = {}) {
  const response = await send(path, body, { Accept: "application/json" }, { method: "PUT", ...options });
  return readJson(response);
}

export async function postJson(path, body = {}, headers = {}) {
  const response = await send(path, body, { Accept: "application/json", ...headers });
  return readJson(response);
}

/** As `postJson`, for what is to be made but once, even where it is sent again after a lost answer. */
export async function postOnce(path, body, headers = {}) {
  const key = requestKey(path, body);
  try {
    const answer = await postJson(path, body, { ...headers, ...key.header });
    key.forget();
    return answer;
  } catch (error) {
    key.forgetAfter(error);
    throw error;
  }
}

export async function deleteJson(path) {
  const response = await request(path, { method: "DELETE", headers: { Accept: "application/json" } });
  return readJson(response);
}

export function postFile(path, file, fields = {}) {
  return postForm(path, { ...fields, file });
}

export async function postForm(path, fields) {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  const response = await request(path, { method: "POST", headers: { Accept: "application/json" }, body });
  return readJson(response);
}

/**
 * Yields {name, data} of an event stream that answers a POST: nothing written goes into a URL.
 * `signal`, where there is one, hangs up.
 */
export async function* postStream(path, body, signal) {
  const connection = new AbortController();
  signal?.addEventListener("abort", () => connection.abort());
  const key = requestKey(path, body);
  const headers = { Accept: "text/event-stream", ...key.header };
  const response = await send(path, body, headers, { signal: connection.signal });
  if (!response.ok) {
    const error = await errorOf(response);
    key.forgetAfter(error);
    throw error;
  }
  const reader = /** @type {ReadableStream<Uint8Array>} */ (response.body).getReader();
  const decoder = new TextDecoder();
  const watchdog = watchdogOf(connection);
  let rest = "";
  try {
    for (;;) {
      let part;
      try {
        part = await reader.read();
      } catch {
        throw await offline();
      }
      if (part.done) return;
      watchdog.reset();
      rest += decoder.decode(part.value, { stream: true });
      const blocks = rest.split("\n\n");
      rest = blocks.pop() ?? "";
      for (const block of blocks) {
        const event = parseEvent(block);
        if (!event) continue;
        key.forget();
        yield event;
      }
    }
  } finally {
    watchdog.stop();
    connection.abort();
  }
}

/** Hangs up on a connection that fell silent: tablets lose connections in their sleep, without an error. */
function watchdogOf(connection) {
  let timer = 0;
  const wait = (ms) => {
    clearTimeout(timer);
    timer = setTimeout(() => connection.abort(), ms);
  };
  const onWake = () => !document.hidden && wait(WOKEN_MS);
  addEventListener("online", onWake);
  document.addEventListener("visibilitychange", onWake);
  wait(SILENT_MS);
  return {
    reset: () => wait(SILENT_MS),
    stop() {
      clearTimeout(timer);
      removeEventListener("online", onWake);
      document.removeEventListener("visibilitychange", onWake);
    },
  };
}

function parseEvent(block) {
  let name = "message";
  const data = [];
  for (const line of block.split("\n")) {
    if (line.startsWith("event:")) name = line.slice(6).trim();
    else if (line.startsWith("data:")) data.push(line.slice(5).trimStart());
  }
  return data.length ? { name, data: JSON.parse(data.join("\n")) } : null;
}
