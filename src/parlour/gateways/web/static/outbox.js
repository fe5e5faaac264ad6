// The outbox: messages written here that the server has not confirmed.
//
// They are sent again with the same id after each reconnect, and the server stores each
// once. Each stays in the room in which it was written. A refused message stays until it
// is put back into the box, or dropped.

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
  #entries = load("pending", []); // {id, room, text, reason}, oldest first
  #room = "";
  #isLive = false;
  #actions;

  // `actions` are send(entry), if possible; putBack(room, text), to the box; and changed().
  constructor(actions) {
    this.#actions = actions;
  }

  get isFull() {
    return this.#entries.length >= MAX_ENTRIES;
  }

  // Show whether there is a connection.
  setLive(isLive) {
    if (this.#isLive === isLive) return;
    this.#isLive = isLive;
    this.#draw();
  }

  // Show the entries of `room`.
  show(room) {
    this.#room = room;
    this.#draw();
  }

  // Return the names of the rooms that have entries, or those with refused ones.
  rooms({ areRefused = false } = {}) {
    return this.#entries.filter((entry) => entry.reason || !areRefused).map((entry) => entry.room);
  }

  add(room, text) {
    const entry = { id: randomId(), room, text, reason: "" };
    this.#entries.push(entry);
    this.#changed();
    this.#actions.send(entry);
  }

  resend() {
    for (const entry of this.#entries) if (!entry.reason) this.#actions.send(entry);
  }

  remove(id) {
    this.#entries = this.#entries.filter((entry) => entry.id !== id);
    this.#changed();
  }

  // Mark a message as refused, and return it.
  refuse(id, reason) {
    const entry = this.#entries.find((each) => each.id === id);
    if (entry) entry.reason = reason;
    this.#changed();
    return entry;
  }

  // Mark all messages: the ids belong to a session that cannot be resumed.
  expire() {
    for (const entry of this.#entries) entry.reason ||= "it is not known whether this was sent";
    this.#changed();
  }

  #changed() {
    store("pending", this.#entries);
    this.#draw();
    this.#actions.changed();
  }

  #draw() {
    const shown = this.#entries.filter((entry) => entry.room === this.#room);
    element("waiting").hidden = !shown.length;
    element("waiting").replaceChildren(...shown.map((entry) => this.#row(entry)));
  }

  // Return what becomes of a message that was refused for `reason`, or has none.
  #fate(reason) {
    if (reason) return `not sent: ${reason}`;
    return this.#isLive ? "sending …" : "waiting for the connection";
  }

  #row({ id, room, text, reason }) {
    const row = create("li", "message pending");
    const paragraph = create("p", "text", visible(text));
    paragraph.dir = "auto";
    row.append(paragraph, create("span", "when", this.#fate(reason)));
    if (reason) {
      const back = button("Put back", () => (this.remove(id), this.#actions.putBack(room, text)));
      row.append(back, button("Drop", () => this.remove(id)));
    }
    return row;
  }
}
