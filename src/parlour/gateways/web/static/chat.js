// The entry of the chat page, which connects the other modules.
//
// `connection` sends and receives lines, `events` handles what is received, and `session`
// has the user's name. `rooms` has the rooms, each with its `room-log` and `room-users`;
// `room-view` shows one of them, with `message-list`, `user-list`, `room-head`, `room-menu`
// and `room-list`. `outbox` has unconfirmed messages, `composer` the forms with their
// `commands`, `joins` and `directs` the requests for rooms, `orders` those of moderators,
// `invitations` those that the user has, `standing` what holds for the user, `account` who
// has signed in, and `connection-status` the state. `navigation` moves between rooms and,
// with `overlay`, to other pages. All resume from the cursors of the HTML.

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
import { Invitations } from "./invitations.js";
import { Joins } from "./joins.js";
import { Navigation } from "./navigation.js";
import { Notifications } from "./notifications.js";
import { OrderDialog } from "./order-dialog.js";
import { doneText } from "./order-text.js";
import { Orders } from "./orders.js";
import { Outbox } from "./outbox.js";
import "./page.js";
import { Person } from "./person.js";
import { isAtLeast } from "./roles.js";
import { RoomView } from "./room-view.js";
import { Rooms } from "./rooms.js";
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
const composer = canWrite ? new Composer({ join, leave, enter: () => navigation.enter(), names, run: (command) => run(command), send: say }) : null;
const outbox = canWrite ? new Outbox({ send: transmit, putBack, changed: () => view.list.draw() }) : null;
const invitations = new Invitations(() => view.update());
const rooms = new Rooms(dataset, session.name !== null, outbox);
const directs = new Directs(send, directFailed);
const joins = new Joins(request, () => session.you !== null, invitations);
const orders = new Orders(send);
const standing = new Standing(send, () => view.update());
const view = new RoomView({
  ...{ rooms, session, composer, outbox, standing, invitations, send },
  actions: { setTopic, part: () => navigation.part(), person: showPerson, invite: () => askFor("invite", ""), order: orderHere },
});
const orderDialog = composer && new OrderDialog(order);
const person = new Person(request, askFor);
const run = makeRunner({ view, joins, request, join, open: orderHere });
const status = new ConnectionStatus((state) => (state === "replaced" ? restart("") : connection.open()));
const handlers = makeHandlers({
  ...{ rooms, view, session, account, composer, outbox, joins, directs, orders, standing, invitations, status, openDirect, sendIgnored },
  ...{ hello: last, show, signedOut, notify: (room, data) => notifications.show(room, data) },
});
const connection = new Connection(hello, (type, data) => handlers[type]?.(data), stateChanged);
const navigation = new Navigation({
  ...{ rooms, view, invitations },
  actions: { join: (name, showError) => joins.open(name, showError), leave: leaveRoom, focus: () => composer?.focus() },
});
const notifications = new Notifications(show);

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
  if (invitations.code(view.room.name)) navigation.enter();
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

// What never leaves things as they are: the server tells it to the room.
const ALWAYS_TOLD = ["kick", "mute", "unmute", "ban", "unban"];

// Send what a moderator asks for; return whether it is sent. `answered(reason)` is called
// with why it is refused or not sent, or null.
function order(asked, answered) {
  const isSent = orders.open(asked, (reason, isTold) => {
    answered(reason);
    const isToldLater = asked.data.room && ALWAYS_TOLD.includes(asked.type);
    if (reason === null && !isTold && !isToldLater) view.room.log.addAct([`Done: ${doneText(asked)}`]);
  });
  if (!isSent) answered(NO_CONNECTION);
  return isSent;
}

// Do the same, and show the reason beside the message box.
function orderHere(asked) {
  return order(asked, (reason) => reason && view.report(reason));
}

// Ask for the details of what a moderator does.
function askFor(act, name) {
  orderDialog.show(act, name, view.room, view.role);
}

// -- rooms and people --

function show(room) {
  navigation.show(room);
}

// Leave a room; return whether the user, who may only watch, is not in it any more.
function leaveRoom(room) {
  if (session.you !== null) return request("leave", { room: room.name }) && false;
  return !(room.isMine = false); // the server sends its events until the next connection
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
  if (session.you !== null && name !== session.you) person.show(name, view.room.users.since.get(name), view.role);
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

offerErasing(
  (sequence) => order({ type: "erase", data: { room: view.room.name, sequence } }, (why) => view.report(why ?? "")),
  () => isAtLeast(view.role, "moderator"),
);
if (account.hasChanged) outbox?.expire();
composer?.show(session.name);
connection.open();
