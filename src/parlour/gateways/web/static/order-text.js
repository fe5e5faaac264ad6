// What moderators do, in words: those of `act_text.py` and of the terminal.

import { create } from "./dom.js";
import { moment } from "./local-time.js";
import { isNumber } from "./order-commands.js";
import { visible, visibleName } from "./safe-text.js";

export const OPERATOR = "the operator";
const TEXTS = {
  __proto__: null,
  kick: "{by} has removed {name}",
  mute: "{by} has muted {name}",
  unmute: "{by} lets {name} speak again",
  ban: "{by} has banned {name}",
  unban: "{by} has lifted the ban of {name}",
  lock: "{by} has locked the room: only moderators speak",
  unlock: "{by} has unlocked the room",
  private: "{by} has made the room private: only invited users can enter it",
  public: "{by} has made the room public",
  member: "{by} has made {name} an ordinary member",
  moderator: "{by} has made {name} a moderator",
  owner: "{by} has made {name} the owner of the room",
  // These are only in the log of what was done:
  open: "{by} has opened the room",
  admin: "{by} has made {name} an administrator",
  close: "{by} has closed the room",
  invite: "{by} has invited {name}",
  uninvite: "{by} has taken back the invitation of {name}",
  announce: "{by} has made an announcement",
  erase: "{by} has erased a message of {name}",
  create: "{by} has created the account {name}",
  enable: "{by} has enabled the account {name}",
  disable: "{by} has disabled the account {name}",
  passwd: "{by} has set the password of {name}",
  revoke: "{by} has revoked a device of {name}",
  "erase-account": "{by} has erased an account",
};
const HOLDER = "whoever has the code"; // of an invitation without a name
const UTC_MINUTE = /\b(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}) UTC/g;

// Return a reason of the server with its times in the time zone of the reader.
export const inLocalTime = (reason) =>
  reason.replace(UTC_MINUTE, (text, date, time) => moment(new Date(`${date}T${time}Z`)) || text);

// Return how often one person may speak in slow mode.
export const pace = (slow) => `one message in ${slow} second${`${slow}` === "1" ? "" : "s"}`;
export const actor = (by) => visibleName(by ?? OPERATOR);
export const isolated = (name) => create("bdi", "", visibleName(name));
export const until = (time) => (time ? `until ${moment(new Date(time))}` : "until it is lifted");
const verb = (kind) => (kind === "mute" ? "muted" : "banned");
const because = (reason) => (reason ? `: ${visible(reason)}` : "");

function template({ action, name }) {
  if (action !== "slow") return TEXTS[action] ?? `{by} has changed the room (${action})`;
  return name === "0" ? "{by} has ended slow mode" : `{by} has set slow mode: ${pace(name)}`;
}

// Return the nodes of a text with names, which are isolated.
const withNames = (text, names) =>
  text.split(/\{(\w+)\}/).map((part, at) => (at % 2 ? isolated(names[part] ?? "") : part));

// Return the nodes that tell an act.
export function actNodes(act) {
  const end = `${act.until ? ` ${until(act.until)}` : ""}${because(act.reason)}`;
  return [...withNames(template(act), { by: act.by ?? OPERATOR, name: act.name || HOLDER }), end];
}

// Return the text of an act, without the end of the sentence.
export const actText = (act) => actNodes(act).map((node) => node.textContent ?? node).join("");

// Return the nodes of an announcement.
export function announcementNodes({ by, text }) {
  const title = create("b");
  title.append(...withNames("Announcement by {by}: ", { by: by ?? OPERATOR }));
  return [title, visible(text)];
}

const where = (room) => (room ? ` in #${visibleName(room)}` : " on the whole server");

// Return a sanction as the person reads it who is muted or banned.
export function ownSanction({ kind, room, until: end, by, reason }) {
  return `You are ${verb(kind)}${where(room)} ${until(end)}, by ${actor(by)}${because(reason)}`;
}

// Return the lines of the answer to /why.
export function whyLines({ sanctions, more }) {
  if (!sanctions.length) return ["You are neither muted nor banned"];
  const heading = more ? ["These are the newest of your mutes and bans:"] : [];
  return [...heading, ...sanctions.map(ownSanction)];
}

// Return the lines of the answer to /bans, about a room or the server.
export function sanctionLines({ sanctions, more }, room) {
  const count = sanctions.length === 1 ? "1 sanction" : `${sanctions.length} sanctions`;
  if (!sanctions.length) return [`Nobody is muted or banned${where(room)}`];
  const row = ({ number, kind, name, until: end, by, reason }) =>
    `${number} ${kind} of ${visibleName(name)}, ${until(end)}, by ${actor(by)}${because(reason)}`;
  const older = `/bans ${room ? "" : "--server "}before ${sanctions[0].number}`;
  const heading = more ? `The newest ${count}${where(room)}; older ones: ${older}` : `${count}${where(room)}:`;
  return [heading, ...sanctions.map(row)];
}

// Return the lines of the answer to /audit, about a room or the server.
export function auditLines({ acts, more }, room) {
  const count = acts.length === 1 ? "act" : `${acts.length} acts`;
  if (!acts.length) return [`The audit log has no acts${where(room)}`];
  const row = (act) => `${moment(new Date(act.time))}${act.room && act.room !== room ? where(act.room) : ""}: ${actText(act)}`;
  return [`The ${more ? "last " : ""}${count}${where(room)}:`, ...acts.map(row)];
}

// Return what a request has done, which the server tells nobody. It tells of mutes and bans in rooms.
export function doneText({ type, data: { room, name, number, role, locked, slow, private: isPrivate } }) {
  const place = room ? "" : " on the whole server";
  const who = visibleName(name ?? "");
  switch (type) {
    case "mute":
    case "ban":
      return `${who} is ${verb(type)}${place}. To undo: /un${type} --server ${isNumber(who) ? `"${who}"` : who}`;
    case "unmute":
      return number ? `mute ${number} is lifted${place}` : `${who} may speak again${place}`;
    case "unban":
      return `${number ? `ban ${number}` : `the ban of ${who}`} is lifted${place}`;
    case "role":
      return `the role of ${who} is ${role}${place}`;
    case "set":
      if (isPrivate !== undefined) return `the room is ${isPrivate ? "private" : "public"}`;
      if (locked !== undefined) return `the room is ${locked ? "locked" : "not locked"}`;
      return `slow mode is ${slow ? pace(slow) : "off"}`;
    case "close":
      return `#${visibleName(room)} is closed`;
    case "erase":
      return "the message is erased. The server no longer sends the text. It leaves the file within a minute and its search index within an hour; copies and backups keep it";
    default:
      return "the announcement is made";
  }
}
