// How the connection stands, in words: one for the corner, a sentence where it matters.

const WORDS = {
  connecting: "Connecting …",
  live: "Live",
  waiting: "Offline",
  refused: "Refused",
  full: "Full",
  stopped: "Stopped",
  replaced: "Elsewhere",
  unkept: "Read-only",
};

const SENTENCES = {
  waiting: "The connection is lost. This page tries again by itself, and keeps what you write.",
  full: "The chat is full now. This page comes back by itself.",
  stopped: "The server is being stopped. This page comes back when it does.",
  replaced: "This chat is open in another tab.",
};

const element = (id) => document.getElementById(id);

function say(where, text) {
  if (element(where).textContent !== text) element(where).textContent = text; // said once
}

export class Banner {
  #due = 0;
  #unkept = "";
  #refusal = "";
  #state = "connecting";

  // `act(state)` is called when the one button is pressed.
  constructor(act) {
    element("again").addEventListener("click", () => act(this.#state));
    setInterval(() => this.#count(), 250);
  }

  // Show the state; *due* is when the next attempt is made, by the clock of Date.now,
  // and *refusal* why none has come to anything.
  tell(state, due, refusal) {
    [this.#state, this.#due, this.#refusal] = [state, due, refusal];
    if (state === "live") this.#unkept = "";
    this.#draw();
  }

  // Say that messages are not kept, and why; or, with nothing, that they are.
  tellUnkept(reason) {
    this.#unkept = reason;
    this.#draw();
  }

  #draw() {
    const state = this.#state === "live" && this.#unkept ? "unkept" : this.#state;
    element("state").dataset.state = state;
    say("state", WORDS[state]);
    if (state !== "connecting") {
      const unkept = `Messages cannot be kept now, so none is taken: ${this.#unkept}. What you write stays in the box.`;
      const told = { __proto__: SENTENCES, unkept, refused: this.#refusal };
      const sentence = told[state] ?? "";
      say("status", sentence);
      element("banner").hidden = !sentence;
    }
    element("again").hidden = !["waiting", "refused", "full", "stopped", "replaced"].includes(state);
    element("again").textContent = state === "replaced" ? "Use it here" : "Try now";
    this.#count();
  }

  #count() {
    const isWaiting = ["waiting", "refused", "full", "stopped"].includes(this.#state);
    const left = Math.max(Math.ceil((this.#due - Date.now()) / 1000), 1);
    say("countdown", isWaiting ? `${left} s` : "");
  }
}
