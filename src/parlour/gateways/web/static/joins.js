// Requests to join a room. Each is answered by the room, which is then shown, or by an error.

import { sentence } from "./dom.js";
import { foldName } from "./fold-name.js";
import { parseLink } from "./invitations.js";
import { innerPath } from "./prefix.js";

const PRIVATE = "--private"; // the option of /join
const [LETTERS, DIGITS] = ["bcdfghjkmnpqrstvwxz", "0123456789"]; // as in the terminal
const MAX_NAME = 32; // characters of the name of a room

// Return the name of a new private room, which nobody guesses.
function randomName(name) {
  const signs = /^[!-~]+$/.test(name) ? LETTERS : DIGITS;
  const ending = Array.from(crypto.getRandomValues(new Uint8Array(6)), (byte) => signs[byte % signs.length]);
  return `${[...name].slice(0, MAX_NAME - 7).join("")}-${ending.join("")}`;
}

export class Joins {
  #names = new Set(); // of the rooms that the user waits for
  #showError = null; // where the user asked last
  #request;
  #invitations;

  // `request(type, data)` returns whether there is a connection, and `isUser()` whether
  // the forms for a room join it; for others, they lead to its page.
  constructor(request, isUser, invitations) {
    [this.#request, this.#invitations] = [request, invitations];
    document.addEventListener("submit", (event) => isUser() && this.#submit(event));
  }

  // Request a room, by its name, or a new private one, or by the link of an invitation;
  // `showError(reason)` shows why it cannot be joined.
  open(text, showError) {
    this.#showError = showError;
    showError("");
    const [option, name = ""] = text.split(/\s+(.*)/s);
    const isPrivate = option === PRIVATE && name !== "";
    const link = parseLink(text);
    if (link) this.#invitations.keep(foldName(link.room), link.code);
    else if (text.includes("://")) return showError("that is not the link of a room"), false;
    const typed = (link?.room ?? (isPrivate ? name : text)).replace(/^#/, "");
    const room = isPrivate ? randomName(typed) : typed;
    const invite = this.#invitations.code(foldName(room));
    if (!this.#request("join", { room, ...(isPrivate && { private: true }), ...(invite && { invite }) })) return false;
    this.#names.add(foldName(room));
    return true;
  }

  // Return whether the user waits for `room`: another device may have joined it.
  answered(room) {
    return this.#names.delete(foldName(room));
  }

  refused(room, reason, code) {
    this.#names.delete(foldName(room ?? ""));
    if (code === "invalid_invite") this.#invitations.drop(room);
    this.#showError?.(reason);
  }

  disconnected() {
    this.#names.clear();
  }

  #submit(event) {
    const form = event.target;
    if (event.defaultPrevented || innerPath(new URL(form.action).pathname) !== "/rooms") return;
    event.preventDefault();
    const box = form.querySelector('[name="room"]');
    const error = form.querySelector(".error");
    const showError = (reason) => ([error.textContent, box.ariaInvalid] = [sentence(reason), `${Boolean(reason)}`]);
    const option = form.querySelector('[name="private"]:checked') ? `${PRIVATE} ` : "";
    if (box.value.trim() && this.open(option + box.value.trim(), showError)) form.reset();
  }
}
