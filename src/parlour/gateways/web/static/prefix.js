// The path under which the server serves the page, such as "/chat", or an empty string.
//
// Addresses in the scripts are those without it, until they become a link or a request.

export const PREFIX = document.documentElement.dataset.prefix ?? "";

// Return the path of an address without the prefix; empty if it is not below that.
export const innerPath = (pathname) =>
  pathname.startsWith(`${PREFIX}/`) ? pathname.slice(PREFIX.length) : "";
