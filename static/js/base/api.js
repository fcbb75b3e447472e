// Requests to our own server; what goes wrong becomes a Trouble with a sentence for the person.

import { word } from "./words.js";

// The server says something every 15 seconds, if only that it is there.
const SILENT_MS = 40000;
const WOKEN_MS = 2000;

export class Trouble extends Error {
  constructor(kind, sentence, status = 0, told = {}) {
    super(sentence);
    Object.assign(this, { kind, sentence, status, told });
  }
}

async function reach(path, options) {
  try {
    return await fetch(path, { credentials: "same-origin", cache: "no-store", ...options });
  } catch {
    throw new Trouble("offline", word("offline_request"));
  }
}

async function troubleOf(response) {
  let told = {};
  try {
    told = await response.json();
  } catch {
    // Not ours, a proxy's page perhaps.
  }
  const kind = String(told.type || "").split("/").pop() || "failed";
  return new Trouble(kind, told.detail || told.error || word("failed"), response.status, told);
}

async function told(response) {
  try {
    return await response.json();
  } catch {
    throw new Trouble("offline", word("offline_request")); // cut off in the middle
  }
}

export async function getJson(path, options = {}) {
  const response = await reach(path, { headers: { Accept: "application/json" }, ...options });
  if (!response.ok) throw await troubleOf(response);
  return told(response);
}

function send(path, body, headers, options = {}) {
  return reach(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body: JSON.stringify(body),
    ...options,
  });
}

export async function putJson(path, body, options = {}) {
  const response = await send(path, body, { Accept: "application/json" }, { method: "PUT", ...options });
  if (!response.ok) throw await troubleOf(response);
  return told(response);
}

export async function postJson(path, body = {}, headers = {}) {
  const response = await send(path, body, { Accept: "application/json", ...headers });
  if (!response.ok) throw await troubleOf(response);
  return told(response);
}

export async function deleteJson(path) {
  const response = await reach(path, { method: "DELETE", headers: { Accept: "application/json" } });
  if (!response.ok) throw await troubleOf(response);
  return told(response);
}

export function postFile(path, file, fields = {}) {
  return postForm(path, { ...fields, file });
}

export async function postForm(path, fields) {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  const response = await reach(path, { method: "POST", headers: { Accept: "application/json" }, body });
  if (!response.ok) throw await troubleOf(response);
  return told(response);
}

/**
 * Yields {name, data} of an event stream that answers a POST: nothing written goes into a URL.
 * `left`, where there is one, is the signal to hang up.
 */
export async function* postStream(path, body, left) {
  const line = new AbortController();
  left?.addEventListener("abort", () => line.abort());
  const response = await send(path, body, { Accept: "text/event-stream" }, { signal: line.signal });
  if (!response.ok) throw await troubleOf(response);
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  const guard = guarded(line);
  let rest = "";
  try {
    for (;;) {
      let part;
      try {
        part = await reader.read();
      } catch {
        throw new Trouble("offline", word("offline_request"));
      }
      if (part.done) return;
      guard.heard();
      rest += decoder.decode(part.value, { stream: true });
      const blocks = rest.split("\n\n");
      rest = blocks.pop();
      for (const block of blocks) {
        const event = parsed(block);
        if (event) yield event;
      }
    }
  } finally {
    guard.end();
    line.abort();
  }
}

/** Hangs up on a line that fell silent: tablets lose connections in their sleep, without an error. */
function guarded(line) {
  let timer = 0;
  const wait = (ms) => {
    clearTimeout(timer);
    timer = setTimeout(() => line.abort(), ms);
  };
  const woken = () => !document.hidden && wait(WOKEN_MS);
  addEventListener("online", woken);
  document.addEventListener("visibilitychange", woken);
  wait(SILENT_MS);
  return {
    heard: () => wait(SILENT_MS),
    end() {
      clearTimeout(timer);
      removeEventListener("online", woken);
      document.removeEventListener("visibilitychange", woken);
    },
  };
}

function parsed(block) {
  let name = "message";
  const data = [];
  for (const line of block.split("\n")) {
    if (line.startsWith("event:")) name = line.slice(6).trim();
    else if (line.startsWith("data:")) data.push(line.slice(5).trimStart());
  }
  return data.length ? { name, data: JSON.parse(data.join("\n")) } : null;
}
