// The entry of the chat page, which connects the other modules.
//
// `connection` sends and receives lines, `events` handles what is received, and `session`
// has the user's name. `rooms` has the rooms, each with its `room-log` and `room-users`;
// `room-view` shows one of them, with `message-list`, `user-list`, `room-head` and
// `room-list`. `outbox` has unconfirmed messages, `composer` the forms with their
// `commands`, `joins` and `directs` the requests for rooms, `orders` those of moderators,
// `standing` says what holds for the user, `account` who has signed in, `connection-status`
// the state, and `overlay` shows other pages. All resume from the cursors of the HTML.

import { Account } from "./account.js";
import { writeMessage } from "./commands.js";
import { Composer } from "./composer.js";
import { Connection } from "./connection.js";
import { ConnectionStatus } from "./connection-status.js";
import { Directs } from "./directs.js";
import { element, isPlainClick } from "./dom.js";
import { offerErasing } from "./erasing.js";
import { makeHandlers } from "./events.js";
import { ignoredNames } from "./ignored.js";
import { Joins } from "./joins.js";
import { Notifications } from "./notifications.js";
import { OrderDialog } from "./order-dialog.js";
import { doneText } from "./order-text.js";
import { Orders } from "./orders.js";
import { Outbox } from "./outbox.js";
import { Overlay } from "./overlay.js";
import "./page.js";
import { Person } from "./person.js";
import { RoomView } from "./room-view.js";
import { roomAt, Rooms } from "./rooms.js";
import { makeRunner } from "./run-command.js";
import { Session } from "./session.js";
import { Standing } from "./standing.js";
import { setYou } from "./you.js";

const MAX_CURSORS = 110; // in a hello, which must fit on a line
const NO_CONNECTION = "there is no connection; try again when it is back";

const { dataset } = document.documentElement;
const canWrite = dataset.mode === "write";
const last = { awaited: new Set(), resumed: new Set(), hasIgnored: false }; // of the last hello

const account = new Account({ chosenName: () => (session.you?.includes(":") ? null : session.you), leave });
const session = new Session(canWrite ? account.name : null, {
  ...{ send, changed: nameChanged },
  refused: (reason, code) => composer?.showNameError(reason, code, session.name),
});
if (!canWrite) session.name = null;
setYou(session.name);
const composer = canWrite ? new Composer({ join, leave, enter, names, run: (command) => run(command), send: say }) : null;
const outbox = canWrite ? new Outbox({ send: transmit, putBack, changed: () => view.list.draw() }) : null;
const rooms = new Rooms(dataset, session.name !== null, outbox);
const directs = new Directs(send, directFailed);
const joins = new Joins(request, () => session.you !== null);
const orders = new Orders(send);
const standing = new Standing(send, () => view.update());
const view = new RoomView({ rooms, session, composer, outbox, standing, send, actions: { setTopic, part, person: showPerson } });
const orderDialog = composer && new OrderDialog(order);
const person = new Person(request, (act, name) => orderDialog.show(act, name, view.room, view.role));
const run = makeRunner({ view, joins, request, join, open: (asked) => order(asked, (reason) => reason && view.report(reason)) });
const status = new ConnectionStatus((state) => (state === "replaced" ? restart("") : connection.open()));
const handlers = makeHandlers({
  ...{ rooms, view, session, account, composer, outbox, joins, directs, orders, standing, status, openDirect, sendIgnored },
  ...{ hello: last, show, signedOut, notify: (room, data) => notifications.show(room, data) },
});
const connection = new Connection(hello, (type, data) => handlers[type]?.(data), stateChanged);
const notifications = new Notifications(show);
const overlay = new Overlay({ find: findRoom, follow, restore, joined: () => rooms.mine() });

function hello() {
  const mine = rooms.mine();
  const cursors = mine.filter((room) => room.epoch !== null).slice(0, MAX_CURSORS);
  last.awaited = new Set(mine.map(({ name }) => name));
  last.resumed = new Set(cursors.map(({ name }) => name));
  last.hasIgnored = false;
  return {
    version: 1,
    client: "parlour-page",
    ...session.identity(),
    rooms: [...last.awaited],
    resume: Object.fromEntries(cursors.map(({ name, epoch, sequence }) => [name, { epoch, sequence }])),
  };
}

function stateChanged(state) {
  if (state === "revoked") return signedOut(connection.refusal);
  outbox?.setLive(state === "live");
  if (state === "live") {
    if (session.you !== null) outbox?.resend(); // first: under the old name
    session.requestNext();
    view.listOthers();
    if (session.you !== null && ignoredNames().length) send("ping", { token: "ignored?" });
    if (session.you !== null) standing.ask();
  } else {
    session.disconnected();
    directs.disconnected();
    orders.disconnected();
    joins.disconnected();
    for (const room of rooms.all()) room.disconnected();
  }
  status.show(state, connection.due, connection.refusal);
}

function send(type, data) {
  return connection.state === "live" && connection.send(type, data);
}

// Send a request of the user, or show that there is no connection; return whether it is sent.
function request(type, data) {
  if (type === "direct" ? directs.open(data.to, data.text) : send(type, data)) return true;
  view.report(NO_CONNECTION);
  return false;
}

// -- the name and the session --

function nameChanged(isNew) {
  setYou(session.you);
  for (const room of rooms.all()) room.log.markOwn();
  composer?.show(session.you);
  element("go-label").textContent = session.you === null ? "Go to a room" : "Join a room";
  view.update();
  if (!isNew || connection.state !== "live") return;
  standing.ask();
  outbox?.resend();
  sendIgnored();
}

function join(name) {
  if (!session.request(name)) composer.showNameError("there is no connection yet; the name is requested later");
}

function leave() {
  const isClosing = connection.send("bye", {});
  restart(session.you ?? "", { isClosing });
}

// Start a new session that only watches. If `isClosing`, the server closes the old one.
function restart(suggestion, { isClosing = false } = {}) {
  composer?.suggest(suggestion || (session.name ?? ""));
  for (const room of rooms.mine()) {
    if (room.isDirect) handlers.closed({ room: room.name, reason: "You have left the chat" });
  }
  session.restart();
  rooms.watchCurrent();
  outbox?.expire();
  if (!isClosing) connection.open();
}

// The server accepts the key of this browser no longer.
function signedOut(reason) {
  restart("", { isClosing: true });
  account.signedOut(reason);
}

// Tell the server the ignored names, which it forgets with the session.
function sendIgnored() {
  for (const name of ignoredNames()) send("ignore", { name });
}

// -- sending --

function names() {
  return [...view.room.users.since.keys()];
}

// A message that is typed while a conversation is being opened is for that, and must not be
// said in the room that is still shown.
function say(text, room) {
  if (!room && directs.isOpening) {
    composer.showError("the conversation is not open yet; send it then");
    return false;
  }
  if (outbox.isFull) {
    composer.showError("too many messages are waiting; wait for the connection");
    return false;
  }
  outbox.add((room ?? view.room).name, text);
  view.scrollToEnd();
  return true;
}

function transmit({ id, room, text }) {
  if (connection.state !== "live" || session.you === null) return;
  if (rooms.get(room)?.isMine) send("message", { room, message: text, id });
  else outbox.refuse(id, "you are not in this room");
}

function putBack(room, text) {
  composer.putBack(room, text, { force: true });
}

// Send what a moderator asks for; return whether it is sent. `answered(reason)` is called
// with why it is refused, or null.
function order(asked, answered) {
  const isSent = orders.open(asked, (reason, isTold) => {
    answered(reason);
    if (reason === null && !isTold) view.room.log.addAct([`Carried out: ${doneText(asked)}`]);
  });
  if (!isSent) view.report(NO_CONNECTION);
  return isSent;
}

// -- rooms and people --

// Return the room of an address if it can be shown without loading a page.
function findRoom(url) {
  return rooms.get(roomAt(url));
}

function show(room) {
  overlay.hide();
  view.list.close();
  element("go").open = false;
  view.show(room);
}

// Show the room of a link that was clicked. Only a mouse moves the focus to the box: on
// a phone, that would open the keyboard.
function follow(room, event) {
  if (room !== view.room) show(room);
  else if (overlay.isOpen) overlay.close();
  else view.scrollToEnd();
  if (event.detail && matchMedia("(pointer: fine)").matches) composer?.focus();
}

// Show the room of the address to which the browser went back or forward.
function restore(url) {
  const room = findRoom(url);
  if (room) view.show(room, { isBack: true });
  else if (roomAt(url) !== null) location.reload();
}

// Enter the room that is shown, or close a direct room that is over.
function enter() {
  if (!view.room.isDirect) joins.open(view.room.name, (reason) => view.report(reason));
  else showNext();
}

function part() {
  const { room } = view;
  if (session.you !== null) return request("leave", { room: room.name });
  room.isMine = false; // the server sends its events until the next connection
  showNext();
}

function showNext() {
  const [next] = rooms.mine();
  if (next) show(next);
  else location.assign("/");
}

function setTopic(topic) {
  return request("topic", { room: view.room.name, topic: topic.trim() });
}

// Show a direct room if the user asked for it, and send the text to it.
function openDirect(room) {
  const found = directs.answered(room.partner);
  if (!found) return;
  composer.showError("");
  show(room);
  if (found.text) say(found.text, room);
}

function directFailed({ to, text }, reason) {
  if (text) putBack(view.room.name, writeMessage(to, text, names()));
  composer.showError(reason);
}

function showPerson(name) {
  const role = view.room.isDirect ? null : view.role;
  if (session.you !== null && name !== session.you) person.show(name, view.room.users.since.get(name), role);
}

element("greeting-close").addEventListener("click", () => {
  element("greeting").hidden = true;
});
element("older").addEventListener("click", (event) => {
  if (isPlainClick(event) && view.loadOlder()) event.preventDefault(); // else follow the link
});

document.addEventListener("click", (event) => {
  const name = event.target.closest?.("#log .name");
  if (name && isPlainClick(event)) showPerson(name.textContent);
});

document.addEventListener("keydown", (event) => {
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (!step || !event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (document.querySelector("dialog[open]")) return;
  event.preventDefault();
  show(view.list.neighbour(step));
});

offerErasing((sequence) => order({ type: "erase", data: { room: view.room.name, sequence } }, (why) => view.report(why ?? "")));
if (account.hasChanged) outbox?.expire();
composer?.show(session.name);
connection.open();
