// Requests to join a room. Each is answered by the room, which is then shown, or by an error.

import { sentence } from "./dom.js";
import { foldName } from "./fold-name.js";

export class Joins {
  #names = new Set(); // of the rooms that the user waits for
  #showError = null; // where the user asked last
  #request;

  // `request(type, data)` returns whether there is a connection, and `isUser()` whether
  // the forms for a room join it; for others, they lead to its page.
  constructor(request, isUser) {
    this.#request = request;
    document.addEventListener("submit", (event) => isUser() && this.#submit(event));
  }

  // Request a room; `showError(reason)` shows why it cannot be joined.
  open(name, showError) {
    this.#showError = showError;
    showError("");
    const room = name.replace(/^#/, "");
    if (!this.#request("join", { room })) return false;
    this.#names.add(foldName(room));
    return true;
  }

  // Return whether the user waits for `room`: another device may have joined it.
  answered(room) {
    return this.#names.delete(foldName(room));
  }

  refused(room, reason) {
    this.#names.delete(foldName(room ?? ""));
    this.#showError?.(reason);
  }

  disconnected() {
    this.#names.clear();
  }

  #submit(event) {
    const form = event.target;
    if (event.defaultPrevented || new URL(form.action).pathname !== "/rooms") return;
    event.preventDefault();
    const box = form.querySelector('[name="room"]');
    const error = form.querySelector(".error");
    const showError = (reason) => ([error.textContent, box.ariaInvalid] = [sentence(reason), `${Boolean(reason)}`]);
    if (box.value.trim() && this.open(box.value.trim(), showError)) box.value = "";
  }
}
