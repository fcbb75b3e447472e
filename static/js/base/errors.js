// What goes wrong between the page and the server.

/** A request that failed: `kind` for the page, the message for the person, `payload` as it was answered. */
export class ApiError extends Error {
  /**
   * @param {string} kind
   * @param {string} message
   * @param {number} status
   * @param {Record<string, any>} payload
   */
  constructor(kind, message, status = 0, payload = {}) {
    super(message);
    this.kind = kind;
    this.status = status;
    this.payload = payload;
  }
}

/**
 * Throws on what is no answer of the server: a fault of ours must not look like one.
 * @param {unknown} error
 * @returns {asserts error is ApiError}
 */
export function expectApiError(error) {
  if (!(error instanceof ApiError)) throw error;
}
