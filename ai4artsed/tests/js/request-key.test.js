// The key of a request: kept until its answer has come, and made without HTTPS.

import assert from "node:assert/strict";
import { test } from "node:test";

import { requestKey } from "../../../static/js/base/request-key.js";

const keyOf = (request) => request.header["Idempotency-Key"];

test("what is asked for once more before an answer came bears the same key", () => {
  const first = requestKey("/make", { idea: "Ein Wal" });
  assert.match(keyOf(first), /^[0-9a-f]{32}$/);
  assert.equal(keyOf(requestKey("/make", { idea: "Ein Wal" })), keyOf(first));
  assert.notEqual(keyOf(requestKey("/make", { idea: "Ein Hai" })), keyOf(first));
  assert.notEqual(keyOf(requestKey("/other", { idea: "Ein Wal" })), keyOf(first));
});

test("after its answer the same is asked for anew", () => {
  const first = requestKey("/make", { idea: "Ein Fisch" });
  first.forget();
  assert.notEqual(keyOf(requestKey("/make", { idea: "Ein Fisch" })), keyOf(first));
});

test("an error of the server is an answer, a lost connection is none", () => {
  const first = requestKey("/make", { idea: "Ein Krebs" });
  first.forgetAfter({ payload: {} });
  assert.equal(keyOf(requestKey("/make", { idea: "Ein Krebs" })), keyOf(first));
  first.forgetAfter({ payload: { type: "/problems/workshop-paused" } });
  assert.notEqual(keyOf(requestKey("/make", { idea: "Ein Krebs" })), keyOf(first));
});
