// Requests to our own server; what goes wrong becomes a Trouble with a sentence for the person.

import { word } from "./words.js";

export class Trouble extends Error {
  constructor(kind, sentence, status = 0) {
    super(sentence);
    Object.assign(this, { kind, sentence, status });
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
  return new Trouble(kind, told.detail || told.error || word("failed"), response.status);
}

export async function getJson(path) {
  const response = await reach(path, { headers: { Accept: "application/json" } });
  if (!response.ok) throw await troubleOf(response);
  return response.json();
}

function post(path, body, headers) {
  return reach(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
}

export async function postJson(path, body = {}, headers = {}) {
  const response = await post(path, body, { Accept: "application/json", ...headers });
  if (!response.ok) throw await troubleOf(response);
  return response.json();
}

export async function postFile(path, file, fields = {}) {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  body.append("file", file);
  const response = await reach(path, { method: "POST", headers: { Accept: "application/json" }, body });
  if (!response.ok) throw await troubleOf(response);
  return response.json();
}

/** Yields {name, data} of an event stream that answers a POST: nothing written goes into a URL. */
export async function* postStream(path, body) {
  const response = await post(path, body, { Accept: "text/event-stream" });
  if (!response.ok) throw await troubleOf(response);
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  for (;;) {
    let part;
    try {
      part = await reader.read();
    } catch {
      throw new Trouble("offline", word("offline_request"));
    }
    if (part.done) return;
    rest += decoder.decode(part.value, { stream: true });
    const blocks = rest.split("\n\n");
    rest = blocks.pop();
    for (const block of blocks) {
      const event = parsed(block);
      if (event) yield event;
    }
  }
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
