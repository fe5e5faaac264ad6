// The delay before the next attempt to connect: exponential backoff with jitter.

const SHORTEST = 500; // milliseconds
const LONGEST = 30_000;

export class Backoff {
  attempts = 0;

  // Return the delay in milliseconds; `retryAfter` is in seconds, as the server sends it.
  next(retryAfter) {
    const most = Math.min(LONGEST, SHORTEST * 2 ** ++this.attempts);
    if (typeof retryAfter === "number") return retryAfter * 1000 + Math.random() * SHORTEST;
    return SHORTEST + Math.random() * (most - SHORTEST);
  }
}
