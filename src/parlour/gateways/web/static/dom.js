// Shorthands for the document.

export const element = (id) => document.getElementById(id);

export const create = (tag, className = "", textContent = "") =>
  Object.assign(document.createElement(tag), { className, textContent });

export const onClick = (id, act) => element(id).addEventListener("click", act);

// Return a reason, which may be empty, as a sentence.
export const sentence = (reason) => reason && `${reason[0].toUpperCase()}${reason.slice(1)}.`;

// Make `rows` the children of `list`. Those that are there already stay, so that a click or
// the focus is not lost.
export function arrange(list, rows) {
  const wanted = new Set(rows);
  for (const row of [...list.children]) if (!wanted.has(row)) row.remove();
  rows.forEach((row, at) => list.children[at] === row || list.insertBefore(row, list.children[at] ?? null));
}

// Return whether a click opens its link in this tab.
export const isPlainClick = (event) =>
  event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
