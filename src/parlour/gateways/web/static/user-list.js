// The list of the users of the room that is shown.

import { create, element } from "./dom.js";
import { isIgnored } from "./ignored.js";
import { localise } from "./local-time.js";
import { initial, nameColor, visibleName } from "./safe-text.js";

const MAX_ROWS = 300; // the count includes the other users

// Fill in the name in the row of a message or a user.
export function fillName(row, name) {
  const [mark, text] = [row.querySelector(".mark"), row.querySelector(".name")];
  mark.textContent = initial(name);
  text.textContent = visibleName(name);
  for (const part of [mark, text]) part.className = part.className.replace(/hue-\d/, `hue-${nameColor(name)}`);
}

export class UserList {
  #users = null;
  #isDrawScheduled = false;
  #onClick;

  // `onClick(name)` is called for a user who is clicked, if it is not null.
  constructor(onClick) {
    this.#onClick = onClick;
  }

  // Show other users; the first ones are in the page already.
  show(users) {
    const before = this.#users;
    before?.hide();
    this.#users = users;
    users.view = this;
    if (before) this.draw();
  }

  draw() {
    if (this.#isDrawScheduled) return;
    this.#isDrawScheduled = true;
    requestAnimationFrame(() => {
      this.#isDrawScheduled = false;
      this.#drawNow();
    });
  }

  #drawNow() {
    const { since } = this.#users;
    const keys = [...since.keys()].map((name) => [name.toLowerCase(), name]);
    const compare = (a, b) => (a < b ? -1 : Number(a > b));
    keys.sort(([a, one], [b, other]) => compare(a, b) || compare(one, other));
    const names = keys.map(([, name]) => name);
    const focused = document.activeElement.closest("#names .who-is")?.textContent;
    const rows = names.slice(0, MAX_ROWS).map((name) => this.#row(name, since.get(name)));
    element("names").replaceChildren(...rows);
    if (focused) [...document.querySelectorAll(".who-is")].find((each) => each.textContent === focused)?.focus();
    element("count").textContent = names.length.toLocaleString("en");
    const others = names.length - MAX_ROWS;
    element("others").hidden = names.length > 0 && others <= 0;
    element("others").textContent = others > 0 ? `and ${others.toLocaleString("en")} more` : "Nobody is here.";
  }

  #row(name, since) {
    const row = element("a-person").content.cloneNode(true);
    fillName(row, name);
    localise(row.querySelector("time"), since);
    if (isIgnored(name)) row.querySelector(".since").append(", ignored");
    if (!this.#onClick) return row;
    const text = row.querySelector(".name");
    const button = create("button", "who-is", "");
    button.type = "button";
    button.addEventListener("click", () => this.#onClick(name));
    text.replaceWith(button);
    button.append(text);
    return row;
  }
}
