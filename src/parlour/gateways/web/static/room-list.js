// The list of rooms beside the conversation, which is a drawer in a narrow window, and
// the title of the document.

import { arrange, create, element } from "./dom.js";
import { roomAddress } from "./rooms.js";
import { hueClass, visibleName } from "./safe-text.js";

const narrow = matchMedia("(max-width: 64rem)");
const READ_ICON = element("icon").getAttribute("href");
const DRAW_INTERVAL = 50; // milliseconds

export class RoomList {
  #rooms;
  #hasRefused;
  #invited;
  #others = null; // the other open rooms, as the server lists them; null if unknown
  #rows = new Map(); // by the name of the room
  #timer = 0;
  #drawnAt = 0;

  // `hasRefused(room)` returns whether messages of the room were refused, and `invited()`
  // the rooms to which the user is invited, and by whom.
  constructor(rooms, hasRefused, invited) {
    [this.#rooms, this.#hasRefused, this.#invited] = [rooms, hasRefused, invited];
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
    const names = new Set(shown.map((room) => room.name));
    const invited = this.#invited().filter((each) => !names.has(each.room));
    const others = this.#others?.filter((other) => !names.has(other.room)) ?? [];
    const before = this.#rows;
    this.#rows = new Map();
    const row = (key, fill) => {
      const found = before.get(key) ?? element("a-room").content.cloneNode(true).querySelector("li");
      this.#rows.set(key, found);
      fill(found.querySelector("a"));
      return found;
    };
    const rowOf = (room) => row(room.name, (link) => this.#fill(link, room));
    arrangeIn("room", shown.filter((room) => !room.isDirect).map(rowOf));
    arrangeIn("direct", shown.filter((room) => room.isDirect).map(rowOf));
    arrangeIn("invited", invited.map((each) => row(`?${each.room}`, (link) => fillOther(link, each.room, `by ${visibleName(each.by)}`))));
    arrangeIn("other", others.map((other) => row(` ${other.room}`, (link) => fillOther(link, other.room, usersOf(other)))));
    const unread = shown.reduce((sum, room) => sum + room.unread, 0);
    document.title = `${unread ? `(${unread}) ` : ""}${visibleName(this.#rooms.current.title)} – Parlour`;
    showIcon(unread ? element("icon").dataset.unread : READ_ICON);
    const forYou = shown.reduce((sum, room) => sum + (room.isDirect ? room.unread : room.mentions), 0);
    const sum = forYou ? badge(`${forYou}`, `for you, ${unread} unread`, true) : badge(`${unread}`, "unread", false);
    element("menu-badge").replaceWith(Object.assign(sum, { id: "menu-badge", hidden: !unread }));
  }

  #fill(link, room) {
    fillLink(link, room.title, room.address, room.partner ? hueClass(room.partner) : "");
    link.ariaCurrent = room === this.#rooms.current ? "page" : null;
    link.classList.toggle("news", room.unread > 0);
    const notes = room.isPrivate ? [create("span", "", "private")] : [];
    if (room.mentions && !room.isDirect) notes.push(badge(`@${room.mentions}`, `with your name, ${room.unread} unread`, true));
    else if (room.unread) notes.push(badge(`${room.unread}`, "unread", room.isDirect));
    if (this.#hasRefused(room)) notes.push(create("span", "error", "not sent"));
    link.querySelector(".size").replaceChildren(...notes);
  }
}

// Show the icon of the tab, which the browser loads again if the address is set.
function showIcon(address) {
  if (element("icon").getAttribute("href") !== address) element("icon").href = address;
}

function fillLink(link, title, address, hue = "") {
  const shown = link.querySelector(".hash");
  [shown.textContent, shown.className] = [visibleName(title), `hash ${hue}`];
  link.href = address;
}

const usersOf = ({ users }) => (users === 1 ? "1 user" : `${users.toLocaleString("en")} users`);

function fillOther(link, room, note) {
  fillLink(link, `#${room}`, roomAddress(room));
  link.querySelector(".size").textContent = note;
}

function arrangeIn(kind, rows) {
  const list = element(`${kind}-list`);
  arrange(list, rows);
  list.hidden = !rows.length;
  if (kind !== "room") element(`${kind}-title`).hidden = !rows.length;
}

// Return a number beside a room, with its meaning for screen readers.
function badge(text, meaning, isLoud) {
  const made = create("span", isLoud ? "badge loud" : "badge", text);
  made.append(create("span", "unseen", ` ${meaning}`));
  return made;
}
