// What was written here and is not known to be stored, with the id it is known by.
//
// It goes again with the same id after every reconnect, and the server keeps it once.
// What was refused stays until it is put back into the box, or dropped.

import { keep, recall, secret } from "./storage.js";
import { visible } from "./safe-text.js";

const MOST = 50;

const element = (id) => document.getElementById(id);

function button(label, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "quiet";
  made.textContent = label;
  made.addEventListener("click", act);
  return made;
}

export class Outbox {
  #entries = recall("pending", []); // {id, text, reason}, oldest first
  #send;
  #putBack;

  // `send(entry)` says it if it can; `putBack(text)` gives the text to the box.
  constructor(send, putBack) {
    [this.#send, this.#putBack] = [send, putBack];
    this.#draw();
  }

  get isFull() {
    return this.#entries.length >= MOST;
  }

  add(text) {
    const entry = { id: secret(), text, reason: "" };
    this.#entries.push(entry);
    this.#changed();
    this.#send(entry);
  }

  // Send all again: the connection is new.
  again() {
    for (const entry of this.#entries) if (!entry.reason) this.#send(entry);
  }

  stored(id) {
    this.#entries = this.#entries.filter((entry) => entry.id !== id);
    this.#changed();
  }

  // Know why a line was not said, and return its text. It is still here.
  refused(id, reason) {
    const entry = this.#entries.find((each) => each.id === id);
    if (entry) entry.reason = reason;
    this.#changed();
    return entry?.text;
  }

  // Nobody knows us by the ids of these any more.
  forgotten() {
    for (const entry of this.#entries) entry.reason ||= "it is not known whether this was sent";
    this.#changed();
  }

  #changed() {
    keep("pending", this.#entries);
    this.#draw();
  }

  #draw() {
    element("waiting").hidden = !this.#entries.length;
    element("waiting").replaceChildren(...this.#entries.map((entry) => this.#row(entry)));
  }

  #row({ id, text, reason }) {
    const row = document.createElement("li");
    const said = document.createElement("p");
    const state = document.createElement("span");
    row.className = "message pending";
    said.className = "text";
    said.dir = "auto";
    said.textContent = visible(text);
    state.className = "when";
    state.textContent = reason ? `not sent: ${reason}` : "sending …";
    row.append(said, state);
    if (reason) {
      const back = button("Put back", () => (this.stored(id), this.#putBack(text)));
      row.append(back, button("Drop", () => this.stored(id)));
    }
    return row;
  }
}
