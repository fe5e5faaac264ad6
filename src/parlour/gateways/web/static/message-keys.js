// The keys of the list of messages.
//
// The list is one tab stop. Its keys move the focus between the messages, and the links of
// the message with the focus are tab stops, too.

import { element } from "./dom.js";

const PAGE = 0.9; // of the height of the list, which a page key scrolls

const list = element("scroll");
const rowOf = (node) => node.closest?.("#log .message") ?? null;
const rows = () => [...element("log").querySelectorAll(".message:not([hidden])")];
const hasModifier = (event) => event.altKey || event.ctrlKey || event.metaKey;

// Make the links and the button of a message tab stops, or not.
export function setTabStops(row, areStops) {
  for (const link of row.querySelectorAll("a, .all, .erase")) link.tabIndex = areStops ? 0 : -1;
}

// Return the rows that can be seen: those in full, or any if there are none.
function visibleRows() {
  const { top, bottom } = list.getBoundingClientRect();
  const places = rows().map((row) => [row, row.getBoundingClientRect()]);
  const seen = places.filter(([, place]) => place.bottom > top && place.top < bottom);
  const whole = seen.filter(([, place]) => place.top >= top - 1 && place.bottom <= bottom + 1);
  return (whole.length ? whole : seen).map(([row]) => row);
}

function focus(row, options) {
  if (!row) return list.focus(options);
  row.tabIndex = -1;
  row.focus(options);
}

function move(step) {
  const all = rows();
  const at = all.indexOf(rowOf(document.activeElement));
  focus(at < 0 ? visibleRows().at(-1) : (all[at + step] ?? all[at]));
}

function turnPage(direction) {
  list.scrollBy({ top: direction * PAGE * list.clientHeight, behavior: "instant" });
  focus(visibleRows().at(direction < 0 ? 0 : -1), { preventScroll: true });
}

const KEYS = {
  __proto__: null,
  ArrowUp: () => move(-1),
  ArrowDown: () => move(1),
  Home: () => focus(rows()[0]),
  End: () => focus(rows().at(-1)),
  PageUp: () => turnPage(-1),
  PageDown: () => turnPage(1),
  Enter: () => rowOf(document.activeElement)?.querySelector(".when").click(),
};

function listKey(event) {
  const { key, target } = event;
  const box = element("box");
  if (hasModifier(event)) return;
  if (box?.offsetParent && (key === "Escape" || (key.length === 1 && key !== " "))) {
    box.focus(); // which then gets the character
    return;
  }
  const isOwnKey = target === list || target === rowOf(target) || (target.matches("a") && key !== "Enter");
  if (!KEYS[key] || event.shiftKey || !isOwnKey) return;
  event.preventDefault();
  KEYS[key]();
}

function boxKey(event) {
  const { scrollHeight, clientHeight } = event.target;
  if (event.key !== "PageUp" || event.shiftKey || hasModifier(event) || scrollHeight > clientHeight) return;
  event.preventDefault();
  turnPage(-1);
}

// Handle the keys of the list, and the key that leads from the message box into it.
export function handleKeys() {
  list.addEventListener("keydown", listKey);
  list.addEventListener("focusin", ({ target }) => rowOf(target) && setTabStops(rowOf(target), true));
  list.addEventListener("focusout", ({ target, relatedTarget }) => {
    const row = rowOf(target);
    if (row && !row.contains(relatedTarget)) setTabStops(row, false);
  });
  element("box")?.addEventListener("keydown", boxKey);
}
