// Notifications of the desktop, for messages to a user who does not see the page.

import { element, onClick } from "./dom.js";
import { visibleName } from "./safe-text.js";

const MAX_BODY = 200; // characters

export class Notifications {
  #button = element("notify");

  // `open(room)` shows the room of a notification that is clicked.
  constructor(open) {
    this.open = open;
    onClick("notify", () => this.#ask());
    this.#draw();
  }

  // Notify the user of a message, if they have allowed it and do not see the page.
  show(room, { source, message: text }) {
    if (!document.hidden || globalThis.Notification?.permission !== "granted") return;
    const where = room.isDirect ? "" : ` in ${visibleName(room.title)}`;
    const body = visibleName(text).slice(0, MAX_BODY);
    const shown = new Notification(`${visibleName(source)}${where}`, { body, tag: room.name });
    shown.onclick = () => (window.focus(), shown.close(), this.open(room));
  }

  async #ask() {
    await Notification.requestPermission();
    this.#draw();
  }

  // The button shows the permission, which only the browser can take back.
  #draw() {
    const permission = globalThis.Notification?.permission;
    this.#button.hidden = !permission;
    this.#button.disabled = permission !== "default";
    this.#button.textContent = `Notifications: ${{ default: "off", granted: "on", denied: "blocked by the browser" }[permission]}`;
  }
}
