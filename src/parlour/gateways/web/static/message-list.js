// The conversation: shows the log of one room, and where its reader is.
//
// It scrolls from its bottom (column-reverse), so items added at the top do not move
// the others, and a reader at the bottom stays there.

import { element, onClick } from "./dom.js";
import { handleKeys } from "./message-keys.js";
import { roomAddress } from "./rooms.js";

const END_ZONE = 48; // pixels from the bottom that count as the end
const SILENCE = 1000; // milliseconds without the live region after adding old messages

export class MessageList {
  #room = null;
  #scroll = element("scroll");
  #older = element("older").querySelector("a");
  #unread = 0; // messages below the visible ones
  #firstUnread = null; // the row of the first of them
  #silenceTimer = 0;

  constructor() {
    this.#scroll.addEventListener("scroll", () => this.#isAtEnd() && this.#markRead(), { passive: true });
    onClick("fresh", () => this.#showFirstUnread());
    handleKeys();
  }

  // Show the log of `room`, from its end or from its first unread message.
  show(room) {
    const { log } = room;
    const hadFocus = element("live").contains(document.activeElement);
    if (this.#room) {
      this.#room.log.view = null;
      this.#room.log.mark();
      this.#room.log.list.removeAttribute("id");
      this.#room.log.trim();
    }
    this.#room = room;
    log.flush();
    log.view = this;
    log.list.id = "log";
    this.silence();
    element("live").replaceChildren(log.list);
    this.refresh();
    this.scrollToEnd();
    if (hadFocus) this.#scroll.focus({ preventScroll: true });
  }

  // Scroll to the line before the first unread message, if it is above the window.
  scrollToNew() {
    const line = this.#room.log.list.querySelector(".new");
    if (line && line.getBoundingClientRect().top < this.#scroll.getBoundingClientRect().top) line.scrollIntoView();
  }

  scrollToEnd() {
    this.#scroll.scrollTop = 0;
    this.#markRead();
  }

  // -- called by the log --

  // Count `row` as unread, unless the reader will see it.
  count(row) {
    this.#firstUnread ??= row;
    this.#unread += 1;
  }

  // Call `change`, which adds items at the end, without moving what the reader sees.
  keepPlace(change) {
    const wasAtEnd = this.#isAtEnd();
    const height = this.#scroll.scrollHeight;
    change();
    if (wasAtEnd) this.scrollToEnd();
    else this.#scroll.scrollTop -= this.#scroll.scrollHeight - height;
    this.#showUnread();
  }

  // Show the link to older messages, and that there are no messages or that a room is closed.
  refresh() {
    const { log, name, isDirect, isKept, isLoaded, invitation } = this.#room;
    const closed = invitation ? "" : this.#room.closed;
    element("older").hidden = !log.hasMore;
    this.#older.href = isDirect ? roomAddress(name) : `${roomAddress(name)}?before=${log.first}`;
    const empty = element("empty");
    empty.hidden = !log.isEmpty || !(isLoaded || closed || invitation);
    const closing = `${this.#room.title} is ${closed}. It opens when somebody joins it.`;
    empty.textContent = isDirect
      ? `Only the two of you can read what is said here.${isKept ? "" : " It is not kept when one of you leaves the chat."}`
      : closed
        ? closing
        : invitation || "Nobody has said anything yet. Be the first.";
    element("closed").hidden = isDirect || !closed || log.isEmpty;
    element("closed").textContent = closing;
  }

  // Turn off the live region while old messages are added.
  silence() {
    element("live").ariaLive = "off";
    clearTimeout(this.#silenceTimer);
    this.#silenceTimer = setTimeout(() => (element("live").ariaLive = "polite"), SILENCE);
  }

  #isAtEnd() {
    return this.#scroll.scrollTop > -END_ZONE;
  }

  #markRead() {
    [this.#unread, this.#firstUnread] = [0, null];
    this.#showUnread();
  }

  // Scroll to the first unread message, or to the end if it has been reached already.
  #showFirstUnread() {
    const row = this.#firstUnread;
    const isBelow = row?.isConnected && row.getBoundingClientRect().top > this.#scroll.getBoundingClientRect().bottom;
    if (!isBelow) return this.scrollToEnd();
    this.#room.newAfter = Number(row.id.slice(1)) - 1;
    this.#room.log.mark(this.#room.newAfter);
    this.#room.log.list.querySelector(".new").scrollIntoView();
  }

  #showUnread() {
    const button = element("fresh");
    button.hidden = this.#unread === 0;
    button.textContent = this.#unread === 1 ? "1 new message" : `${this.#unread} new messages`;
  }
}
