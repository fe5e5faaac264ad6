// The messages that were sent from this tab, to edit and send one of them again.

import { load, store } from "./storage.js";

const MAX_SENT = 50;

export class Recall {
  #sent = load("sent", []); // the oldest first
  #at = this.#sent.length; // the one that is shown, or the end
  #shown = null; // its text, as long as it is not edited

  // Keep a text, unless it is a link with the code of an invitation.
  add(text) {
    if (/\binvite=/i.test(text)) return;
    this.#sent = [...this.#sent.filter((each) => each !== text), text].slice(-MAX_SENT);
    this.#at = this.#sent.length;
    this.#shown = null;
    store("sent", this.#sent);
  }

  // Return the text one `step` away from `value`, which is in the box; null if there is
  // none, or if the box has a text that was typed.
  step(value, step) {
    if (value !== "" && value !== this.#shown) return null;
    if (value === "") this.#at = this.#sent.length;
    const at = this.#at + step;
    if (at < 0 || at > this.#sent.length || (value === "" && step > 0)) return null;
    this.#at = at;
    this.#shown = this.#sent[at] ?? "";
    return this.#shown;
  }
}
