// What goes wrong between the page and the server.

/** A request that failed: `kind` for the page, the message for the person, `payload` as it was answered. */
export class ApiError extends Error {
  constructor(kind, message, status = 0, payload = {}) {
    super(message);
    Object.assign(this, { kind, status, payload });
  }
}

/** Throws what is no answer of the server on: a fault of ours must not look like one. */
export function expectApiError(error) {
  if (!(error instanceof ApiError)) throw error;
}
