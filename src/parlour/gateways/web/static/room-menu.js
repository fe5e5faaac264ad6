// What those who keep order in the room that is shown may do with it: a part of the menu.

import { element, onClick } from "./dom.js";
import { isAtLeast } from "./roles.js";
import { LOBBY } from "./rooms.js";

const QUESTION = "Make public? Everybody can read it then";

export class RoomMenu {
  #room = null;

  // `invite()` asks whom, and `order(request)` sends a request.
  constructor({ invite, order }) {
    onClick("invite", invite);
    const button = element("set-private");
    button.addEventListener("blur", () => this.#draw());
    onClick("set-private", () => {
      const { name: room, isPrivate } = this.#room;
      if (isPrivate && button.textContent !== QUESTION) button.textContent = QUESTION;
      else order({ type: "set", data: { room, private: !isPrivate } });
    });
  }

  // Show what somebody with this `role` may do with `room`.
  show(room, role) {
    const isOwner = room.isMine && isAtLeast(role, "owner");
    const link = element("keep-order");
    link.hidden = !isAtLeast(role, "moderator");
    link.href = room.orderAddress;
    element("invite").hidden = !isOwner;
    element("set-private").hidden = !isOwner || room.name === LOBBY;
    const isSame = room === this.#room && room.isPrivate === this.#room.isPrivate;
    this.#room = room;
    if (!isSame || element("set-private").textContent !== QUESTION) this.#draw();
  }

  #draw() {
    element("set-private").textContent = this.#room.isPrivate ? "Make public" : "Make private";
  }
}
