// What holds for the user: mutes, that a room is locked or slow, and that the partner in a
// direct room cannot answer. It is shown above the message box; the server decides what is
// refused.

import { element } from "./dom.js";
import { whenNextEnds } from "./local-time.js";
import { ownSanction, pace } from "./order-text.js";
import { visibleName } from "./safe-text.js";

export class Standing {
  #mutes = [];
  #timer = 0;
  #send;
  #changed;

  // `send(type, data)` returns whether there is a connection; `changed()` is called when
  // something else holds.
  constructor(send, changed) {
    [this.#send, this.#changed] = [send, changed];
  }

  // Ask the server again.
  ask() {
    this.#send("why", {});
  }

  // Take the sanctions that hold for the user.
  set(sanctions) {
    this.#mutes = sanctions.filter(({ kind }) => kind === "mute");
    this.#await();
    this.#changed();
  }

  // Ask again if the user is thought to be muted in `room`, but has just said something.
  spoke(room) {
    if (this.#muteIn(room)) this.ask();
  }

  // Show what holds in `room` for one who is a member, or `keepsOrder`.
  show(room, isMember, keepsOrder) {
    const mute = isMember ? this.#muteIn(room.name) : null;
    const text = mute ? `${ownSanction(mute)}.` : isMember && !keepsOrder ? settings(room) : "";
    const note = element("standing");
    if (note.textContent !== text) note.textContent = text; // screen readers read it once
    note.hidden = !text;
    note.classList.toggle("gap", Boolean(mute));
  }

  #muteIn(name) {
    const found = this.#mutes.filter(({ room }) => room === undefined || room === name);
    return found.find(({ until }) => !until || new Date(until) > new Date());
  }

  // Draw again when the next mute ends.
  #await() {
    clearTimeout(this.#timer);
    const ends = this.#mutes.map(({ until }) => until);
    this.#timer = whenNextEnds(ends, () => (this.#await(), this.#changed()));
  }
}

function settings({ name, partner, isOneWay, isLocked, slow }) {
  if (isOneWay) return `The client of ${visibleName(partner)} shows what you write, and cannot answer.`;
  if (isLocked) return `#${visibleName(name)} is locked: only moderators speak.`;
  return slow ? `Slow mode: ${pace(slow)}.` : "";
}
