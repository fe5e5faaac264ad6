// The name and the topic of the room that is shown, and what to do with it.

import { element, onClick } from "./dom.js";
import { visibleName } from "./safe-text.js";

export class RoomHead {
  #room = null;

  // `setTopic(text)` sends a topic, and `part()` leaves the room.
  constructor({ setTopic, part }) {
    onClick("part", part);
    onClick("topic-edit", () => this.edit());
    onClick("topic-cancel", () => this.#close());
    element("topic-form").addEventListener("submit", (event) => {
      event.preventDefault();
      setTopic(element("topic-box").value);
      this.#close();
    });
    element("topic-form").addEventListener("keydown", (event) => event.key === "Escape" && this.#close());
  }

  // Show `room`; a user who `isMember` may set its topic and leave it.
  show(room, { isMember, canLeave }) {
    if (room !== this.#room) element("topic-form").hidden = true;
    this.#room = room;
    element("title").querySelector(".hash").textContent = visibleName(room.title);
    element("title").classList.toggle("private", room.isPrivate);
    const topic = element("topic");
    topic.textContent = visibleName(room.isDirect && !room.isKept ? "Gone when one of you leaves" : room.topic);
    if (topic.textContent) topic.tabIndex = 0; // with the focus, it is not cut
    else topic.removeAttribute("tabindex");
    element("topic-edit").hidden = !isMember || room.isDirect;
    element("part").hidden = !canLeave;
    element("part").textContent = room.isDirect ? "End conversation" : isMember ? "Leave room" : "Close";
    this.#showForm(!element("topic-form").hidden);
  }

  edit() {
    const box = element("topic-box");
    box.value = this.#room.topic;
    box.setSelectionRange(0, 0); // its beginning is shown
    this.#showForm(true);
    box.focus();
  }

  #close() {
    this.#showForm(false);
    const button = element("topic-edit");
    (button.checkVisibility() ? button : element("settings-button")).focus();
  }

  #showForm(isEditing) {
    element("topic-form").hidden = !isEditing;
    element("topic").hidden = isEditing;
  }
}
