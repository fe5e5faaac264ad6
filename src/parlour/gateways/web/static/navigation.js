// Moves between the rooms of the page: by links, the keyboard and the browser's buttons,
// and away from a room that the user leaves.

import { element } from "./dom.js";
import { Overlay } from "./overlay.js";
import { PREFIX } from "./prefix.js";
import { roomAt } from "./rooms.js";

export class Navigation {
  #rooms;
  #view;
  #invitations;
  #actions;
  #overlay;

  // `actions` are join(room, showError), and leave(room), which returns whether the user
  // is not in it any more; and focus(), for the message box.
  constructor({ rooms, view, invitations, actions }) {
    [this.#rooms, this.#view, this.#invitations, this.#actions] = [rooms, view, invitations, actions];
    this.#overlay = new Overlay({
      find: (url) => this.#find(url),
      follow: (room, event) => this.#follow(room, event),
      restore: (url) => this.#restore(url),
      joined: () => rooms.mine(),
    });
    document.addEventListener("keydown", (event) => this.#step(event));
  }

  show(room) {
    this.#overlay.hide();
    this.#view.list.close();
    element("go").open = false;
    this.#view.show(room);
  }

  // Enter the room that is shown, or close a direct room that is over.
  enter() {
    const { room } = this.#view;
    if (room.isDirect) this.#showNext();
    else this.#actions.join(room.name, (reason) => this.#view.report(reason));
  }

  // Leave the room that is shown.
  part() {
    if (this.#actions.leave(this.#view.room)) this.#showNext();
  }

  #showNext() {
    const [next] = this.#rooms.mine();
    if (next) this.show(next);
    else location.assign(`${PREFIX}/`);
  }

  // Return the room of an address if it can be shown without loading a page.
  #find(url) {
    const name = roomAt(url);
    const isInvited = name && this.#invitations.text({ name, title: "" });
    return this.#rooms.get(name) ?? (isInvited ? this.#rooms.add(name) : undefined);
  }

  // Show the room of a link that was clicked. Only a mouse moves the focus to the box: on
  // a phone, that would open the keyboard.
  #follow(room, event) {
    if (room !== this.#view.room) this.show(room);
    else if (this.#overlay.isOpen) this.#overlay.close();
    else this.#view.scrollToEnd();
    if (event.detail && matchMedia("(pointer: fine)").matches) this.#actions.focus();
  }

  // Show the room of the address to which the browser went back or forward.
  #restore(url) {
    const room = this.#find(url);
    if (room) this.#view.show(room, { isBack: true });
    else if (roomAt(url) !== null) location.reload();
  }

  // Show the room above or below.
  #step(event) {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!step || !event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (document.querySelector("dialog[open]")) return;
    event.preventDefault();
    this.show(this.#view.list.neighbour(step));
  }
}
