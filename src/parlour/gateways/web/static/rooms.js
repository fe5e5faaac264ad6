// The rooms of this page: those that its session is in or watches, and the one shown.
//
// Over a reload, the tab keeps each room's cursor and its unread messages.

import { innerPath, PREFIX } from "./prefix.js";
import { RoomLog } from "./room-log.js";
import { RoomUsers } from "./room-users.js";
import { load, store } from "./storage.js";

export const LOBBY = "lobby";
const MAX_ROOMS = 200; // of a session, with direct rooms; the server's limit
const MAX_WATCHED = 100; // without a session; the oldest are dropped
const SAVE_DELAY = 250; // milliseconds
const SAVED = ["name", "epoch", "sequence", "seen", "unread", "mentions", "partner", "topic", "isPrivate"];

const isDirect = (name) => name.startsWith("direct:");

// Return the address of a room. That of a direct room leads anybody else to the lobby.
export function roomAddress(name) {
  if (isDirect(name)) return `${PREFIX}/#${name}`;
  return name === LOBBY ? `${PREFIX}/` : `${PREFIX}/r/${encodeURIComponent(name)}`;
}

// Return the name of the room with this address, or null.
export function roomAt({ origin, pathname, search, hash }) {
  if (origin !== location.origin || search) return null;
  const path = innerPath(pathname);
  if (path === "/") return isDirect(hash.slice(1)) ? hash.slice(1) : LOBBY;
  const found = path.match(/^\/r\/([^/]+)$/);
  return found && decodeURIComponent(found[1]);
}

export class Room {
  epoch = null; // with `sequence`, the cursor; null if there is none
  sequence = 0;
  seen = 0; // the sequence before the first unread message
  unread = 0;
  mentions = 0; // of them, those with the user's name
  read = null; // how far the account has read it, on any device; null for a guest
  toldAt = 0; // when the server was told that
  topic = "";
  partner = null; // the other user of a direct room
  isOneWay = false; // the partner cannot answer
  isMine = false; // the session is in it, or will be once it is connected
  isHeard = false; // it is, on this connection
  isResumed = false; // it was before, too
  isLoaded = false; // the messages before the cursor were requested
  isPaging = false; // older messages are requested
  closed = ""; // why it cannot be used
  removal = ""; // how a moderator has removed the user
  role = null; // that which the user was given in it
  isLocked = false; // only moderators speak
  slow = 0; // seconds between two messages of one person
  isKept = true; // the server stores what is said
  isPrivate = false; // only invited users can enter it
  invitation = ""; // why the user may enter it
  newAfter = null; // while it is shown: the sequence before the messages that were unread

  constructor(name, saved = {}) {
    Object.assign(this, saved);
    this.name = name;
    this.isDirect = isDirect(name);
    this.log = new RoomLog(this);
    this.users = new RoomUsers((who) => this.log.addNotice(who, "left"));
  }

  get address() {
    return roomAddress(this.name);
  }

  // The address of the page that keeps order in the room.
  get orderAddress() {
    return this.name === LOBBY ? `${PREFIX}/order` : `${roomAddress(this.name)}/order`;
  }

  get title() {
    return this.isDirect ? (this.partner ?? "Direct message") : `#${this.name}`;
  }

  // Return the address of a message; those of a direct room have none.
  messageAddress(sequence) {
    if (this.isDirect) return null;
    return `${this.name === LOBBY ? PREFIX : roomAddress(this.name)}/m/${sequence}#m${sequence}`;
  }

  // Return why the user cannot write here, and the label of a button; or empty strings.
  outside() {
    if (this.isMine) return ["", ""];
    if (this.invitation) return [this.invitation, `Enter ${this.title}`];
    if (this.isDirect) return [`${this.closed || "The conversation is over"}.`, "Close"];
    if (this.closed) return [`${this.title} is ${this.closed}. You can open it.`, `Open ${this.title}`];
    return [this.removal || `You are not in ${this.title}.`, `Join ${this.title}`];
  }

  // Note that the connection is lost.
  disconnected() {
    this.isHeard = this.isPaging = false;
    this.users.disconnected();
  }

  // Count an unread message; `before` is the cursor before it.
  count(before, isMention) {
    if (!this.unread) this.seen = before;
    this.unread += 1;
    if (isMention) this.mentions += 1;
  }

  // Take how far the account has read the room, and what the server counts after that. If
  // the session goes on after its cursor, what follows is counted when it arrives.
  takePosition({ read, unread, mentions }, isShown) {
    this.read = read;
    if (read === null) return;
    if (read >= this.sequence) this.forgetUnread();
    else if (!this.isResumed || isShown) [this.seen, this.unread, this.mentions] = [read, unread, mentions];
  }

  // Another device has read up to `read`.
  readElsewhere({ read, unread, mentions }) {
    if (this.read === null || read <= this.read) return;
    this.read = read;
    if (read >= this.sequence) this.forgetUnread();
    else if (unread < this.unread) [this.seen, this.unread, this.mentions] = [read, unread, mentions];
  }

  forgetUnread() {
    [this.unread, this.mentions] = [0, 0];
  }

  // Forget the messages, and start after `sequence`.
  restart(epoch, sequence) {
    [this.epoch, this.sequence] = [epoch, sequence];
    this.forgetUnread();
    this.isLoaded = false;
    this.log.clear(sequence + 1);
  }
}

export class Rooms {
  current;

  #rooms = new Map(); // by name
  #saveTimer = 0;
  #savedNames = null;
  #outbox;

  // The page has been rendered for the room in `data`. Without a name, it is watched.
  // A room with unconfirmed messages in the `outbox` is kept.
  constructor(data, hasName, outbox) {
    this.#outbox = outbox;
    const all = load("rooms", null);
    for (const saved of all?.slice(hasName ? -MAX_ROOMS : 1 - MAX_WATCHED) ?? []) {
      if (hasName || !isDirect(saved.name)) this.add(saved.name, saved).isMine = true;
    }
    const room = this.get(data.room) ?? this.add(data.room);
    if (data.epoch) {
      [room.epoch, room.sequence, room.isLoaded] = [data.epoch, Number(data.sequence), true];
      room.topic = document.getElementById("topic").textContent;
      room.isPrivate = document.getElementById("title").className === "private";
      room.log.adopt(document.getElementById("log"), Number(data.first));
    }
    // A room that is closed must not be in the hello, which would open it.
    if ("closed" in data) [room.isMine, room.closed] = [false, "not open"];
    else room.isMine ||= !hasName || !all;
    for (const name of outbox?.rooms() ?? []) this.get(name) ?? this.add(name);
    this.current = this.get(roomAt(location)) ?? room;
    if (!room.isMine) this.drop(room);
    addEventListener("pagehide", () => this.#save());
  }

  get(name) {
    return this.#rooms.get(name);
  }

  add(name, saved) {
    const room = new Room(name, saved);
    this.#rooms.set(name, room);
    return room;
  }

  // Forget a room that the session has left, unless the user sees it or has to.
  drop(room) {
    room.isMine = room.isHeard = false;
    const isNeeded = room.unread || this.#outbox?.rooms().includes(room.name);
    if (room !== this.current && !isNeeded) this.#rooms.delete(room.name);
    this.changed();
  }

  // Return all rooms: the lobby first, then by name; direct rooms in their order.
  all() {
    const rank = ({ name, isDirect: last }) => (last ? 2 : Number(name !== LOBBY));
    const compare = (a, b) => rank(a) - rank(b) || (a.isDirect ? 0 : a.name < b.name ? -1 : 1);
    return [...this.#rooms.values()].sort(compare);
  }

  // Watch the room that is shown, if there is no other room.
  watchCurrent() {
    const { current } = this;
    if (!this.mine().length && !current.isDirect && !current.closed) current.isMine = true;
  }

  mine() {
    return this.all().filter((room) => room.isMine);
  }

  // Save the rooms: soon, or now if there are others.
  changed() {
    if (this.#names() !== this.#savedNames) this.#save();
    else this.saveSoon();
  }

  saveSoon() {
    this.#saveTimer ||= setTimeout(() => this.#save(), SAVE_DELAY);
  }

  #names() {
    return this.mine().map((room) => room.name).join();
  }

  // Save the rooms, those that were entered first before the others.
  #save() {
    clearTimeout(this.#saveTimer);
    this.#saveTimer = 0;
    this.#savedNames = this.#names();
    const mine = [...this.#rooms.values()].filter((room) => room.isMine);
    store("rooms", mine.map((room) => Object.fromEntries(SAVED.map((key) => [key, room[key]]))));
  }
}
