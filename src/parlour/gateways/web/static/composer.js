// The forms: a name to join with, and a message to send. The draft survives a reload.

import { element, onClick } from "./dom.js";
import { load, store } from "./storage.js";

// The second click of a double click was meant for the previous button.
const isFirstClick = (event) => event.detail < 2;
const bytes = (text) => new TextEncoder().encode(text).length;

export class Composer {
  maxText = 4096; // bytes of UTF-8

  #you = null;
  #box = element("box");
  #joinButton = element("join").querySelector(".main");
  #actions;

  // `actions` are join(name), leave(), and send(text), which returns whether it took the text.
  constructor(actions) {
    this.#actions = actions;
    this.#box.value = load("draft", "");
    this.#box.addEventListener("input", () => this.#changed());
    this.#box.addEventListener("keydown", (event) => this.#key(event));
    element("say").addEventListener("submit", (event) => (event.preventDefault(), this.#send()));
    element("join").addEventListener("submit", (event) => (event.preventDefault(), this.#join()));
    this.#joinButton.addEventListener("click", (event) => isFirstClick(event) || event.preventDefault());
    onClick("rename", (event) => isFirstClick(event) && this.#rename());
    onClick("keep", () => (this.show(this.#you), this.#box.focus()));
    onClick("leave", (event) => isFirstClick(event) && actions.leave());
    this.#fit();
  }

  // Show the form for messages of `you`, or the form to join if that is null.
  show(you) {
    const hadFocus = element(you === null ? "say" : "join").contains(document.activeElement);
    this.#you = you;
    this.#showForm(you === null);
    element("you").textContent = you ?? "";
    this.showError("");
    this.showError("", "name-error");
    if (hadFocus) element(you === null ? "name" : "box").focus(); // the other form is hidden
    this.#fit();
  }

  // Show why a name is refused, beside the box in which it was entered.
  showNameError(reason) {
    this.showError(reason, element("join").hidden ? "box-error" : "name-error");
  }

  showError(reason, where = "box-error") {
    element(where).textContent = reason && `${reason[0].toUpperCase()}${reason.slice(1)}.`;
  }

  // Fill in a name if the box is empty.
  suggest(name) {
    element("name").value ||= name;
  }

  // Put a text back into an empty box, or before its text if forced; return whether it did.
  putBack(text, { force = false } = {}) {
    const isEmpty = this.#box.value.trim() === "";
    if (!isEmpty && !force) return false;
    this.#fill(isEmpty ? text : `${text}\n${this.#box.value}`);
    return true;
  }

  #showForm(isJoining) {
    element("join").hidden = !isJoining;
    element("say").hidden = isJoining;
    element("skip").hidden = isJoining;
    element("keep").hidden = this.#you === null;
    element("aside-note").hidden = this.#you !== null;
    this.#joinButton.textContent = this.#you === null ? "Join" : "Change";
  }

  #rename() {
    this.#showForm(true);
    element("name").value = this.#you;
    element("name").select();
  }

  #join() {
    const name = element("name").value;
    this.showError("", "name-error");
    if (name.trim()) this.#actions.join(name);
    else this.showError("a name has at least one character", "name-error");
  }

  #send() {
    const input = this.#box.value.toWellFormed().trimEnd(); // JSON has no lone surrogates
    this.showError("");
    if (!input.trim()) return;
    const command = input.match(/^\/setname\s+(\S.*)$/);
    if (command) {
      this.#fill("");
      this.#actions.join(command[1]);
      return;
    }
    if (/^\/(?!\/)/.test(input)) {
      this.showError("the only command here is /setname NAME; to send a line that begins with /, double the /");
      return;
    }
    const text = input.replace(/^\/\//, "/");
    if (bytes(text) > this.maxText) {
      const [size, most] = [bytes(text), this.maxText].map((number) => number.toLocaleString("en"));
      this.showError(`the message has ${size} bytes, and at most ${most} are allowed; split it`);
      return;
    }
    if (this.#actions.send(text)) this.#fill("");
  }

  #key(event) {
    // 229: the Enter that ends a composition in some browsers.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    this.#send();
  }

  #changed() {
    store("draft", this.#box.value);
    this.#fit();
  }

  #fill(text) {
    this.#box.value = text;
    this.#changed();
  }

  // Make the box as high as its text, within the limits of the style sheet.
  #fit() {
    if (CSS.supports("field-sizing", "content")) return;
    this.#box.style.height = "auto";
    this.#box.style.height = `${this.#box.scrollHeight + 2}px`;
  }
}
