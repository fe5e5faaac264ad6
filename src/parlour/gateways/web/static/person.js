// What to do with another user: a small dialog.

import { element, onClick } from "./dom.js";
import { clock, day } from "./local-time.js";
import { isIgnored } from "./ignored.js";
import { hueClass, visibleName } from "./safe-text.js";

const dialog = element("person");

export class Person {
  #name = "";

  // `request(type, data)` sends what the user asks for.
  constructor(request) {
    const act = (id, action) => onClick(id, () => (dialog.close(), action(this.#name)));
    act("person-write", (to) => request("direct", { to }));
    act("person-ignore", (name) => request(isIgnored(name) ? "unignore" : "ignore", { name }));
    act("person-close", () => {});
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  }

  // `since` is when the user joined the room, or undefined.
  show(name, since) {
    this.#name = name;
    element("person-name").textContent = visibleName(name);
    element("person-name").className = hueClass(name);
    element("person-since").textContent = since ? `In the room since ${day(since) === day(new Date()) ? "" : `${day(since)}, `}${clock(since)}` : "Not in the room now";
    element("person-ignore").textContent = isIgnored(name) ? "Stop ignoring" : "Ignore";
    dialog.showModal();
  }
}
