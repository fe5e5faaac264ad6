// The boxes: a name to join by, and what to say. Nothing that was typed is lost.

import { keep, recall } from "./storage.js";

const element = (id) => document.getElementById(id);
// Not the second half of a double click, which was meant for what was here before.
const isNew = (event) => event.detail < 2;
const bytes = (text) => new TextEncoder().encode(text).length;

export class Composer {
  maxText = 4096; // bytes of UTF-8

  #you = null;
  #box = element("box");
  #actions;

  // `actions` are join(name), say(text), which tells whether it took it, and leave().
  constructor(actions) {
    this.#actions = actions;
    this.#box.value = recall("draft", "");
    this.#box.addEventListener("input", () => this.#typed());
    this.#box.addEventListener("keydown", (event) => this.#key(event));
    element("say").addEventListener("submit", (event) => (event.preventDefault(), this.#say()));
    element("join").addEventListener("submit", (event) => (event.preventDefault(), this.#join()));
    element("join").querySelector(".main").addEventListener("click", (event) => isNew(event) || event.preventDefault());
    element("rename").addEventListener("click", (event) => isNew(event) && this.#rename());
    element("keep").addEventListener("click", () => (this.show(this.#you), this.#box.focus()));
    element("leave").addEventListener("click", (event) => isNew(event) && actions.leave());
    this.#fit();
  }

  // Show the box of one who is called so, or the name box to one who only reads.
  show(you) {
    const hadFocus = element(you === null ? "say" : "join").contains(document.activeElement);
    this.#you = you;
    this.#swap(you === null);
    element("you").textContent = you ?? "";
    this.complain("");
    this.complain("", "name-error");
    if (hadFocus) element(you === null ? "name" : "box").focus(); // where it was is gone
    this.#fit();
  }

  // Say why a name cannot be had, beside the box that it was typed in.
  refuseName(reason) {
    this.complain(reason, element("join").hidden ? "box-error" : "name-error");
  }

  complain(reason, where = "box-error") {
    element(where).textContent = reason && `${reason[0].toUpperCase()}${reason.slice(1)}.`;
  }

  // Suggest a name, unless one is being typed.
  suggest(name) {
    element("name").value ||= name;
  }

  // Tell whether the text got into the box, which may hold another.
  putBack(text, { force = false } = {}) {
    const isEmpty = this.#box.value.trim() === "";
    if (!isEmpty && !force) return false;
    this.#fill(isEmpty ? text : `${text}\n${this.#box.value}`);
    return true;
  }

  #swap(isJoining) {
    element("join").hidden = !isJoining;
    element("say").hidden = isJoining;
    element("skip").hidden = isJoining;
    element("keep").hidden = this.#you === null;
    element("aside-note").hidden = this.#you !== null;
    element("join").querySelector(".main").textContent = this.#you === null ? "Join" : "Change";
  }

  #rename() {
    this.#swap(true);
    element("name").value = this.#you;
    element("name").select();
  }

  #join() {
    const name = element("name").value;
    this.complain("", "name-error");
    if (name.trim()) this.#actions.join(name);
    else this.complain("a name has at least one character", "name-error");
  }

  #say() {
    const text = this.#box.value.toWellFormed().trimEnd(); // half an emoji is no JSON
    this.complain("");
    if (!text.trim()) return;
    const command = text.match(/^\/setname\s+(\S.*)$/);
    if (command) {
      this.#fill("");
      this.#actions.join(command[1]);
      return;
    }
    if (/^\/(?!\/)/.test(text)) {
      this.complain("a line that begins with / is a command, and the only one here is /setname NAME; to say a line like that, double the /");
      return;
    }
    const said = text.replace(/^\/\//, "/");
    if (bytes(said) > this.maxText) {
      const [much, most] = [bytes(said), this.maxText].map((number) => number.toLocaleString("en"));
      this.complain(`that is ${much} bytes, and a message has at most ${most}; say it in parts`);
      return;
    }
    if (this.#actions.say(said)) this.#fill("");
  }

  #key(event) {
    // 229: the Enter that ends a composition in some browsers.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    this.#say();
  }

  #typed() {
    keep("draft", this.#box.value);
    this.#fit();
  }

  #fill(text) {
    this.#box.value = text;
    this.#typed();
  }

  // Let the box be as high as its text, within the limits of the style sheet.
  #fit() {
    if (CSS.supports("field-sizing", "content")) return;
    this.#box.style.height = "auto";
    this.#box.style.height = `${this.#box.scrollHeight + 2}px`;
  }
}
