// Which messages are the user's own, and which mention the user.

import { visibleName } from "./safe-text.js";

let you = null;
let pattern = null; // of the name as a word

export function setYou(name) {
  you = name;
  const escaped = name?.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  pattern = name && new RegExp(`(?<![\\p{L}\\p{N}])${escaped}(?![\\p{L}\\p{N}])`, "iu");
}

export const isYou = (name) => name === you;
export const mentionsYou = (text) => pattern?.test(text) ?? false;

// Mark the row of a message by what it is to the user.
export function markOwn(item) {
  const isOwn = you !== null && item.querySelector(".name").textContent === visibleName(you);
  item.classList.toggle("own", isOwn);
  item.classList.toggle("mention", !isOwn && mentionsYou(item.querySelector(".text").textContent));
}
