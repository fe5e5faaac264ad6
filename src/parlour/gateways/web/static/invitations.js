// The invitations of the user: those of others, and the codes of links.
//
// A code leaves the address of the page at once, and is kept by the tab until it is used.

import { create } from "./dom.js";
import { whenNextEnds } from "./local-time.js";
import { actor, isolated, OPERATOR, until } from "./order-text.js";
import { PREFIX } from "./prefix.js";
import { roomAddress } from "./rooms.js";
import { visibleName } from "./safe-text.js";
import { load, store } from "./storage.js";

const LINK = /^(?:parlour:\/\/[^/?#]+|https?:\/\/[^/?#]+(?:\/[^?#]*)?\/r)\/([^/?#]+)\/?[?#](?:[^#]*[&#])?invite=([\w-]{1,128})(?:[&#].*)?$/;
const MAX_KNOWN = 200; // invitations that are not shown again

// Return the room and the code of a link; undefined if the text is none. A link that is
// copied from a terminal has blanks where it was wrapped.
export function parseLink(text) {
  const [, room, code] = text.replace(/\s+/g, "").match(LINK) ?? [];
  try {
    return room && { room: decodeURIComponent(room), code };
  } catch {
    return undefined;
  }
}

// Return the link to a room with a code or, without a room, to make an account.
function linkWith(room, code) {
  const path = room ? roomAddress(room) : `${PREFIX}/register`;
  return `${location.origin}${path}?invite=${code}`;
}

export class Invitations {
  #codes = { __proto__: null, ...load("codes", {}) }; // by room
  #received = new Map(); // {by, until}, by room
  #known = load("invited", []); // the invitations that were shown
  #timer = 0;
  #changed;

  // `changed()` is called when there are other invitations.
  constructor(changed) {
    this.#changed = changed;
    const found = parseLink(location.href);
    if (!found) return;
    this.keep(found.room, found.code);
    history.replaceState(history.state, "", location.pathname);
  }

  // Return the code for a room, which may be undefined.
  code(room) {
    return this.#codes[room];
  }

  keep(room, code) {
    this.#codes[room] = code;
    store("codes", this.#codes);
  }

  // Forget what is used up, or wrong.
  drop(room) {
    if (!this.#received.delete(room) && !(room in this.#codes)) return;
    delete this.#codes[room];
    store("codes", this.#codes);
    this.#changed();
  }

  // Forget an invitation that was taken back; the code of a link is another.
  takenBack(room) {
    if (this.#received.delete(room)) this.#changed();
  }

  // The server tells the invitations again, after `welcome`.
  clear() {
    this.#received.clear();
    this.#changed();
  }

  // Take an invitation. Return what to show of it; nothing if that was shown.
  receive({ room, by, until: end }) {
    this.#received.set(room, { by: by ?? OPERATOR, until: end });
    this.#await();
    this.#changed();
    const key = `${room} ${end}`;
    if (this.#known.includes(key)) return null;
    this.#known = [...this.#known, key].slice(-MAX_KNOWN);
    store("invited", this.#known);
    const link = Object.assign(create("a", "", `#${visibleName(room)}`), { href: roomAddress(room) });
    return [isolated(by ?? OPERATOR), " invites you to ", link, `, ${until(end)}`];
  }

  // Return the rooms to which others have invited the user, with the inviters.
  all() {
    const valid = [...this.#received].filter(([, { until: end }]) => new Date(end) > new Date());
    return valid.map(([room, { by }]) => ({ room, by })).sort((a, b) => (a.room < b.room ? -1 : 1));
  }

  // Return why the user may enter a room, or an empty string.
  text({ name, title }) {
    const found = this.all().find(({ room }) => room === name);
    if (found) return `${visibleName(found.by)} invites you to ${visibleName(title)}.`;
    return this.#codes[name] ? `You have an invitation to ${visibleName(title)}.` : "";
  }

  // Draw again when the next invitation ends.
  #await() {
    clearTimeout(this.#timer);
    const ends = [...this.#received.values()].map(({ until: end }) => end);
    this.#timer = whenNextEnds(ends, () => (this.#await(), this.#changed()));
  }
}

const target = (room) => (room ? `to #${visibleName(room)}` : "to make an account");

// Return the nodes that tell users that they have taken an invitation back.
export function uninvitedNodes({ room, number, name }) {
  const whose = name ? [" of ", isolated(name)] : [];
  return [`Took back invitation ${number}`, ...whose, ` ${target(room)}`];
}

// Return the lines of the answer to /invites.
export function invitationLines({ room, invitations, more }) {
  if (!invitations.length) return [`There are no open invitations ${target(room)}`];
  const row = ({ number, name, by, until: end }) =>
    `${number}: ${name ? visibleName(name) : "by a link"}, by ${actor(by)}, ${until(end)}`;
  const next = more ? [`More: /invites ${room ? "" : "--server "}${invitations.at(-1).number}`] : [];
  return [`Open invitations ${target(room)}:`, ...invitations.map(row), ...next];
}

// Return the nodes that tell users whom they have invited, or the link.
export function invitationNodes({ room, name, invite, until: end }) {
  const where = target(room);
  if (!invite) return ["Invited ", isolated(name), ` ${where}, ${until(end)}`];
  const link = create("code", "link", linkWith(room, invite));
  const copy = create("button", "quiet", "Copy");
  copy.onclick = () => navigator.clipboard.writeText(link.textContent).then(() => (copy.textContent = "Copied"));
  copy.hidden = !navigator.clipboard; // without a secure connection
  return [`The first person to use this link is invited ${where}, ${until(end)}. It works once: `, link, " ", copy];
}
