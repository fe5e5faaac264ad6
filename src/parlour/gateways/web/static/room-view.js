// The room that is shown, in all parts of the page: its messages, its users, its name and
// topic, the message box, and the lists.

import { element } from "./dom.js";
import { MessageList } from "./message-list.js";
import { Reading } from "./reading.js";
import { isAtLeast, roleIn } from "./roles.js";
import { RoomHead } from "./room-head.js";
import { RoomList } from "./room-list.js";
import { RoomMenu } from "./room-menu.js";
import { LOBBY, roomAt } from "./rooms.js";
import { UserList } from "./user-list.js";

const PAGE_SIZE = 50; // messages per request
const LISTED = 100; // other open rooms in the list
const LIST_AGE = 10_000; // milliseconds after which they are requested again

export class RoomView {
  list;
  head;

  #rooms;
  #session;
  #composer;
  #outbox;
  #standing;
  #invitations;
  #menu;
  #send;
  #reading;
  #messages = new MessageList();
  #users;
  #listedAt = 0;

  // `composer` and `outbox` are null on a page that only shows the chat. `actions` are
  // setTopic(text), part(), person(name), for another user who is clicked, invite(), and
  // order(request).
  constructor({ rooms, session, composer, outbox, standing, invitations, send, actions }) {
    [this.#rooms, this.#session, this.#composer, this.#invitations] = [rooms, session, composer, invitations];
    [this.#outbox, this.#standing, this.#send] = [outbox, standing, send];
    this.#menu = composer && new RoomMenu(actions);
    this.#reading = new Reading(send, () => this.see());
    this.list = new RoomList(rooms, (room) => outbox?.rooms({ areRefused: true }).includes(room.name) ?? false, () => invitations.all());
    this.head = new RoomHead(actions);
    this.#users = new UserList((name) => ![null, name].includes(session.you), actions.person);
    this.#show(rooms.current);
    document.addEventListener("visibilitychange", () => this.see());
  }

  // The role of the user in the room.
  get role() {
    return roleIn(this.room, this.#session.role);
  }

  get room() {
    return this.#rooms.current;
  }

  // Show `room`. If `isBack`, the browser has its address already.
  show(room, { isBack = false } = {}) {
    if (!isBack && roomAt(location) !== room.name) history.pushState({}, "", room.address);
    const before = this.room;
    if (room === before) return this.update();
    before.newAfter = null;
    this.#rooms.current = room;
    if (!before.isMine) this.#rooms.drop(before);
    this.#show(room);
    element("announcement").textContent = room.title;
    this.load(room);
    this.listOthers({ isNew: false });
  }

  // Request what is not known about a room, if it is shown.
  load(room) {
    if (room !== this.room || !room.isHeard) return;
    if (!room.users.isLoaded) room.users.isLoaded = this.#send("users", { room: room.name });
    if (!room.isLoaded) this.loadOlder();
  }

  // Request the other open rooms, unless they were requested just now.
  listOthers({ isNew = true } = {}) {
    const now = Date.now();
    if ((isNew || now - this.#listedAt > LIST_AGE) && this.#send("rooms", { limit: LISTED })) this.#listedAt = now;
  }

  // Request older messages; return whether they can be shown here.
  loadOlder() {
    const { room } = this;
    if (room.log.isFull || !room.isHeard) return false;
    room.isPaging ||= this.#send("history", { room: room.name, before: room.log.first, limit: PAGE_SIZE });
    return room.isPaging;
  }

  // Show a line before the unread messages that have been loaded.
  markNew(room) {
    if (room !== this.room || room.newAfter === null) return;
    room.log.mark(room.newAfter);
    this.#messages.scrollToNew();
  }

  scrollToEnd() {
    this.#messages.scrollToEnd();
  }

  // Return whether the user sees new messages of `room`.
  isSeen(room) {
    return room === this.room && !document.hidden;
  }

  // Show everything that depends on the state of the room.
  update() {
    const { room } = this;
    room.invitation = this.#invitations.text(room);
    const isUser = (this.#session.you ?? this.#session.name) !== null;
    const canLeave = room.isMine && (isUser || this.#rooms.mine().length > 1);
    this.head.show(room, { isMember: isUser && room.isMine, canLeave });
    this.#composer?.showOutside(...room.outside());
    this.#showOrder(isUser && room.isMine);
    this.#messages.refresh();
    this.#users.draw();
    this.list.draw();
    this.#rooms.changed();
  }

  // Show what holds for a user of the room, and what those who keep order in it may do.
  #showOrder(isMember) {
    if (!this.#composer) return;
    const { room } = this;
    const keepsOrder = isAtLeast(this.role, "moderator");
    this.#standing.show(room, isMember, keepsOrder);
    this.#menu.show(room, this.role);
  }

  // Show a reason beside the message box, or in the log if there is none.
  report(reason) {
    if (this.#composer) this.#composer.showError(reason);
    else this.room.log.addGap(reason);
  }

  #show(room) {
    this.#messages.show(room);
    this.see();
    this.#users.show(room.users);
    this.#composer?.enter(room.name);
    this.#outbox?.show(room.name);
    const find = element("find-room");
    [find.value, find.disabled] = [room.name, room.isDirect || room.name === LOBBY];
    this.update();
  }

  // Count the messages of the room as read, here and on the user's other devices.
  see() {
    const { room } = this;
    if (document.hidden) return;
    this.#reading.seen(room);
    if (!room.unread) return;
    room.newAfter = room.seen;
    room.forgetUnread();
    this.markNew(room);
    this.list.draw();
    this.#rooms.changed();
  }
}
