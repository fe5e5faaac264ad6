// The forms: a name to join with, and a message to send. Each room has its own draft,
// which survives a reload.

import { signInAddress } from "./account.js";
import { COMMANDS, parse } from "./commands.js";
import { Completer } from "./completer.js";
import { create, element, onClick, sentence } from "./dom.js";
import { showHelp } from "./help.js";
import { Recall } from "./recall.js";
import { visibleName } from "./safe-text.js";
import { load, store } from "./storage.js";

const MAX_DRAFTS = 100; // rooms with a draft; the oldest are dropped

// The second click of a double click was meant for the previous button.
const isFirstClick = (event) => event.detail < 2;
const bytes = (text) => new TextEncoder().encode(text).length;

export class Composer {
  maxText = 4096; // bytes of UTF-8

  #you = null;
  #room = "";
  #questioned = ""; // the line that may be meant as a command
  #outside = ""; // why `you` cannot write in the room
  #drafts = new Map(load("drafts", [])); // by room
  #box = element("box");
  #recall = new Recall();
  #completer;
  #joinButton = element("join").querySelector(".main");
  #actions;

  // `actions` are join(name), leave(), enter(), names(), run(command), and send(text),
  // which returns whether it took the text.
  constructor(actions) {
    this.#actions = actions;
    this.#completer = new Completer(this.#box, { names: actions.names, commands: () => COMMANDS });
    this.#box.addEventListener("input", () => (this.#changed(), this.#completer.update()));
    this.#box.addEventListener("keydown", (event) => this.#key(event));
    element("say").addEventListener("submit", (event) => (event.preventDefault(), this.#send()));
    element("join").addEventListener("submit", (event) => (event.preventDefault(), this.#join()));
    this.#joinButton.addEventListener("click", (event) => isFirstClick(event) || event.preventDefault());
    onClick("rename", (event) => isFirstClick(event) && this.#rename());
    onClick("keep", () => (this.show(this.#you), this.#box.focus()));
    onClick("leave", (event) => isFirstClick(event) && actions.leave());
    onClick("enter", () => actions.enter());
  }

  // Show the draft of `room`.
  enter(room) {
    this.#room = room;
    this.#box.value = this.#drafts.get(room) ?? "";
    this.showError("");
    this.#fit();
  }

  // Show why `you` cannot write in the room, and a button; or, without a reason, the box.
  // A box with a text stays, so that the text can be copied. One with the focus stays, too:
  // somebody who is typing would press the button with the next blank.
  showOutside(reason, label) {
    if (reason !== this.#outside) this.showError(""); // about what was possible before
    this.#outside = reason;
    const hasFocus = element("say-row").contains(document.activeElement);
    element("outside-text").textContent = reason;
    element("enter").textContent = label;
    element("outside").hidden = !reason;
    this.#showBox(!reason || hasFocus || this.#box.value !== "");
  }

  focus() {
    if (!element("say").hidden) element(element("say-row").hidden ? "enter" : "box").focus();
  }

  // Show the form for messages of `you`, or the form to join if that is null.
  show(you) {
    const hadFocus = element(you === null ? "say" : "join").contains(document.activeElement);
    this.#you = you;
    this.#showForm(you === null);
    element("you").textContent = you ?? "";
    element("say-row").dataset.you = visibleName(you ?? "");
    this.showError("");
    this.showError("", "name-error");
    if (hadFocus && you === null) element("name").focus(); // the other form is hidden
    else if (hadFocus) this.focus();
    this.#fit();
  }

  // Show why a name is refused, beside the box in which it was entered. If it is that of
  // an account, a link leads to the page to sign in; `name` is used without a box.
  showNameError(reason, code = "", name = "") {
    const where = element("join").hidden ? "box-error" : "name-error";
    this.showError(reason, where);
    if (code !== "name_registered" || !element("sign-in")) return;
    const link = create("a", "", "Sign in");
    link.href = signInAddress(where === "name-error" ? element("name").value.trim() : name);
    element(where).append(" ", link);
  }

  showError(reason, where = "box-error") {
    element(where).textContent = sentence(reason);
    element(where.replace("-error", "")).ariaInvalid = `${Boolean(reason)}`;
  }

  // Fill in a name if the box is empty.
  suggest(name) {
    element("name").value ||= name;
  }

  // Put a text back into the empty draft of `room`, or before its text if forced; return
  // whether it did.
  putBack(room, text, { force = false } = {}) {
    const draft = this.#drafts.get(room) ?? "";
    const isEmpty = draft.trim() === "";
    if (!isEmpty && !force) return false;
    this.#keep(room, isEmpty ? text : `${text}\n${draft}`);
    if (room === this.#room) {
      this.#box.value = this.#drafts.get(room);
      this.#showBox(true);
      this.#fit();
    }
    return true;
  }

  #showBox(isShown) {
    element("say-row").hidden = !isShown;
  }

  #showForm(isJoining) {
    element("join").hidden = !isJoining;
    element("say").hidden = element("who").hidden = isJoining;
    element("skip").hidden = isJoining;
    element("keep").hidden = this.#you === null;
    element("aside-note").hidden = this.#you !== null;
    this.#joinButton.textContent = this.#you === null ? "Join" : "Change";
  }

  #rename() {
    this.#showForm(true);
    element("name").value = this.#you;
    element("name").focus();
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
    const { text, command, error, isSecret, question, help, ...rest } = parse(input, this.#actions.names(), this.#room);
    if (isSecret) this.#fill("");
    if (error) return this.showError(error);
    if (help) {
      this.#fill("");
      this.#keep(this.#room, "");
      return showHelp();
    }
    if (question && input !== this.#questioned) {
      this.#questioned = input;
      return this.showError(question);
    }
    if (text !== undefined && bytes(text) > this.maxText) {
      const [size, most] = [bytes(text), this.maxText].map((number) => number.toLocaleString("en"));
      return this.showError(`the message has ${size} bytes, and at most ${most} are allowed; split it`);
    }
    if (!command && this.#outside) return this.showError(this.#outside.replace(/\.$/, ""));
    const room = this.#room;
    const isDone = command ? this.#actions.run({ command, text, ...rest }) : this.#actions.send(text);
    if (!isDone) return;
    this.#recall.add(input);
    this.#completer.close();
    this.#keep(room, "");
    if (room === this.#room) this.#fill("");
  }

  #key(event) {
    if (this.#completer.key(event) || this.#recallKey(event)) return;
    // 229: the Enter that ends a composition in some browsers.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    this.#send();
  }

  // Show a message that was sent before, while the box has no text of its own.
  #recallKey(event) {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!step || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || event.isComposing) return false;
    const text = this.#recall.step(this.#box.value, step);
    if (text === null) return false;
    event.preventDefault();
    this.#fill(text);
    return true;
  }

  #changed() {
    this.#keep(this.#room, this.#box.value);
    this.#fit();
  }

  #fill(text) {
    this.#box.value = text;
    this.#changed();
  }

  #keep(room, draft) {
    this.#drafts.delete(room);
    if (draft) this.#drafts.set(room, draft);
    if (this.#drafts.size > MAX_DRAFTS) this.#drafts.delete(this.#drafts.keys().next().value);
    store("drafts", [...this.#drafts]);
  }

  // Make the box as high as its text, within the limits of the style sheet.
  #fit() {
    if (CSS.supports("field-sizing", "content")) return;
    this.#box.style.height = "auto";
    this.#box.style.height = `${this.#box.scrollHeight + 2}px`;
  }
}
