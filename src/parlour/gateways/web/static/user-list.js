// Who is here: a list that is asked for, and then changed by what the room hears.

import { localise } from "./page.js";
import { hue, initial, visibleName } from "./safe-text.js";

const MOST = 300; // rows; the count tells of all
const RETURN = 30_000; // milliseconds for others to come back, too, after a lost connection

const element = (id) => document.getElementById(id);

// Fill in whose name it is, in the element for a message or for a person.
export function fillName(row, name) {
  const [mark, shown] = [row.querySelector(".mark"), row.querySelector(".name")];
  mark.textContent = initial(name);
  shown.textContent = visibleName(name);
  for (const part of [mark, shown]) part.className = part.className.replace(/hue-\d/, `hue-${hue(name)}`);
}

export class People {
  #since = new Map(); // by name
  #coming = []; // parts of an answer whose end has not come
  #isDue = false;
  #wasLost = false;
  #awaited = new Set(); // who was here before the connection was lost, and is not again
  #timer = 0;
  #gone;

  // `gone(name)` is called for who does not come back after a lost connection.
  constructor(gone) {
    this.#gone = gone;
  }

  // Take a part of the answer to `users`.
  told({ users, more }) {
    this.#coming.push(...users);
    if (more) return;
    const before = this.#since;
    this.#since = new Map(this.#coming.map(({ name, since }) => [name, new Date(since)]));
    this.#coming = [];
    if (this.#wasLost) this.#await(before.keys());
    this.#draw();
  }

  // Know who came, and tell whether it is news: those whom a server that began anew
  // lets in again were never seen to leave.
  joined(name) {
    const isNews = !this.#awaited.delete(name) && !this.#since.has(name);
    this.#since.set(name, new Date());
    this.#draw();
    return isNews;
  }

  left(name) {
    this.#awaited.delete(name);
    this.#since.delete(name);
    this.#draw();
  }

  // Know who is called what, and tell whether that is somebody who came back.
  renamed(name, to) {
    const since = this.#since.get(name) ?? new Date();
    this.#since.delete(name);
    this.#since.set(to, since);
    this.#draw();
    return this.#awaited.delete(to);
  }

  // Know that the connection is gone, and with it half an answer.
  lost() {
    this.#coming = [];
    this.#wasLost = true;
    clearTimeout(this.#timer);
  }

  // Wait a while for those who were here, for they lost the same server.
  #await(names) {
    this.#wasLost = false;
    for (const name of names) if (!this.#since.has(name)) this.#awaited.add(name);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      for (const name of this.#awaited) this.#gone(name);
      this.#awaited.clear();
    }, RETURN);
  }

  #draw() {
    if (this.#isDue) return;
    this.#isDue = true;
    requestAnimationFrame(() => {
      this.#isDue = false;
      this.#drawNow();
    });
  }

  #drawNow() {
    const keys = [...this.#since.keys()].map((name) => [name.toLowerCase(), name]);
    const compare = (a, b) => (a < b ? -1 : Number(a > b));
    keys.sort(([a, one], [b, other]) => compare(a, b) || compare(one, other));
    const names = keys.map(([, name]) => name);
    const blank = element("a-person").content;
    const rows = names.slice(0, MOST).map((name) => {
      const row = blank.cloneNode(true);
      fillName(row, name);
      localise(row.querySelector("time"), this.#since.get(name));
      return row;
    });
    element("names").replaceChildren(...rows);
    element("count").textContent = names.length.toLocaleString("en");
    const others = names.length - MOST;
    element("others").hidden = names.length > 0 && others <= 0;
    element("others").textContent = others > 0 ? `and ${others.toLocaleString("en")} more` : "Nobody is here.";
  }
}
