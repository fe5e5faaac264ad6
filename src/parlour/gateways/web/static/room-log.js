// The messages and notices of one room, grouped by author and by day.
//
// A log that is not shown is kept up to date, but shorter.

import { create, element } from "./dom.js";
import { isIgnored } from "./ignored.js";
import { day, localise } from "./local-time.js";
import { setTabStops } from "./message-keys.js";
import { fillText, offerAll } from "./message-text.js";
import { Notices } from "./notices.js";
import { isTall, visible } from "./safe-text.js";
import { fillName } from "./user-list.js";
import { markOwn } from "./you.js";

const MAX_ITEMS = 2000;
const MAX_HIDDEN = 200; // items of a log that is not shown
const GROUP_GAP = 300_000; // milliseconds after which an author's name is shown again

// Groups messages, which are given in order.
class Grouping {
  #author = null;
  #time = 0;
  #day = "";
  #minute = 0;

  // Return the items to show: the message, with a day heading before the first of a day.
  place(item, author, time) {
    const today = day(time);
    const isAction = item.querySelector(".action") !== null;
    const follows = !isAction && author === this.#author && today === this.#day && Math.abs(time - this.#time) < GROUP_GAP;
    const minute = Math.floor(time / 60_000);
    item.classList.toggle("follows", follows);
    item.classList.toggle("same-minute", minute === this.#minute && today === this.#day);
    if (!item.hidden) this.#minute = minute;
    const heading = today === this.#day ? [] : [create("li", "day", today)];
    [this.#author, this.#time, this.#day] = [isAction ? null : author, time, today];
    return [...heading, item];
  }

  // Show the author of the next message: a notice comes before it.
  interrupt() {
    this.#author = null;
  }
}

// Show that a message is erased, as `rendering.py` does.
function showErased(item) {
  const text = item.querySelector(".text");
  if (item.contains(document.activeElement)) Object.assign(item, { tabIndex: -1 }).focus();
  Object.assign(text, { className: "text erased", textContent: "(erased)" });
  text.removeAttribute("tabindex");
  markOwn(item);
}

const sequenceOf = (item) => Number(item.id.slice(1));

export class RoomLog {
  list = create("ol", "log");
  first = 1; // the oldest sequence
  hasMore = false; // the server has older messages
  view = null; // the `MessageList` that shows this log

  #room;
  #grouping = new Grouping();
  #queue = []; // items for the next flush
  #isScheduled = false; // the next flush
  #notices = new Notices();

  constructor(room) {
    this.#room = room;
    this.first = room.sequence + 1;
  }

  get isFull() {
    return this.list.children.length >= MAX_ITEMS - 100;
  }

  get isEmpty() {
    return !this.list.querySelector(".message");
  }

  // Take over the list that the server has rendered.
  adopt(list, first) {
    [this.list, this.first, this.hasMore] = [list, first, !element("older").hidden];
    const grouped = [...list.querySelectorAll(".message")].flatMap((item) => {
      markOwn(item);
      setTabStops(item, false);
      const name = item.querySelector(".name").textContent;
      return this.#grouping.place(item, name, new Date(item.querySelector("time").dateTime));
    });
    list.replaceChildren(...grouped);
  }

  clear(first) {
    [this.#queue, this.#notices, this.#grouping] = [[], new Notices(), new Grouping()];
    this.list.replaceChildren();
    [this.first, this.hasMore] = [first, false];
    this.view?.refresh();
  }

  add(data) {
    this.#notices.end();
    const items = this.#render(this.#grouping, data);
    this.#enqueue(items);
    if (!isIgnored(data.source)) this.view?.count(items.at(-1));
  }

  // Add a notice. Screen readers skip it: they have the list of users.
  addNotice(name, verb, to = "") {
    this.#grouping.interrupt();
    const [added, removed] = this.#notices.add(name, verb, to);
    this.#enqueue(added);
    for (const item of removed) this.#remove(item);
  }

  // Add a notice of a rename, or change the name in a recent notice of joining.
  addRename(name, to) {
    if (this.#notices.rename(name, to)) this.#enqueue([]);
    else this.addNotice(name, "is now", to);
  }

  // Remove the notice of joining of a user who was already present under another name.
  removeJoinNotice(name) {
    const item = this.#notices.removeJoin(name);
    this.#enqueue([]);
    if (item) this.#remove(item);
  }

  // Append a warning about missing messages, or another fact about the room.
  addGap(text) {
    this.#addRow("gap", [text]);
  }

  // Append what a moderator did, or an answer to one, as `nodes`. Screen readers read it.
  addAct(nodes) {
    this.#addRow("notice act", nodes).dataset.sign = "--";
  }

  addAnnouncement(nodes) {
    this.#addRow("announcement", nodes);
  }

  // Prepend older messages; `more` is true if the server has even older ones.
  prepend(messages, more) {
    this.view?.silence();
    this.flush();
    const isFirst = this.isEmpty;
    const grouping = new Grouping();
    const items = messages.flatMap((data) => this.#render(grouping, data));
    const days = items.filter((item) => item.className === "day");
    const head = this.list.querySelector(".day:not(.new), .message"); // after any notices
    if (head?.className === "day" && head.textContent === days.at(-1)?.textContent) head.remove();
    if (isFirst) {
      this.#grouping = grouping; // the next message may be of the same day
      if (this.list.children.length) grouping.interrupt();
    }
    this.list.prepend(...items);
    if (messages.length) this.first = messages[0].sequence;
    this.hasMore = more && messages.length > 0;
    this.view?.refresh();
  }

  // Show a line before the first message after `sequence`; without it, remove the line.
  mark(sequence) {
    this.flush();
    this.list.querySelector(".new")?.remove();
    if (sequence === undefined) return;
    const items = [...this.list.querySelectorAll(".message[id]")];
    const item = items.find((each) => sequenceOf(each) > sequence);
    item?.before(create("li", "day new", "New messages"));
    item?.classList.remove("follows", "same-minute");
  }

  // Mark again which messages are the user's own: the user has another name.
  markOwn() {
    this.flush();
    for (const item of this.list.querySelectorAll(".message")) markOwn(item);
  }

  // Remove the text of a message.
  erase(sequence) {
    this.flush();
    const item = this.list.querySelector(`#m${sequence}`);
    if (item) showErased(item);
  }

  // Remove the links of messages after `last`, which the server's history does not have.
  unlink(last = 0) {
    this.flush();
    for (const item of this.list.querySelectorAll(".message[id]")) {
      if (sequenceOf(item) <= last) continue;
      item.removeAttribute("id");
      item.querySelector(".when").removeAttribute("href");
    }
    this.first = Math.min(this.first, last + 1);
    if (!last) this.hasMore = false;
    this.view?.refresh();
  }

  // Add the queued items, and draw changed notices, at once.
  flush() {
    this.#isScheduled = false;
    if (!this.#queue.length && !this.#notices.hasChanged) return;
    const append = () => {
      this.#notices.draw();
      this.list.append(...this.#queue);
      this.#queue = [];
    };
    if (this.view) this.view.keepPlace(append);
    else append();
    this.trim();
    this.view?.refresh();
  }

  // Remove the oldest items over the limit.
  trim() {
    const excess = this.list.children.length - (this.view ? MAX_ITEMS : MAX_HIDDEN);
    if (excess <= 0) return;
    for (const item of [...this.list.children].slice(0, excess)) item.remove();
    const first = this.list.querySelector(".message[id]");
    if (first) [this.first, this.hasMore] = [sequenceOf(first), true];
  }

  #addRow(className, nodes) {
    const row = create("li", className);
    row.append(...nodes);
    this.#grouping.interrupt();
    this.#notices.interrupt();
    this.#enqueue([row]);
    return row;
  }

  #enqueue(items) {
    if (!this.#isScheduled) queueMicrotask(() => this.flush());
    this.#isScheduled = true;
    this.#queue.push(...items);
  }

  #remove(item) {
    this.#queue = this.#queue.filter((other) => other !== item);
    item.remove();
  }

  // Return the items for a message from the server.
  #render(grouping, { sequence, source, time, message: text, erased: isErased }) {
    const item = element("a-message").content.cloneNode(true).querySelector("li");
    item.id = `m${sequence}`;
    fillName(item, source);
    const paragraph = item.querySelector(".text");
    if (isErased) showErased(item);
    else fillText(paragraph, visible(text));
    if (isTall(paragraph.textContent)) {
      paragraph.tabIndex = 0;
      offerAll(paragraph);
    }
    const link = item.querySelector(".when");
    const address = this.#room.messageAddress(sequence);
    if (address) link.href = address;
    else link.removeAttribute("href");
    item.hidden = isIgnored(source);
    const stamp = item.querySelector("time");
    stamp.dateTime = time;
    localise(stamp);
    markOwn(item);
    setTabStops(item, false);
    return grouping.place(item, source, new Date(time));
  }
}
