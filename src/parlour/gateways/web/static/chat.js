// The page, kept as the room is: this is where its parts meet.
//
// `wire` carries lines, `log` shows what was said, `people` who is here, `outbox` what
// is not stored yet, `composer` is the boxes, `banner` tells how the connection stands,
// `over` shows the other pages over this one.
// The page was whole before this ran, and its cursor says where to go on.

import { Banner } from "./connection-status.js";
import { Composer } from "./composer.js";
import { keep, recall, secret } from "./storage.js";
import { Log } from "./message-list.js";
import { Outbox } from "./outbox.js";
import { Over } from "./overlay.js";
import { People } from "./user-list.js";
import { Wire } from "./connection.js";

const ROOM = "lobby";
const PAGE = 50; // messages asked for at a time
const NAME_CODES = ["bad_name", "empty_name", "name_too_long", "name_reserved", "name_taken", "read_only", "server_full"];

const { epoch, sequence, mode } = document.documentElement.dataset;
const cursor = { epoch, sequence: Number(sequence) };
const me = { token: recall("token", null), name: recall("name", null), you: null };
let asked = null; // a name whose answer has not come: {name, isRefused}
let wish = null; // a name that is to be asked for
let isPaging = false;

const log = new Log();
const people = new People((name) => log.notice(name, "left"));
const banner = new Banner((state) => (state === "replaced" ? begin(null) : wire.open()));
const wire = new Wire(hello, (type, data) => HEARD[type]?.(data), changed);
const composer = mode === "write" ? new Composer({ join, say, leave }) : null;
const outbox = mode === "write" ? new Outbox(send, (text) => composer.putBack(text, { force: true })) : null;

function hello() {
  const who = me.name === null ? { watch: true } : { name: me.name };
  return { version: 1, client: "parlour-page", token: me.token, ...who, resume: { [ROOM]: { ...cursor } } };
}

function changed(state) {
  if (state === "live") {
    askUsers();
    if (me.you !== null) outbox?.again(); // first: it was said by the old name
    askName();
  } else {
    if (asked && !asked.isRefused) wish ??= asked.name;
    asked = null;
    people.lost();
    isPaging = false;
  }
  banner.tell(state, wire.due, wire.refusal);
}

const askUsers = () => wire.send("users", { room: ROOM });

// -- who we are ------------------------------------------------------------------

function called(name) {
  me.you = name;
  composer?.show(name);
}

function remember(name) {
  me.name = name;
  keep("name", name);
}

function identify() {
  me.token = secret();
  keep("token", me.token);
}

function join(name) {
  wish = name.toWellFormed().normalize("NFC").trim().replace(/\s+/g, " ");
  if (wire.state !== "live") composer.refuseName("there is no connection yet; this is asked as soon as there is");
  askName();
}

// One at a time. What the room hears does not tell that it is we who have a name, for
// another may have come by it first; but an answer comes in order, so there is a second
// one to wait for.
function askName() {
  if (wish === null || asked || wire.state !== "live") return;
  asked = { name: wish, isRefused: false };
  wish = null;
  wire.send("set-name", { name: asked.name });
  wire.send("ping", { token: "named?" });
}

function answered({ name, isRefused }) {
  asked = null;
  if (!isRefused) {
    const isNew = me.you === null;
    remember(name);
    called(name);
    if (isNew) outbox?.again();
  }
  askName();
}

function refuseName(reason) {
  if (asked) asked.isRefused = true;
  composer?.refuseName(reason);
}

function leave() {
  const isTold = wire.send("bye", {});
  begin(me.you, { isTold });
}

// Be somebody new, who only reads. *isTold*: the server ends the connection itself.
function begin(suggested, { isTold = false } = {}) {
  identify();
  composer?.suggest(suggested ?? me.name ?? "");
  remember(null);
  asked = wish = null;
  called(null);
  outbox?.forgotten();
  if (!isTold) wire.open();
}

// -- what we say -------------------------------------------------------------------

function say(text) {
  if (outbox.isFull) {
    composer.complain("too much waits to be sent; wait for the connection");
    return false;
  }
  outbox.add(text);
  log.toEnd();
  return true;
}

function send({ id, text }) {
  if (wire.state === "live" && me.you !== null) wire.send("message", { room: ROOM, message: text, id });
}

function refuse({ code, reason, id }) {
  if (id) {
    const text = outbox?.refused(id, reason);
    if (text === undefined) return;
    composer.complain(reason);
    if (composer.putBack(text)) outbox.stored(id);
  } else if (NAME_CODES.includes(code)) refuseName(reason);
  else if (code !== "same_name") {
    isPaging = false;
    if (composer) composer.complain(reason);
    else log.gap(reason);
  }
}

// -- what was said before ----------------------------------------------------------

document.querySelector("#older a").addEventListener("click", (event) => {
  const isPlain = event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
  if (!isPlain || wire.state !== "live" || log.isFull) return; // the link leads to it
  event.preventDefault();
  if (isPaging) return;
  isPaging = wire.send("history", { room: ROOM, before: log.first, limit: PAGE });
});

// -- what we hear ------------------------------------------------------------------

const HEARD = {
  __proto__: null,
  welcome({ you, rooms, limits }) {
    const room = rooms[ROOM];
    if (room.epoch !== cursor.epoch) {
      log.forget();
      [cursor.epoch, cursor.sequence] = [room.epoch, room.sequence];
    }
    if (composer && limits?.text) composer.maxText = limits.text;
    const was = me.you ?? me.name;
    me.you = you ?? null;
    if (me.you !== was) composer?.show(me.you);
  },
  message(data) {
    if (data.sequence <= cursor.sequence) return;
    cursor.sequence = data.sequence;
    log.add(data);
  },
  missed({ events, resume_after: after }) {
    const one = events === 1 ? "1 older message is" : `${events?.toLocaleString("en")} older messages are`;
    log.gap(events === null ? "Some messages may be missing here" : `${one} no longer kept`);
    if (after < cursor.sequence) log.forget(after);
    cursor.sequence = after;
    askUsers();
  },
  joined({ name }) {
    if (people.joined(name)) log.notice(name, "joined");
  },
  left({ name }) {
    people.left(name);
    log.notice(name, "left");
  },
  renamed({ name, to }) {
    if (people.renamed(name, to)) log.returned(name);
    else log.renamed(name, to);
    if (name !== me.you) return;
    remember(to);
    called(to);
  },
  history({ messages, more }) {
    if (!isPaging) return;
    isPaging = false;
    log.before(messages, more);
  },
  users: (data) => people.told(data),
  stored: ({ id }) => outbox?.stored(id),
  error: refuse,
  pong: ({ token }) => token === "named?" && asked && answered(asked),
  unkept: ({ reason }) => banner.tellUnkept(reason),
  kept: () => banner.tellUnkept(""),
};

if (me.token === null) identify();
if (mode !== "write") me.name = null;
composer?.show(me.name);
new Over(() => log.toEnd());
wire.open();
