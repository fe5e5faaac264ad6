// Commands that are typed into the message box.

import { ACTION } from "./message-text.js";
import { ORDER_TABLE, parseOrder } from "./order-commands.js";

const OTHER_SLASHES = "\\\uff0f\u29f8\u2215"; // typed instead, as by an input method
const TABLE = {
  __proto__: null,
  setname: ["NAME", "changes your name"],
  join: ["[--private] ROOM", "joins a room, or opens a new one"],
  leave: ["", "leaves this room"],
  topic: ["TEXT", "sets the topic of this room"],
  msg: ["NAME TEXT", "sends a direct message"],
  ignore: ["NAME", "hides the messages of a person"],
  unignore: ["NAME", "shows them again"],
  me: ["TEXT", "says what you do"],
  help: ["", "shows this list"],
  ...ORDER_TABLE,
};
const OPTIONAL = ["topic"];
const OF_ACCOUNTS = ["login", "logout", "register", "passwd", "devices", "revoke"];
const ALIASES = { __proto__: null, nick: "setname", name: "setname", part: "leave", w: "msg", query: "msg" };

export const COMMANDS = Object.keys(TABLE).sort().map((name) => `/${name}`);

// What each command is and does, as pairs.
export const HELP = Object.entries(TABLE).map(([name, [usage, about]]) => [`/${name} ${usage}`.trim(), about]);

// Return the name and the text of a direct message. A name with blanks may be quoted, or
// be one of `names`.
function splitMessage(argument, names) {
  const isThere = (name) => argument === name || argument.startsWith(`${name} `);
  const known = names.filter(isThere).sort((a, b) => b.length - a.length)[0];
  if (known) return [known, argument.slice(known.length).trim()];
  const [, quoted, word, text] = argument.match(/^(?:"([^"]+)"|(\S+))\s*(.*)$/s) ?? [];
  return [quoted ?? word, text ?? ""];
}

// Return the command for a direct message; its name is quoted if it has to be.
export function writeMessage(to, text, names) {
  const isPlain = !/\s/.test(to) && splitMessage(`${to} ${text}`, names)[0] === to;
  return `/msg ${isPlain ? to : `"${to}"`} ${text}`;
}

// Return the command that a line may mean which is none, or an empty string.
function almostCommand(input) {
  const [word] = input.trimStart().split(/\s/, 1);
  if (word.startsWith("/")) return /^\s/.test(input) ? word : "";
  const name = word.slice(1).toLowerCase();
  return OTHER_SLASHES.includes(word[0]) && name in TABLE ? `/${name}` : "";
}

// Return {text} to send, with a {question} if it may be meant as a command, {command,
// argument} to carry out, {help: true}, or an {error}; if it isSecret, the line may have a
// password. `names` are those of the users in the `room`. For what a moderator asks for, the
// command is "order", with the {request}.
export function parse(input, names, room) {
  if (!/^\/(?!\/)/.test(input)) {
    const meant = almostCommand(input);
    const question = meant && `did you mean the command ${meant}? Press Enter again to send it as text`;
    return { text: input.replace(/^\/\//, "/"), question };
  }
  const [, typed, rest] = input.match(/^\/(\S*)\s*(.*)$/s);
  const command = ALIASES[typed.toLowerCase()] ?? typed.toLowerCase();
  const argument = rest.trim();
  if (OF_ACCOUNTS.includes(command)) {
    return { error: `what /${command} does is in the menu here`, isSecret: true };
  }
  const [usage] = TABLE[command] ?? [null];
  if (usage === null) {
    return { error: `there is no command /${typed} here, /help lists them; to send a line that begins with /, double the /` };
  }
  const wrongUsage = { error: `usage: /${command} ${usage}`.trim() };
  if (command in ORDER_TABLE) {
    const request = parseOrder(command, argument, room, (text) => splitMessage(text, names));
    if (request.error) return request;
    return request.type ? { command: "order", request } : wrongUsage;
  }
  if (usage ? !argument && !OPTIONAL.includes(command) : argument) return wrongUsage;
  if (command === "help") return { help: true };
  if (command === "me") return { text: `${ACTION}${argument}` };
  if (command !== "msg") return { command, argument: argument.replace(/^"(.*)"$/s, "$1"), isBare: !argument };
  const [to, text] = splitMessage(argument, names);
  return text ? { command, argument: to, text } : wrongUsage;
}
