// The entry of the chat page, which connects the other modules.
//
// `connection` sends and receives lines, `message-list` and `user-list` show the room,
// `outbox` has unconfirmed messages, `composer` has the forms, `connection-status` shows
// the state, and `overlay` shows other pages. The HTML is complete without scripts; the
// connection resumes from its cursor.

import { Composer } from "./composer.js";
import { Connection } from "./connection.js";
import { ConnectionStatus } from "./connection-status.js";
import { isPlainClick } from "./dom.js";
import { MessageList } from "./message-list.js";
import { Outbox } from "./outbox.js";
import { Overlay } from "./overlay.js";
import "./page.js";
import { load, randomId, store } from "./storage.js";
import { UserList } from "./user-list.js";

const ROOM = "lobby";
const PAGE_SIZE = 50; // messages per request
const NAME_CODES = ["bad_name", "empty_name", "name_too_long", "name_reserved", "name_taken", "read_only", "server_full"];

const { epoch, sequence, mode } = document.documentElement.dataset;
const cursor = { epoch, sequence: Number(sequence) };
const me = { token: load("token", null), name: load("name", null), you: null };
let request = null; // for a name, without a response yet: {name, isRefused}
let nextName = null; // to be requested
let isPaging = false;

const messages = new MessageList();
const users = new UserList((name) => messages.addNotice(name, "left"));
const status = new ConnectionStatus((state) => (state === "replaced" ? startSession(null) : connection.open()));
const connection = new Connection(hello, (type, data) => HANDLERS[type]?.(data), stateChanged);
const composer = mode === "write" ? new Composer({ join, send, leave }) : null;
const outbox = mode === "write" ? new Outbox(transmit, (text) => composer.putBack(text, { force: true })) : null;

function hello() {
  const role = me.name === null ? { watch: true } : { name: me.name };
  return { version: 1, client: "parlour-page", token: me.token, ...role, resume: { [ROOM]: { ...cursor } } };
}

function stateChanged(state) {
  if (state === "live") {
    requestUsers();
    if (me.you !== null) outbox?.resend(); // first: under the old name
    requestName();
  } else {
    if (request && !request.isRefused) nextName ??= request.name;
    request = null;
    users.disconnected();
    isPaging = false;
  }
  status.show(state, connection.due, connection.refusal);
}

const requestUsers = () => connection.send("users", { room: ROOM });

// -- the name and the session --

function setName(name) {
  me.you = name;
  composer?.show(name);
}

function storeName(name) {
  me.name = name;
  store("name", name);
}

function createToken() {
  me.token = randomId();
  store("token", me.token);
}

function join(name) {
  nextName = name.toWellFormed().normalize("NFC").trim().replace(/\s+/g, " ");
  if (connection.state !== "live") composer.showNameError("there is no connection yet; the name is requested later");
  requestName();
}

// Request one name at a time. A notice with the name may be about a faster user. But
// responses come in order, so a pong without an error before it confirms the name.
function requestName() {
  if (nextName === null || request || connection.state !== "live") return;
  request = { name: nextName, isRefused: false };
  nextName = null;
  connection.send("set-name", { name: request.name });
  connection.send("ping", { token: "named?" });
}

function nameResponded({ name, isRefused }) {
  request = null;
  if (!isRefused) {
    const isJoining = me.you === null;
    storeName(name);
    setName(name);
    if (isJoining) outbox?.resend();
  }
  requestName();
}

function refuseName(reason) {
  if (request) request.isRefused = true;
  composer?.showNameError(reason);
}

function leave() {
  const isClosing = connection.send("bye", {});
  startSession(me.you, { isClosing });
}

// Start a new session that only watches. If `isClosing`, the server closes the old one.
function startSession(suggestion, { isClosing = false } = {}) {
  createToken();
  composer?.suggest(suggestion ?? me.name ?? "");
  storeName(null);
  request = nextName = null;
  setName(null);
  outbox?.expire();
  if (!isClosing) connection.open();
}

// -- sending --

function send(text) {
  if (outbox.isFull) {
    composer.showError("too many messages are waiting; wait for the connection");
    return false;
  }
  outbox.add(text);
  messages.scrollToEnd();
  return true;
}

function transmit({ id, text }) {
  if (connection.state === "live" && me.you !== null) connection.send("message", { room: ROOM, message: text, id });
}

function error({ code, reason, id }) {
  if (id) {
    const text = outbox?.refuse(id, reason);
    if (text === undefined) return;
    composer.showError(reason);
    if (composer.putBack(text)) outbox.remove(id);
  } else if (NAME_CODES.includes(code)) refuseName(reason);
  else if (code !== "same_name") {
    isPaging = false;
    if (composer) composer.showError(reason);
    else messages.addGap(reason);
  }
}

// -- older messages --

document.querySelector("#older a").addEventListener("click", (event) => {
  if (!isPlainClick(event) || connection.state !== "live" || messages.isFull) return; // follow the link
  event.preventDefault();
  if (isPaging) return;
  isPaging = connection.send("history", { room: ROOM, before: messages.first, limit: PAGE_SIZE });
});

// -- events --

const HANDLERS = {
  __proto__: null,
  welcome({ you, rooms, limits }) {
    const room = rooms[ROOM];
    if (room.epoch !== cursor.epoch) {
      messages.unlink();
      [cursor.epoch, cursor.sequence] = [room.epoch, room.sequence];
    }
    if (composer && limits?.text) composer.maxText = limits.text;
    const before = me.you ?? me.name;
    me.you = you ?? null;
    if (me.you !== before) composer?.show(me.you);
  },
  message(data) {
    if (data.sequence <= cursor.sequence) return;
    cursor.sequence = data.sequence;
    messages.add(data);
  },
  missed({ events, resume_after: after }) {
    const count = events === 1 ? "1 older message is" : `${events?.toLocaleString("en")} older messages are`;
    messages.addGap(events === null ? "Some messages may be missing here" : `${count} no longer available`);
    if (after < cursor.sequence) messages.unlink(after);
    cursor.sequence = after;
    requestUsers();
  },
  joined({ name }) {
    if (users.add(name)) messages.addNotice(name, "joined");
  },
  left({ name }) {
    users.remove(name);
    messages.addNotice(name, "left");
  },
  renamed({ name, to }) {
    if (users.rename(name, to)) messages.removeJoinNotice(name);
    else messages.addRename(name, to);
    if (name !== me.you) return;
    storeName(to);
    setName(to);
  },
  history({ messages: older, more }) {
    if (!isPaging) return;
    isPaging = false;
    messages.prepend(older, more);
  },
  users: (data) => users.addPart(data),
  stored: ({ id }) => outbox?.remove(id),
  error,
  pong: ({ token }) => token === "named?" && request && nameResponded(request),
  unkept: ({ reason }) => status.showStorageError(reason),
  kept: () => status.showStorageError(""),
};

if (me.token === null) createToken();
if (mode !== "write") me.name = null;
composer?.show(me.name);
new Overlay(() => messages.scrollToEnd());
connection.open();
