// Requests of moderators. The server tells the room what is done in it, and nobody what is
// done on the whole server; so a ping follows each, whose pong says that it is processed.

const LOST = "the connection was lost before the server had answered: it may be done or not";
const TYPES = {
  __proto__: null,
  ...Object.fromEntries(["lock", "unlock", "slow", "private", "public"].map((action) => [action, "set"])),
  ...Object.fromEntries(["member", "moderator", "owner"].map((action) => [action, "role"])),
};

export class Orders {
  #requests = []; // {id, type, data, answered, isTold}, oldest first
  #count = 0;
  #send;

  // `send(type, data)` returns whether there is a connection.
  constructor(send) {
    this.#send = send;
  }

  // Send a request; return whether it is sent. `answered(reason, isTold)` is called with
  // why it is refused, or null; if it `isTold`, the server has told what was done.
  open({ type, data }, answered) {
    if (!this.#send(type, data)) return false;
    const id = `done:${(this.#count += 1)}`;
    this.#requests.push({ id, type, data, answered, isTold: false });
    return this.#send("ping", { token: id });
  }

  // Note that the server tells what a request asks for. Return it, or undefined.
  told(action, room) {
    const type = TYPES[action] ?? action;
    const request = this.#requests.find((each) => each.type === type && !each.isTold && (!room || each.data.room === room));
    if (request) request.isTold = true;
    return request;
  }

  // Handle an error about a type of line; return whether it refuses a request.
  refused(type, reason) {
    return this.#finish(this.#requests.find((each) => each.type === type), reason);
  }

  // Handle a pong; return whether it answers a request.
  responded(token) {
    return this.#finish(this.#requests.find(({ id }) => id === token), null);
  }

  disconnected() {
    for (const request of this.#requests) this.#finish(request, LOST);
  }

  #finish(request, reason) {
    if (!request) return false;
    this.#requests = this.#requests.filter((each) => each !== request);
    request.answered(reason, request.isTold);
    return true;
  }
}
