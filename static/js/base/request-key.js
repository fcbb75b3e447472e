// The key of a request that makes something: the same one until an answer to it has come. So what is
// pressed again after a lost answer is not made twice.

const unanswered = new Map(); // keys, by what was asked for

/** Not `randomUUID`, which browsers have on HTTPS only. */
function newKey() {
  const parts = [...crypto.getRandomValues(new Uint32Array(4))];
  return parts.map((part) => part.toString(16).padStart(8, "0")).join("");
}

/** The header for a request, and what forgets its key: an answer, or an error that is one of the server's. */
export function requestKey(path, body) {
  const asked = `${path} ${JSON.stringify(body)}`;
  const key = unanswered.get(asked) ?? newKey();
  unanswered.set(asked, key);
  const forget = () => unanswered.delete(asked);
  return {
    header: { "Idempotency-Key": key },
    forget,
    forgetAfter: (error) => error.payload?.type && forget(),
  };
}
