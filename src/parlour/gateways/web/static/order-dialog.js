// The dialog in which a moderator says for how long and why somebody is muted, removed or
// banned, or which role somebody gets.

import { element, onClick, sentence } from "./dom.js";
import { parseSeconds, reasonError, WRONG_TIME } from "./order-commands.js";
import { isAtLeast } from "./roles.js";
import { visibleName } from "./safe-text.js";

const dialog = element("order");
const ACTS = {
  mute: ["Mute", "They may read, but not write."],
  kick: ["Remove", "They may return."],
  ban: ["Ban", "They may not return."],
  role: ["Give a role to", "Only an account has roles: a guest registers first."],
  invite: ["Invite", "Without a name, you get a link for one person."],
};
const FIELDS = { invite: ["whom", "time"], mute: ["where", "time", "reason"], kick: ["reason"], ban: ["where", "time", "reason"], role: ["where", "role"] };

export class OrderDialog {
  #act = "";
  #name = "";
  #room = "";
  #count = 0;
  #open;

  // `open(request, answered)` sends a request; `answered(reason)` is called with why it is
  // refused or not sent, or null.
  constructor(open) {
    this.#open = open;
    onClick("order-cancel", () => dialog.close());
    dialog.addEventListener("click", ({ target }) => target === dialog && dialog.close());
    element("order-form").addEventListener("submit", (event) => (event.preventDefault(), this.#send()));
    element("order-where").addEventListener("change", () => this.#offerRoles());
  }

  // Ask about an act on somebody called `name`, in `room`, for a user with this `role`.
  show(act, name, room, role) {
    [this.#act, this.#name, this.#room] = [act, name, room.name];
    this.#count += 1;
    const [label, note] = ACTS[act];
    element("order-title").textContent = act === "invite" ? `Invite to ${visibleName(room.title)}` : `${label} ${visibleName(name)}`;
    element("order-note").textContent = note;
    element("order-go").textContent = act === "role" ? "Give the role" : label;
    const end = act === "invite" ? "for a week" : "until it is lifted";
    element("order-time-note").textContent = `10m, 2h, 3d or 1w; without it, ${end}.`;
    for (const each of ["whom", "where", "time", "reason", "role"]) {
      const isShown = FIELDS[act].includes(each) && (each !== "where" || isAtLeast(role, "admin"));
      element(`order-${each}`).closest(".field").hidden = !isShown;
    }
    element("order-where").options[0].textContent = `In ${visibleName(room.title)}`;
    element("order-form").reset();
    this.#offerRoles();
    this.#showError("");
    dialog.showModal();
    element("order-form").querySelector(".field:not([hidden]) :is(input, select)").focus();
  }

  get #isOnServer() {
    return element("order-where").value === "server";
  }

  #offerRoles() {
    for (const option of element("order-role").options) {
      option.hidden = option.disabled = option.value === (this.#isOnServer ? "owner" : "admin");
    }
    element("order-role").value = "moderator";
  }

  #showError(reason, field = "") {
    element("order-error").textContent = sentence(reason);
    for (const each of ["time", "reason"]) element(`order-${each}`).ariaInvalid = `${each === field}`;
    if (field) element(`order-${field}`).focus();
  }

  #send() {
    const [time, reason] = ["time", "reason"].map((each) => element(`order-${each}`).value.trim());
    const seconds = time && this.#act !== "kick" ? parseSeconds(time) : null;
    const isInvitation = this.#act === "invite";
    if (seconds === 0 || (isInvitation && time && !seconds)) return this.#showError(WRONG_TIME, "time");
    if (reasonError(reason)) return this.#showError(reasonError(reason), "reason");
    this.#showError("");
    const place = this.#isOnServer ? {} : { room: this.#room };
    const name = isInvitation ? element("order-whom").value.trim() : this.#name;
    const more = this.#act === "role" ? { role: element("order-role").value } : { ...(!isInvitation && { reason }), ...(seconds && { seconds }) };
    const shown = this.#count;
    const answered = (why) => {
      if (this.#count !== shown) return;
      if (why) this.#showError(why);
      else dialog.close();
    };
    this.#open({ type: this.#act, data: { ...place, ...(name && { name }), ...more } }, answered);
  }
}
