// The list of the users of the room that is shown.

import { arrange, create, element } from "./dom.js";
import { isIgnored } from "./ignored.js";
import { localise } from "./local-time.js";
import { isYou } from "./you.js";
import { hueClass, initial, visibleName } from "./safe-text.js";

const MIN_FILTERED = 20; // users without a box to filter them
const MAX_ROWS = 300; // the count includes the other users

// Fill in the name in the row of a message or a user.
export function fillName(row, name) {
  const [mark, text] = [row.querySelector(".mark"), row.querySelector(".name")];
  mark.textContent = initial(name);
  text.textContent = visibleName(name);
  for (const part of [mark, text]) part.className = part.className.replace(/hue-\d+/, hueClass(name));
}

export class UserList {
  #users = null;
  #isFirst = true;
  #isDrawScheduled = false;
  #rows = new Map(); // by what they show
  #canChoose;
  #choose;

  // `choose(name)` is called for a user who is clicked, if `canChoose(name)`.
  constructor(canChoose, choose) {
    [this.#canChoose, this.#choose] = [canChoose, choose];
    element("filter").addEventListener("input", () => this.draw());
  }

  // Show other users; the first ones are in the page already.
  show(users) {
    const before = this.#users;
    before?.hide();
    this.#users = users;
    users.view = this;
    this.#isFirst = before === null;
    this.draw();
  }

  draw() {
    if (this.#isDrawScheduled || (this.#isFirst && !this.#users.isComplete)) return;
    this.#isDrawScheduled = true;
    requestAnimationFrame(() => {
      this.#isDrawScheduled = false;
      this.#drawNow();
    });
  }

  #drawNow() {
    const { since, roles } = this.#users;
    const keys = [...since.keys()].map((name) => [name.toLowerCase(), name]);
    const compare = (a, b) => (a < b ? -1 : Number(a > b));
    keys.sort(([a, one], [b, other]) => compare(a, b) || compare(one, other));
    const all = keys.map(([, name]) => name);
    element("filter-row").hidden = all.length <= MIN_FILTERED;
    const wanted = element("filter-row").hidden ? "" : element("filter").value.trim().toLowerCase();
    const names = all.filter((name) => name.toLowerCase().includes(wanted));
    const before = this.#rows;
    this.#rows = new Map();
    for (const name of names.slice(0, MAX_ROWS)) {
      const key = JSON.stringify([name, since.get(name), roles.get(name), isIgnored(name), this.#canChoose(name), isYou(name)]);
      this.#rows.set(key, before.get(key) ?? this.#row(name, since.get(name), roles.get(name)));
    }
    arrange(element("names"), [...this.#rows.values()]);
    element("count").textContent = all.length.toLocaleString("en");
    element("people").querySelector(".as").textContent = `People ${element("count").textContent}`;
    const others = names.length - MAX_ROWS;
    element("others").hidden = names.length > 0 && others <= 0;
    const nobody = wanted ? "Nobody has such a name." : "Nobody is here.";
    element("others").textContent = others > 0 ? `and ${others.toLocaleString("en")} more` : nobody;
  }

  #row(name, since, role = "") {
    const row = element("a-person").content.cloneNode(true).querySelector("li");
    fillName(row, name);
    localise(row.querySelector("time"), since);
    row.querySelector(".role").textContent = role;
    const note = row.querySelector(".since");
    if (isIgnored(name)) note.append(", ignored");
    if (isYou(name)) note.prepend("you, ");
    row.title = note.textContent;
    row.classList.toggle("ignored", isIgnored(name));
    row.classList.toggle("own", isYou(name));
    if (!this.#canChoose(name)) return row;
    const text = row.querySelector(".name");
    const button = create("button", "who-is");
    button.type = "button";
    button.addEventListener("click", () => this.#choose(name));
    text.replaceWith(button);
    button.append(text);
    return row;
  }
}
