// What was said, as it is shown: by speaker and by day, and where the reader stands.
//
// The scroller counts from its bottom (column-reverse), so that what is put in at the
// top moves nothing, and who is at the bottom stays there.

import { day, line, localise } from "./page.js";
import { fillName } from "./user-list.js";
import { isTall, visible, visibleName } from "./safe-text.js";

const MOST = 2000; // lines that are kept on the page
const MOST_NOTICES = 50;
const PAUSE = 300_000; // milliseconds after which a speaker is named again
const NEAR = 48; // pixels from the bottom that count as being there
const HUSH = 1000; // milliseconds that the live region is off for what is old

const element = (id) => document.getElementById(id);

// Says which day begins and who goes on speaking, for lines that come in order.
class Order {
  #name = null;
  #time = 0;
  #day = "";

  // Return what to show for the message: the day before it, if one begins.
  place(item, name, time) {
    const today = day(time);
    const follows = name === this.#name && today === this.#day && Math.abs(time - this.#time) < PAUSE;
    item.classList.toggle("follows", follows);
    const begun = today === this.#day ? [] : [line("day", today)];
    [this.#name, this.#time, this.#day] = [name, time, today];
    return [...begun, item];
  }

  // Somebody else had a word: the next speaker is named.
  interrupt() {
    this.#name = null;
  }
}

function isolated(name) {
  const made = document.createElement("bdi");
  made.textContent = visibleName(name);
  return made;
}

function message({ sequence, source, time, message: text }) {
  const item = element("a-message").content.cloneNode(true).querySelector("li");
  item.id = `m${sequence}`;
  fillName(item, source);
  const said = item.querySelector(".text");
  said.textContent = visible(text);
  if (isTall(said.textContent)) said.tabIndex = 0;
  item.querySelector(".when").href = `/m/${sequence}#m${sequence}`;
  const stamp = item.querySelector("time");
  stamp.dateTime = time;
  localise(stamp);
  return item;
}

export class Log {
  first = Number(document.documentElement.dataset.first); // the oldest that is shown

  #log = element("log");
  #scroll = element("scroll");
  #order = new Order();
  #coming = []; // what is to be shown with the next flush
  #notices = [];
  #newcomers = new Map(); // their notices since the last message, by name
  #unread = 0; // below what the reader sees
  #missed = 0; // while nobody saw the page
  #quiet = 0;

  constructor() {
    this.#hush();
    const items = [...this.#log.querySelectorAll(".message")];
    const placed = items.flatMap((item) => {
      const name = item.querySelector(".name").textContent;
      return this.#order.place(item, name, new Date(item.querySelector("time").dateTime));
    });
    this.#log.replaceChildren(...placed);
    this.#scroll.addEventListener("scroll", () => this.#isNear() && this.#seen(), { passive: true });
    element("fresh").addEventListener("click", () => this.toEnd());
    document.addEventListener("visibilitychange", () => this.#tellTitle());
  }

  get isFull() {
    return this.#log.children.length >= MOST - 100;
  }

  // Show a message that was said now, or that was missed a moment ago.
  add(data) {
    this.#newcomers.clear();
    this.#queue(this.#order.place(message(data), data.source, new Date(data.time)));
    this.#unread += 1;
    if (document.hidden) this.#missed += 1;
  }

  // Show who came and went; a screen reader has the list of people for that.
  notice(name, verb, to = "") {
    this.#order.interrupt();
    const item = line("notice", "");
    item.append(isolated(name), ` ${verb} `, isolated(to));
    item.ariaHidden = "true";
    if (verb === "joined") this.#newcomers.set(name, item);
    else this.#newcomers.delete(name);
    this.#notices.push(item);
    if (this.#notices.length > MOST_NOTICES) this.#drop(this.#notices.shift());
    this.#queue([item]);
  }

  // Say who is called what now; a newcomer joined as that.
  renamed(name, to) {
    const item = this.#newcomers.get(name);
    if (!item) return this.notice(name, "is now", to);
    item.firstChild.textContent = visibleName(to);
    this.#newcomers.delete(name);
    this.#newcomers.set(to, item);
  }

  // Say nothing of a newcomer who was here before, and came back by another name.
  returned(name) {
    const item = this.#newcomers.get(name);
    if (!item) return;
    this.#newcomers.delete(name);
    this.#notices = this.#notices.filter((other) => other !== item);
    this.#drop(item);
  }

  // Say that something is not here.
  gap(text) {
    this.#order.interrupt();
    this.#queue([line("gap", text)]);
  }

  // Show messages from before the first one.
  before(messages, more) {
    this.#hush();
    const order = new Order();
    const items = messages.flatMap((data) => order.place(message(data), data.source, new Date(data.time)));
    const days = items.filter((item) => item.className === "day");
    const head = this.#log.firstElementChild;
    if (head?.className === "day" && head.textContent === days.at(-1)?.textContent) head.remove();
    this.#log.prepend(...items);
    if (messages.length) this.first = messages[0].sequence;
    this.tellOlder(more && messages.length > 0);
  }

  // Offer what is older, or do not.
  tellOlder(more) {
    element("older").hidden = !more;
    element("older").querySelector("a").href = `/?before=${this.first}`;
  }

  // The history is another, or has lost what came after *last*.
  forget(last = 0) {
    this.flush();
    for (const item of this.#log.querySelectorAll(".message[id]")) {
      if (Number(item.id.slice(1)) <= last) continue;
      item.removeAttribute("id");
      item.querySelector(".when").removeAttribute("href");
    }
    this.first = Math.min(this.first, last + 1);
    if (!last) this.tellOlder(false);
  }

  toEnd() {
    this.#scroll.scrollTop = 0;
    this.#seen();
  }

  // Put on the page what has come since the last time.
  flush() {
    if (!this.#coming.length) return;
    const wasNear = this.#isNear();
    const height = this.#scroll.scrollHeight;
    this.#log.append(...this.#coming);
    this.#coming = [];
    element("empty").hidden = this.#log.querySelector(".message") !== null;
    if (wasNear) this.toEnd();
    else this.#scroll.scrollTop -= this.#scroll.scrollHeight - height;
    this.#trim();
    this.#tellUnread();
    this.#tellTitle();
  }

  #queue(items) {
    if (!this.#coming.length) queueMicrotask(() => this.flush());
    this.#coming.push(...items);
  }

  #drop(item) {
    this.#coming = this.#coming.filter((other) => other !== item);
    item.remove();
  }

  #trim() {
    const much = this.#log.children.length - MOST;
    if (much <= 0) return;
    for (const item of [...this.#log.children].slice(0, much)) item.remove();
    const first = this.#log.querySelector(".message[id]");
    if (!first) return;
    this.first = Number(first.id.slice(1));
    this.tellOlder(true);
  }

  // Turn the live region off while old messages are put into it.
  #hush() {
    element("live").ariaLive = "off";
    clearTimeout(this.#quiet);
    this.#quiet = setTimeout(() => (element("live").ariaLive = "polite"), HUSH);
  }

  #isNear() {
    return this.#scroll.scrollTop > -NEAR;
  }

  #seen() {
    this.#unread = 0;
    this.#tellUnread();
  }

  #tellUnread() {
    const fresh = element("fresh");
    fresh.hidden = this.#unread === 0;
    fresh.textContent = this.#unread === 1 ? "1 new message" : `${this.#unread} new messages`;
  }

  #tellTitle() {
    if (!document.hidden) this.#missed = 0;
    document.title = this.#missed ? `(${this.#missed}) Parlour` : "Parlour";
  }
}
