// What to do with another user: a small dialog.

import { element, onClick } from "./dom.js";
import { isIgnored } from "./ignored.js";
import { moment } from "./local-time.js";
import { isAtLeast } from "./roles.js";
import { hueClass, visibleName } from "./safe-text.js";

const dialog = element("person");

export class Person {
  #name = "";

  // `request(type, data)` sends what the user asks for, and `order(act, name)` asks what a
  // moderator does.
  constructor(request, order) {
    const act = (id, action) => onClick(id, () => (dialog.close(), action(this.#name)));
    act("person-write", (to) => request("direct", { to }));
    act("person-ignore", (name) => request(isIgnored(name) ? "unignore" : "ignore", { name }));
    act("person-close", () => {});
    for (const each of ["mute", "kick", "ban", "role"]) act(`person-${each}`, (name) => order(each, name));
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  }

  // `since` is when the user joined the room, or undefined; `role` is the user's own
  // role in the room.
  show(name, since, role) {
    this.#name = name;
    element("person-name").textContent = visibleName(name);
    element("person-name").className = hueClass(name);
    element("person-since").textContent = since ? `In the room since ${moment(since)}` : "Not in the room now";
    element("person-ignore").textContent = isIgnored(name) ? "Stop ignoring" : "Ignore";
    element("person-order").hidden = !isAtLeast(role, "moderator");
    element("person-role").hidden = !isAtLeast(role, "owner");
    dialog.showModal();
  }
}
