// Who is here: a list that is asked for, and then changed by what the room hears.

import { localise } from "./page.js";
import { hue, initial, visibleName } from "./text.js";

const MOST = 300; // rows; the count tells of all

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

  // Take a part of the answer to `users`.
  told({ users, more }) {
    this.#coming.push(...users);
    if (more) return;
    this.#since = new Map(this.#coming.map(({ name, since }) => [name, new Date(since)]));
    this.#coming = [];
    this.#draw();
  }

  joined(name) {
    this.#since.set(name, new Date());
    this.#draw();
  }

  left(name) {
    this.#since.delete(name);
    this.#draw();
  }

  renamed(name, to) {
    const since = this.#since.get(name) ?? new Date();
    this.#since.delete(name);
    this.#since.set(to, since);
    this.#draw();
  }

  // Forget half an answer: its connection is gone.
  lost() {
    this.#coming = [];
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
    const names = [...this.#since.keys()].sort((a, b) => (a < b ? -1 : 1));
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
