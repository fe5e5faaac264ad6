// The users whose messages are not shown. The server forgets them with the session, so
// the page keeps their names, too. Names are compared as the server compares them.

import { foldName } from "./fold-name.js";
import { visibleName } from "./safe-text.js";
import { load, store } from "./storage.js";

const keyOf = (name) => foldName(visibleName(name));

let names = load("ignored", []);
let keys = new Set(names.map(keyOf));

export const ignoredNames = () => names;
export const isIgnored = (name) => keys.has(keyOf(name));

export function setIgnored(found) {
  names = found;
  keys = new Set(names.map(keyOf));
  store("ignored", names);
}

// Hide the messages of ignored users in a part of a page, and show the others.
export function hideIgnored(root) {
  for (const item of root.querySelectorAll(".message")) {
    item.hidden = isIgnored(item.querySelector(".name").textContent);
  }
}
