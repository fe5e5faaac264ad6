// The list of messages and notices, grouped by author and by day.
//
// The list scrolls from its bottom (column-reverse), so items added at the top do not
// move the others, and a reader at the bottom stays there.

import { create, element, onClick } from "./dom.js";
import { day, localise } from "./local-time.js";
import { isTall, visible, visibleName } from "./safe-text.js";
import { fillName } from "./user-list.js";

const MAX_ITEMS = 2000;
const MAX_NOTICES = 50;
const GROUP_GAP = 300_000; // milliseconds after which an author's name is shown again
const END_ZONE = 48; // pixels from the bottom that count as the end
const SILENCE = 1000; // milliseconds without the live region after adding old messages

// Groups messages, which are given in order.
class Grouping {
  #author = null;
  #time = 0;
  #day = "";

  // Return the items to show: the message, with a day heading before the first of a day.
  place(item, author, time) {
    const today = day(time);
    const follows = author === this.#author && today === this.#day && Math.abs(time - this.#time) < GROUP_GAP;
    item.classList.toggle("follows", follows);
    const heading = today === this.#day ? [] : [create("li", "day", today)];
    [this.#author, this.#time, this.#day] = [author, time, today];
    return [...heading, item];
  }

  // Show the author of the next message: a notice comes before it.
  interrupt() {
    this.#author = null;
  }
}

const isolated = (name) => create("bdi", "", visibleName(name));

// Return the items for a message from the server.
const renderIn = (grouping, data) => grouping.place(render(data), data.source, new Date(data.time));

function render({ sequence, source, time, message: text }) {
  const item = element("a-message").content.cloneNode(true).querySelector("li");
  item.id = `m${sequence}`;
  fillName(item, source);
  const paragraph = item.querySelector(".text");
  paragraph.textContent = visible(text);
  if (isTall(paragraph.textContent)) paragraph.tabIndex = 0;
  item.querySelector(".when").href = `/m/${sequence}#m${sequence}`;
  const stamp = item.querySelector("time");
  stamp.dateTime = time;
  localise(stamp);
  return item;
}

export class MessageList {
  first = Number(document.documentElement.dataset.first); // the oldest sequence shown

  #log = element("log");
  #scroll = element("scroll");
  #grouping = new Grouping();
  #queue = []; // items for the next flush
  #notices = [];
  #joinNotices = new Map(); // since the last message, by name
  #unread = 0; // messages below the visible ones
  #missed = 0; // messages while the tab was hidden
  #silenceTimer = 0;

  constructor() {
    this.#silence();
    const items = [...this.#log.querySelectorAll(".message")];
    const grouped = items.flatMap((item) => {
      const name = item.querySelector(".name").textContent;
      return this.#grouping.place(item, name, new Date(item.querySelector("time").dateTime));
    });
    this.#log.replaceChildren(...grouped);
    this.#scroll.addEventListener("scroll", () => this.#isAtEnd() && this.#markRead(), { passive: true });
    onClick("fresh", () => this.scrollToEnd());
    document.addEventListener("visibilitychange", () => this.#showTitle());
  }

  get isFull() {
    return this.#log.children.length >= MAX_ITEMS - 100;
  }

  add(data) {
    this.#joinNotices.clear();
    this.#enqueue(renderIn(this.#grouping, data));
    this.#unread += 1;
    if (document.hidden) this.#missed += 1;
  }

  // Append a notice. Screen readers skip it: they have the list of users.
  addNotice(name, verb, to = "") {
    this.#grouping.interrupt();
    const item = create("li", "notice", "");
    item.append(isolated(name), ` ${verb} `, isolated(to));
    item.ariaHidden = "true";
    if (verb === "joined") this.#joinNotices.set(name, item);
    else this.#joinNotices.delete(name);
    this.#notices.push(item);
    if (this.#notices.length > MAX_NOTICES) this.#remove(this.#notices.shift());
    this.#enqueue([item]);
  }

  // Append a notice of a rename, or change the name in a recent notice of joining.
  addRename(name, to) {
    const item = this.#joinNotices.get(name);
    if (!item) return this.addNotice(name, "is now", to);
    item.firstChild.textContent = visibleName(to);
    this.#joinNotices.delete(name);
    this.#joinNotices.set(to, item);
  }

  // Remove the notice of joining of a user who was already present under another name.
  removeJoinNotice(name) {
    const item = this.#joinNotices.get(name);
    if (!item) return;
    this.#joinNotices.delete(name);
    this.#notices = this.#notices.filter((other) => other !== item);
    this.#remove(item);
  }

  // Append a warning about missing messages.
  addGap(text) {
    this.#grouping.interrupt();
    this.#enqueue([create("li", "gap", text)]);
  }

  // Prepend older messages; `more` is true if the server has even older ones.
  prepend(messages, more) {
    this.#silence();
    const grouping = new Grouping();
    const items = messages.flatMap((data) => renderIn(grouping, data));
    const days = items.filter((item) => item.className === "day");
    const head = this.#log.firstElementChild;
    if (head?.className === "day" && head.textContent === days.at(-1)?.textContent) head.remove();
    this.#log.prepend(...items);
    if (messages.length) this.first = messages[0].sequence;
    this.showOlderLink(more && messages.length > 0);
  }

  showOlderLink(more) {
    element("older").hidden = !more;
    element("older").querySelector("a").href = `/?before=${this.first}`;
  }

  // Remove the links of messages after `last`, which the server's history does not have.
  unlink(last = 0) {
    this.flush();
    for (const item of this.#log.querySelectorAll(".message[id]")) {
      if (Number(item.id.slice(1)) <= last) continue;
      item.removeAttribute("id");
      item.querySelector(".when").removeAttribute("href");
    }
    this.first = Math.min(this.first, last + 1);
    if (!last) this.showOlderLink(false);
  }

  scrollToEnd() {
    this.#scroll.scrollTop = 0;
    this.#markRead();
  }

  // Add the queued items to the page at once.
  flush() {
    if (!this.#queue.length) return;
    const wasAtEnd = this.#isAtEnd();
    const height = this.#scroll.scrollHeight;
    this.#log.append(...this.#queue);
    this.#queue = [];
    element("empty").hidden = this.#log.querySelector(".message") !== null;
    if (wasAtEnd) this.scrollToEnd();
    else this.#scroll.scrollTop -= this.#scroll.scrollHeight - height;
    this.#trim();
    this.#showUnread();
    this.#showTitle();
  }

  #enqueue(items) {
    if (!this.#queue.length) queueMicrotask(() => this.flush());
    this.#queue.push(...items);
  }

  #remove(item) {
    this.#queue = this.#queue.filter((other) => other !== item);
    item.remove();
  }

  #trim() {
    const excess = this.#log.children.length - MAX_ITEMS;
    if (excess <= 0) return;
    for (const item of [...this.#log.children].slice(0, excess)) item.remove();
    const first = this.#log.querySelector(".message[id]");
    if (!first) return;
    this.first = Number(first.id.slice(1));
    this.showOlderLink(true);
  }

  // Turn off the live region while old messages are added.
  #silence() {
    element("live").ariaLive = "off";
    clearTimeout(this.#silenceTimer);
    this.#silenceTimer = setTimeout(() => (element("live").ariaLive = "polite"), SILENCE);
  }

  #isAtEnd() {
    return this.#scroll.scrollTop > -END_ZONE;
  }

  #markRead() {
    this.#unread = 0;
    this.#showUnread();
  }

  #showUnread() {
    const button = element("fresh");
    button.hidden = this.#unread === 0;
    button.textContent = this.#unread === 1 ? "1 new message" : `${this.#unread} new messages`;
  }

  #showTitle() {
    if (!document.hidden) this.#missed = 0;
    document.title = this.#missed ? `(${this.#missed}) Parlour` : "Parlour";
  }
}
