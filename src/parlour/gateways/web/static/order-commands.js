// The commands by which moderators keep order, as in the terminal.

const MAX_REASON = 200; // characters, also of an announcement
const MAX_SLOW = 3600; // seconds between two messages of one person
const MAX_SECONDS = 100 * 365 * 86_400; // of a mute or a ban
const UNITS = { m: 60, h: 3600, d: 86_400, w: 604_800 }; // seconds
const SERVER_OPTION = "--server";
const MAX_ACTS = 1000; // in one answer
const ON_SERVER = ["mute", "unmute", "ban", "unban", "bans", "role", "audit", "invite", "invites", "uninvite"];
const WITHOUT_ARGUMENT = ["lock", "unlock", "why", "private", "public"];
const OPTIONAL = ["audit", "bans", "invite", "invites"];
const ROOM_ROLES = ["member", "moderator", "owner"];
const SERVER_ROLES = ["member", "moderator", "admin"];

export const WRONG_TIME = "a time is a number and a unit, such as 10m, 2h, 3d or 1w, or forever";

export const ORDER_TABLE = {
  kick: ["NAME [REASON]", "removes a person from this room"],
  mute: ["[--server] NAME [TIME] [REASON]", "mutes a person"],
  unmute: ["[--server] NAME", "lets them speak again"],
  ban: ["[--server] NAME [TIME] [REASON]", "keeps a person or an address out"],
  unban: ["[--server] NAME", "lifts a ban, also by its number"],
  bans: ["[--server] [before N]", "lists who is muted or banned"],
  audit: ["[--server] [N]", "shows the audit log"],
  lock: ["", "lets only moderators speak"],
  unlock: ["", "lets all speak again"],
  slow: ["SECONDS", "one message in so many; off: 0"],
  role: ["[--server] NAME ROLE", "gives an account a role"],
  invite: ["[--server] [NAME] [--for TIME]", "invites a person, or makes a link"],
  invites: ["[--server] [AFTER]", "lists open invitations"],
  uninvite: ["[--server] NAME or NUMBER", "takes an invitation back"],
  private: ["", "lets only those enter who are invited"],
  public: ["", "lets everybody enter again"],
  close: ["ROOM", "closes a room of yours"],
  erase: ["NAME or NUMBER", "erases a message"],
  announce: ["TEXT", "tells everybody on the server"],
  why: ["", "shows your mutes and bans"],
};

// Return a time in seconds, null for forever, or 0 if it is no such time.
export function parseSeconds(time) {
  const text = time.toLowerCase();
  if (text === "forever") return null;
  const [, count, unit] = text.match(/^(\d{1,9})([mhdw])$/) ?? [];
  const seconds = unit ? Number(count) * UNITS[unit] : 0;
  return seconds <= MAX_SECONDS ? seconds : 0;
}

// Return an error about a reason, or an empty string.
export const reasonError = (reason) => ([...reason].length > MAX_REASON ? `the text is longer than ${MAX_REASON} characters` : "");

const unquoted = (text) => text.replace(/^"(.*)"$/s, "$1");
export const isNumber = (text) => /^[1-9]\d{0,14}$/.test(text);
const meant = (text, key) => (isNumber(text) ? { [key]: +text } : { name: unquoted(text) });

function sanction(command, place, rest, split) {
  if (/^"[^"]*$/.test(rest)) return { error: "a closing quotation mark is missing" };
  const [name, text] = split(rest);
  if (!name) return {};
  let [reason, seconds] = [text, null];
  const [first] = text.split(/\s/, 1);
  if (command !== "kick" && (first.toLowerCase() === "forever" || /^\d\w*$/.test(first))) {
    seconds = parseSeconds(first);
    if (seconds === 0) return { error: WRONG_TIME };
    reason = text.slice(first.length).trim();
  }
  const error = reasonError(reason);
  return error ? { error } : { type: command, data: { ...place, name, reason, ...(seconds && { seconds }) } };
}

function role(argument, place) {
  const [, name, word] = argument.match(/^(.+)\s+(\S+)$/s) ?? [];
  if (!word) return {};
  const roles = place.room ? ROOM_ROLES : SERVER_ROLES;
  if (roles.includes(word.toLowerCase())) {
    return { type: "role", data: { ...place, name: unquoted(name), role: word.toLowerCase() } };
  }
  return { error: `roles ${place.room ? "in a room" : "on the whole server"} are ${roles.join(", ")}` };
}

function slow(argument, room) {
  const digits = argument.toLowerCase() === "off" ? "0" : argument;
  if (!/^\d{1,4}$/.test(digits)) return {};
  if (Number(digits) > MAX_SLOW) return { error: `at most ${MAX_SLOW} seconds` };
  return { type: "set", data: { room, slow: Number(digits) } };
}

function audit(digits, place) {
  const limit = Number(digits || 20);
  if (!/^\d*$/.test(digits)) return {};
  return limit >= 1 && limit <= MAX_ACTS ? { type: "audit", data: { ...place, limit } } : { error: `at most ${MAX_ACTS} acts at a time` };
}

function invitation(argument, place) {
  const [, typed, time] = argument.match(/^(.*?)(?:(?:^|\s+)--for\s*(.*))?$/s);
  const [name, seconds] = [unquoted(typed.trim()), time === undefined ? undefined : parseSeconds(time.trim()) || null];
  if (seconds === null) return { error: `an invitation ends: ${WRONG_TIME}` };
  if (name && !place.room) return { error: "/invite --server takes no name" };
  return { type: "invite", data: { ...place, ...(name && { name }), ...(seconds && { seconds }) } };
}

function bans(rest, place) {
  const [, before] = rest.match(/^before\s+(\d{1,15})$/) ?? [];
  if (rest && !before) return {};
  return { type: "sanctions", data: { ...place, ...(before && { before: Number(before) }) } };
}

// Return the {type, data} to send for a command in `room`, or an {error}; {} if its usage is
// wrong. `split(text)` returns the name at the beginning of a text, and the rest.
export function parseOrder(command, argument, room, split) {
  let [place, rest] = [{ room }, argument];
  const [option] = argument.split(/\s/, 1);
  if (option === SERVER_OPTION && ON_SERVER.includes(command)) {
    [place, rest] = [{}, argument.slice(option.length).trim()];
  } else if (option.startsWith("--") && command !== "announce" && !(command === "invite" && option === "--for")) return { error: `unknown option ${option}` };
  if (WITHOUT_ARGUMENT.includes(command) ? rest : !rest && !OPTIONAL.includes(command)) return {};
  switch (command) {
    case "announce":
      return reasonError(rest) ? { error: reasonError(rest) } : { type: "announce", data: { text: rest } };
    case "why":
      return { type: "why", data: {} };
    case "bans":
      return bans(rest, place);
    case "lock":
    case "unlock":
      return { type: "set", data: { room, locked: command === "lock" } };
    case "private":
    case "public":
      return { type: "set", data: { room, private: command === "private" } };
    case "close":
      return { type: "close", data: { room: rest.replace(/^#/, "") } };
    case "audit":
      return audit(rest, place);
    case "invite":
      return invitation(rest, place);
    case "invites":
      return /^\d{0,15}$/.test(rest) ? { type: "invites", data: { ...place, ...(rest && { after: Number(rest) }) } } : {};
    case "slow":
      return slow(rest, room);
    case "role":
      return role(rest, place);
    case "erase":
      return { type: command, data: { room, ...meant(rest, "sequence") } };
    case "uninvite":
    case "unmute":
    case "unban":
      return { type: command, data: { ...place, ...meant(rest, "number") } };
    default:
      return sanction(command, place, rest, split);
  }
}
