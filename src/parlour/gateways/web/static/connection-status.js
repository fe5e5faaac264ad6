// The state of the connection: a word in the header, and a sentence above the forms.

import { element, onClick } from "./dom.js";

const WORDS = {
  connecting: "Connecting …",
  live: "Live",
  waiting: "Offline",
  refused: "Refused",
  full: "Full",
  stopped: "Stopped",
  replaced: "Elsewhere",
  banned: "Banned",
  unkept: "Read-only",
};

const SENTENCES = {
  waiting: "Connection lost. Reconnecting …",
  full: "The chat is full. Reconnecting …",
  stopped: "Server stopping. Reconnecting …",
  replaced: "This chat is open in another tab.",
};

const RETRYING = ["waiting", "refused", "full", "stopped"];
const BUTTONS = { __proto__: null, replaced: "Use it here", banned: "Try again" };

// Change the text only if it differs, so that screen readers read it once.
function setText(id, text) {
  if (element(id).textContent !== text) element(id).textContent = text;
}

export class ConnectionStatus {
  #due = 0;
  #storageError = "";
  #refusal = "";
  #state = "connecting";

  // `act(state)` is called when the button is pressed.
  constructor(act) {
    onClick("again", () => act(this.#state));
    setInterval(() => this.#count(), 250);
  }

  // Show `state`, with the time of the next attempt and the reason of a refusal.
  show(state, due, refusal) {
    [this.#state, this.#due, this.#refusal] = [state, due, refusal];
    if (state === "live") this.#storageError = "";
    this.#draw();
  }

  // Show why messages cannot be stored; the reason is empty if they can.
  showStorageError(reason) {
    this.#storageError = reason;
    this.#draw();
  }

  #draw() {
    const state = this.#state === "live" && this.#storageError ? "unkept" : this.#state;
    element("state").dataset.state = state;
    setText("state", WORDS[state]);
    if (state !== "connecting") {
      const unkept = `Messages cannot be stored now: ${this.#storageError}. What you write stays in the box.`;
      const sentences = { __proto__: SENTENCES, unkept, refused: this.#refusal, banned: this.#refusal };
      const sentence = sentences[state] ?? "";
      setText("status", sentence);
      element("banner").hidden = !sentence;
    }
    element("again").hidden = !RETRYING.includes(state) && !(state in BUTTONS);
    element("again").textContent = BUTTONS[state] ?? "Try now";
    this.#count();
  }

  #count() {
    const left = Math.max(Math.ceil((this.#due - Date.now()) / 1000), 1);
    setText("countdown", RETRYING.includes(this.#state) ? `${left} s` : "");
  }
}
