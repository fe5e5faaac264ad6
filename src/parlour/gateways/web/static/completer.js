// Suggestions for the message box: names after @, and commands after / at its beginning.

import { create, element } from "./dom.js";
import { hueClass, visibleName } from "./safe-text.js";
import { isYou } from "./you.js";

const MAX_SHOWN = 8;
const GAP = 5; // pixels above the box

export class Completer {
  #box;
  #list = element("complete");
  #found = []; // {label, text, hue}: what is shown, what replaces the word, a class
  #start = 0; // of the word in the box
  #at = 0; // the chosen one
  #actions;

  // `actions` are names(), of the users in the room, and commands(), with their slash.
  constructor(box, actions) {
    [this.#box, this.#actions] = [box, actions];
    box.addEventListener("blur", () => this.close());
    box.addEventListener("click", () => this.update());
    this.#list.addEventListener("mousedown", (event) => {
      event.preventDefault(); // the box keeps the focus
      const at = [...this.#list.children].indexOf(event.target.closest("li"));
      if (at >= 0) this.#pick(at);
    });
  }

  // Show what fits the word before the caret.
  update() {
    const { value, selectionStart, selectionEnd } = this.#box;
    const before = selectionStart === selectionEnd ? value.slice(0, selectionStart) : "";
    this.#found = this.#suggestions(before).slice(0, MAX_SHOWN);
    this.#at = 0;
    this.#draw();
  }

  close() {
    this.#found = [];
    this.#draw();
  }

  // Handle a key of the box; return whether it is about a suggestion.
  key(event) {
    if (!this.#found.length || event.isComposing) return false;
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (step) {
      this.#at = (this.#at + step + this.#found.length) % this.#found.length;
      this.#draw();
    } else if (event.key === "Tab" || (event.key === "Enter" && !event.shiftKey)) {
      this.#pick(this.#at);
    } else if (event.key === "Escape") {
      this.close();
    } else {
      return false;
    }
    event.preventDefault();
    return true;
  }

  #suggestions(before) {
    const command = before.match(/^\/(\S*)$/);
    if (command) {
      this.#start = 0;
      const found = this.#actions.commands().filter((each) => each.startsWith(before));
      if (found.includes(before)) return []; // it is whole: Enter sends it
      return found.map((each) => ({ label: each, text: `${each} ` }));
    }
    const mention = before.match(/(?<=^|\s)@([^@\n]*)$/);
    if (!mention) return [];
    this.#start = mention.index;
    const wanted = mention[1].toLowerCase();
    const found = this.#actions.names().filter((name) => name.toLowerCase().startsWith(wanted));
    found.sort((a, b) => isYou(a) - isYou(b) || a.toLowerCase().localeCompare(b.toLowerCase()));
    return found.map((name) => ({ label: visibleName(name), text: `@${name} `, hue: isYou(name) ? "" : hueClass(name) }));
  }

  #pick(at) {
    const { value, selectionStart } = this.#box;
    const { text } = this.#found[at];
    this.close();
    this.#box.setRangeText(text, this.#start, selectionStart, "end");
    if (this.#box.value !== value) this.#box.dispatchEvent(new Event("input", { bubbles: true }));
    this.close(); // the event may have opened it again
  }

  #draw() {
    const isOpen = this.#found.length > 0;
    const rows = this.#found.map(({ label, hue = "" }, at) => {
      const row = create("li");
      row.append(create("bdi", hue, label));
      row.id = `complete-${at}`;
      row.role = "option";
      row.ariaSelected = String(at === this.#at);
      return row;
    });
    this.#list.replaceChildren(...rows);
    this.#list.hidden = !isOpen;
    const { left, top, width } = this.#box.getBoundingClientRect();
    Object.assign(this.#list.style, { left: `${left}px`, bottom: `${innerHeight - top + GAP}px`, maxWidth: `${width}px` });
    if (isOpen) this.#box.setAttribute("aria-activedescendant", `complete-${this.#at}`);
    else this.#box.removeAttribute("aria-activedescendant");
  }
}
