// Requests for direct rooms. Each is answered by a room or by an error.

import { foldName } from "./fold-name.js";

export class Directs {
  #requests = []; // {id, to, text}, oldest first
  #count = 0;
  #send;
  #failed;

  // `send(type, data)` returns whether there is a connection; `failed({to, text}, reason)`
  // is called if there is no room for the text.
  constructor(send, failed) {
    [this.#send, this.#failed] = [send, failed];
  }

  // Request the direct room with `to`, for a text to send there; return whether it is
  // requested. Responses come in order, so a pong is the end of the wait for the room.
  open(to, text = "") {
    if (!this.#send("direct", { to })) return false;
    const id = `direct:${(this.#count += 1)}`;
    this.#requests.push({ id, to, text });
    return this.#send("ping", { token: id });
  }

  // Whether the user waits for a room to write in.
  get isOpening() {
    return this.#requests.some(({ text }) => !text);
  }

  // Return the request for the room with `partner`, or undefined.
  answered(partner) {
    const request = this.#requests.find(({ to }) => foldName(to) === foldName(partner));
    this.#requests = this.#requests.filter((each) => each !== request);
    return request;
  }

  refused(reason) {
    this.#fail(this.#requests[0], reason);
  }

  // Handle a pong: its request must have been answered.
  responded(token) {
    this.#fail(this.#requests.find(({ id }) => id === token), "there was no answer; try again");
  }

  disconnected() {
    for (const request of this.#requests) this.#fail(request, "the connection was lost; try again");
  }

  #fail(request, reason) {
    if (!request) return;
    this.#requests = this.#requests.filter((each) => each !== request);
    this.#failed(request, reason);
  }
}
