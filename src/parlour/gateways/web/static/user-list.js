// The list of users: requested after a welcome, and then updated by notices.

import { element } from "./dom.js";
import { localise } from "./local-time.js";
import { initial, nameColor, visibleName } from "./safe-text.js";

const MAX_ROWS = 300; // the count includes the other users
const RETURN_TIMEOUT = 30_000; // milliseconds for other users to reconnect, too

// Fill in the name in the row of a message or a user.
export function fillName(row, name) {
  const [mark, text] = [row.querySelector(".mark"), row.querySelector(".name")];
  mark.textContent = initial(name);
  text.textContent = visibleName(name);
  for (const part of [mark, text]) part.className = part.className.replace(/hue-\d/, `hue-${nameColor(name)}`);
}

export class UserList {
  #since = new Map(); // the times of joining, by name
  #parts = []; // the users of an incomplete response
  #isDrawScheduled = false;
  #wasDisconnected = false;
  #missing = new Set(); // users who have not returned since the connection was lost
  #timer = 0;
  #onMissing;

  // `onMissing(name)` is called for users who do not return after a lost connection.
  constructor(onMissing) {
    this.#onMissing = onMissing;
  }

  // Add a part of the response to a `users` request.
  addPart({ users, more }) {
    this.#parts.push(...users);
    if (more) return;
    const before = this.#since;
    this.#since = new Map(this.#parts.map(({ name, since }) => [name, new Date(since)]));
    this.#parts = [];
    if (this.#wasDisconnected) this.#expect(before.keys());
    this.#draw();
  }

  // Add a user, and return whether the user was absent. A user who reconnects after a
  // restart of the server was not.
  add(name) {
    const wasAbsent = !this.#missing.delete(name) && !this.#since.has(name);
    this.#since.set(name, new Date());
    this.#draw();
    return wasAbsent;
  }

  remove(name) {
    this.#missing.delete(name);
    this.#since.delete(name);
    this.#draw();
  }

  // Rename a user, and return whether it is a missing user who returned.
  rename(name, to) {
    const since = this.#since.get(name) ?? new Date();
    this.#since.delete(name);
    this.#since.set(to, since);
    this.#draw();
    return this.#missing.delete(to);
  }

  // Drop an incomplete response: the connection is lost.
  disconnected() {
    this.#parts = [];
    this.#wasDisconnected = true;
    clearTimeout(this.#timer);
  }

  // Wait for the users of `names` to reconnect.
  #expect(names) {
    this.#wasDisconnected = false;
    for (const name of names) if (!this.#since.has(name)) this.#missing.add(name);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      for (const name of this.#missing) this.#onMissing(name);
      this.#missing.clear();
    }, RETURN_TIMEOUT);
  }

  #draw() {
    if (this.#isDrawScheduled) return;
    this.#isDrawScheduled = true;
    requestAnimationFrame(() => {
      this.#isDrawScheduled = false;
      this.#drawNow();
    });
  }

  #drawNow() {
    const keys = [...this.#since.keys()].map((name) => [name.toLowerCase(), name]);
    const compare = (a, b) => (a < b ? -1 : Number(a > b));
    keys.sort(([a, one], [b, other]) => compare(a, b) || compare(one, other));
    const names = keys.map(([, name]) => name);
    const blank = element("a-person").content;
    const rows = names.slice(0, MAX_ROWS).map((name) => {
      const row = blank.cloneNode(true);
      fillName(row, name);
      localise(row.querySelector("time"), this.#since.get(name));
      return row;
    });
    element("names").replaceChildren(...rows);
    element("count").textContent = names.length.toLocaleString("en");
    const others = names.length - MAX_ROWS;
    element("others").hidden = names.length > 0 && others <= 0;
    element("others").textContent = others > 0 ? `and ${others.toLocaleString("en")} more` : "Nobody is here.";
  }
}
