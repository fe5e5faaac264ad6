// The outbox: messages written here that the server has not confirmed.
//
// They are sent again with the same id after each reconnect, and the server stores each
// once. A refused message stays until it is put back into the box, or dropped.

import { create, element } from "./dom.js";
import { visible } from "./safe-text.js";
import { load, randomId, store } from "./storage.js";

const MAX_ENTRIES = 50;

function button(label, act) {
  const made = create("button", "quiet", label);
  made.type = "button";
  made.addEventListener("click", act);
  return made;
}

export class Outbox {
  #entries = load("pending", []); // {id, text, reason}, oldest first
  #send;
  #putBack;

  // `send(entry)` sends it if possible; `putBack(text)` puts the text into the box.
  constructor(send, putBack) {
    [this.#send, this.#putBack] = [send, putBack];
    this.#draw();
  }

  get isFull() {
    return this.#entries.length >= MAX_ENTRIES;
  }

  add(text) {
    const entry = { id: randomId(), text, reason: "" };
    this.#entries.push(entry);
    this.#changed();
    this.#send(entry);
  }

  resend() {
    for (const entry of this.#entries) if (!entry.reason) this.#send(entry);
  }

  remove(id) {
    this.#entries = this.#entries.filter((entry) => entry.id !== id);
    this.#changed();
  }

  // Mark a message as refused, and return its text.
  refuse(id, reason) {
    const entry = this.#entries.find((each) => each.id === id);
    if (entry) entry.reason = reason;
    this.#changed();
    return entry?.text;
  }

  // Mark all messages: the ids belong to a session that cannot be resumed.
  expire() {
    for (const entry of this.#entries) entry.reason ||= "it is not known whether this was sent";
    this.#changed();
  }

  #changed() {
    store("pending", this.#entries);
    this.#draw();
  }

  #draw() {
    element("waiting").hidden = !this.#entries.length;
    element("waiting").replaceChildren(...this.#entries.map((entry) => this.#row(entry)));
  }

  #row({ id, text, reason }) {
    const row = create("li", "message pending", "");
    const paragraph = create("p", "text", visible(text));
    paragraph.dir = "auto";
    row.append(paragraph, create("span", "when", reason ? `not sent: ${reason}` : "sending …"));
    if (reason) {
      const back = button("Put back", () => (this.remove(id), this.#putBack(text)));
      row.append(back, button("Drop", () => this.remove(id)));
    }
    return row;
  }
}
