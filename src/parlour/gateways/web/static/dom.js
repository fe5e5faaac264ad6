// Shorthands for the document.

export const element = (id) => document.getElementById(id);

export const create = (tag, className, textContent) =>
  Object.assign(document.createElement(tag), { className, textContent });

export const onClick = (id, act) => element(id).addEventListener("click", act);

// Return whether a click opens its link in this tab.
export const isPlainClick = (event) =>
  event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
