// The list of rooms beside the conversation, which is a drawer in a narrow window, and
// the title of the document.

import { create, element } from "./dom.js";
import { roomAddress } from "./rooms.js";
import { visibleName } from "./safe-text.js";

const narrow = matchMedia("(max-width: 64rem)");
const DRAW_INTERVAL = 50; // milliseconds

// Return a number beside a room, with its meaning for screen readers.
function badge(text, meaning, className = "badge") {
  const made = create("span", className, text);
  made.append(create("span", "unseen", ` ${meaning}`));
  return made;
}

export class RoomList {
  #rooms;
  #hasRefused;
  #others = null; // the other open rooms, as the server lists them; null if unknown
  #timer = 0;
  #drawnAt = 0;

  // `hasRefused(room)` returns whether messages of the room were refused.
  constructor(rooms, hasRefused) {
    [this.#rooms, this.#hasRefused] = [rooms, hasRefused];
    const nav = element("rooms");
    const fold = () => {
      nav.popover = narrow.matches ? "auto" : null;
      element("menu").hidden = !narrow.matches;
    };
    narrow.addEventListener("change", fold);
    fold();
    nav.addEventListener("click", ({ target }) => target.closest("a") && this.close());
  }

  // Close the drawer.
  close() {
    if (narrow.matches) element("rooms").hidePopover();
  }

  showOthers(rooms) {
    this.#others = rooms;
    this.draw();
  }

  // Return the room that is `step` places after the current one.
  neighbour(step) {
    const shown = this.#rooms.all();
    return shown[(shown.indexOf(this.#rooms.current) + step + shown.length) % shown.length];
  }

  // Draw the list now or, if it has just been drawn, soon.
  draw() {
    const wait = Math.max(this.#drawnAt + DRAW_INTERVAL - Date.now(), 0);
    this.#timer ||= setTimeout(() => {
      [this.#timer, this.#drawnAt] = [0, Date.now()];
      this.#drawNow();
    }, wait);
  }

  #drawNow() {
    const shown = this.#rooms.all();
    this.#fill("room", shown.filter((room) => !room.isDirect).map((room) => this.#row(room)));
    this.#fill("direct", shown.filter((room) => room.isDirect).map((room) => this.#row(room)));
    const others = this.#others?.filter(({ room: name }) => !shown.some((room) => room.name === name)) ?? [];
    this.#fill("other", others.map(({ room: name, users }) => this.#otherRow(name, users)));
    const unread = shown.reduce((sum, room) => sum + room.unread, 0);
    document.title = `${unread ? `(${unread}) ` : ""}${visibleName(this.#rooms.current.title)} – Parlour`;
    const loud = shown.some((room) => room.mentions);
    const sum = badge(`${unread}`, "unread", loud ? "badge loud" : "badge");
    element("menu-badge").replaceWith(Object.assign(sum, { id: "menu-badge", hidden: !unread }));
  }

  #fill(kind, rows) {
    const list = element(`${kind}-list`);
    const focused = list.contains(document.activeElement) && document.activeElement.getAttribute("href");
    list.replaceChildren(...rows);
    list.hidden = !rows.length;
    if (kind !== "room") element(`${kind}-title`).hidden = !rows.length;
    if (focused) [...list.querySelectorAll("a")].find((link) => link.getAttribute("href") === focused)?.focus();
  }

  #row(room) {
    const row = this.#blank(room.title, room.address);
    const link = row.querySelector("a");
    if (room === this.#rooms.current) link.ariaCurrent = "page";
    const notes = row.querySelector(".size");
    notes.textContent = "";
    if (room.unread) notes.append(badge(`${room.unread}`, "unread", room.isDirect ? "badge loud" : "badge"));
    if (room.mentions && !room.isDirect) notes.append(" ", badge(`@${room.mentions}`, "with your name", "badge loud"));
    if (this.#hasRefused(room)) notes.append(" ", create("span", "error", "not sent"));
    if (room.unread) link.classList.add("news");
    return row;
  }

  #otherRow(name, users) {
    const row = this.#blank(`#${name}`, roomAddress(name));
    row.querySelector(".size").textContent = users === 1 ? "1 user" : `${users.toLocaleString("en")} users`;
    return row;
  }

  #blank(title, address) {
    const row = element("a-room").content.cloneNode(true).querySelector("li");
    row.querySelector(".hash").textContent = visibleName(title);
    row.querySelector("a").href = address;
    return row;
  }
}
