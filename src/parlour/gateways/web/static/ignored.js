// The users whose messages are not shown. The server forgets them with the session, so
// the page keeps their names, too.

import { visibleName } from "./safe-text.js";
import { load, store } from "./storage.js";

let names = load("ignored", []);
let shown = new Set(names.map(visibleName));

export const ignoredNames = () => names;
export const isIgnored = (name) => shown.has(visibleName(name));

export function setIgnored(found) {
  names = found;
  shown = new Set(names.map(visibleName));
  store("ignored", names);
}

// Hide the messages of ignored users in a part of a page, and show the others.
export function hideIgnored(root) {
  for (const item of root.querySelectorAll(".message")) {
    item.hidden = isIgnored(item.querySelector(".name").textContent);
  }
}
