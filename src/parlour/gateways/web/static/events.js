// The handlers of what the server sends, by type.

import { element, sentence } from "./dom.js";
import { hideIgnored, isIgnored, setIgnored } from "./ignored.js";
import { orderHandlers } from "./order-events.js";
import { inLocalTime } from "./order-text.js";
import { mentionsYou } from "./you.js";

// Return the handlers. `hello` has the rooms of the last hello: `awaited`, and of these
// `resumed` with a cursor. `signedOut(reason)` is called if an account is not any more.
export function makeHandlers({ rooms, view, session, composer, outbox, account, joins, directs, orders, standing, invitations, status, hello, show, signedOut, notify, openDirect, sendIgnored }) {
  function reloadUsers(room) {
    room.users.isLoaded = false;
    view.load(room);
  }

  function isMention(room, text) {
    return room.isDirect || mentionsYou(text);
  }

  // Take up a room on this connection: continue after its cursor, or start anew.
  function hear(room, epoch, sequence) {
    room.isResumed = hello.resumed.delete(room.name);
    if (!room.isResumed) room.restart(epoch, sequence);
    else if (room.epoch !== epoch) {
      room.log.unlink(); // and `missed` follows
      [room.epoch, room.sequence] = [epoch, sequence];
    }
    room.isHeard = true;
  }

  function forgetUnread(room) {
    if (!room.unread) return;
    room.forgetUnread();
    view.list.draw();
  }

  // The session is no longer in a room, or could not enter it.
  function lose(room, closed) {
    room.closed = closed;
    if (!room.isDirect) [room.unread, room.mentions] = [0, 0];
    rooms.drop(room);
    view.update();
    view.listOthers();
  }

  function refuseMessage(id, reason) {
    const entry = outbox?.refuse(id, reason);
    if (!entry) return;
    if (entry.room !== view.room.name || !view.room.isMine) return;
    composer.showError(reason);
    if (composer.putBack(entry.room, entry.text)) outbox.remove(id);
  }

  function refuseRoom(room, { code, reason }) {
    hello.awaited.delete(room.name);
    const isClosed = code === "no_such_room";
    if (code === "banned") room.removal = sentence(reason);
    lose(room, isClosed ? (room.isDirect ? "The conversation is over" : "not open") : "");
    if (room === view.room && !isClosed && !room.removal) view.report(reason);
  }

  return {
    __proto__: null,
    ...orderHandlers({ rooms, view, session, orders, standing, invitations }),
    welcome({ you, rooms: isOld, limits }) {
      if (isOld) return location.reload(); // an older server is back, with a page of its own
      if (composer && limits?.text) composer.maxText = limits.text;
      if (session.account !== null && (you ?? null) === null) return signedOut("");
      session.confirm(you ?? null);
      invitations.clear();
    },
    greeting({ text }) {
      if (element("greeting-text").textContent === text) return; // the server was restarted
      element("greeting-text").textContent = text;
      element("greeting").hidden = false;
    },
    account({ name, role }) {
      session.signedIn(name, role);
      account.signedIn(name);
      for (const room of rooms.all()) if (room.isHeard) room.read ??= room.sequence; // a guest has registered
      view.update();
    },
    room({ room: name, epoch, sequence, topic, with: partner, one_way: isOneWay = false, ...facts }) {
      const { kept: isKept, role = null, locked: isLocked = false, private: isPrivate = false, slow = 0, read = null, unread = 0, mentions = 0 } = facts;
      const room = rooms.get(name) ?? rooms.add(name);
      const isOfHello = hello.awaited.delete(name);
      [room.topic, room.partner, room.isMine, room.closed] = [topic, partner ?? null, true, ""];
      Object.assign(room, { role, isKept, isLocked, isPrivate, isOneWay, slow, removal: "" });
      invitations.drop(name);
      if (!room.isHeard) {
        hear(room, epoch, sequence);
        room.takePosition({ read, unread, mentions }, view.isSeen(room));
      }
      view.load(room);
      if (room === view.room) view.see();
      view.update();
      if (partner !== undefined) openDirect(room);
      else if (joins.answered(name) && !isOfHello) show(room);
    },
    message(data) {
      const room = rooms.get(data.room);
      if (!room || data.sequence <= room.sequence) return;
      const before = room.sequence;
      room.sequence = data.sequence;
      room.log.add(data);
      rooms.saveSoon();
      if (view.isSeen(room)) return view.see();
      if (data.source === session.you) return forgetUnread(room); // said on another device
      if (data.erased || isIgnored(data.source)) return;
      const isForUser = isMention(room, data.message);
      room.count(before, isForUser);
      if (isForUser) notify(room, data);
      view.list.draw();
    },
    erased({ room: name, sequence, target }) {
      const room = rooms.get(name);
      if (!room || sequence <= room.sequence) return;
      room.sequence = sequence;
      room.log.erase(target);
      rooms.saveSoon();
    },
    missed({ room: name, events, resume_after: after }) {
      const room = rooms.get(name);
      if (!room) return;
      const count = events === 1 ? "1 older message is" : `${events?.toLocaleString("en")} older messages are`;
      room.log.addGap(events === null ? "Some messages may be missing here" : `${count} no longer available`);
      if (after < room.sequence) room.log.unlink(after);
      room.sequence = after;
      reloadUsers(room);
    },
    read({ room: name, ...position }) {
      const room = rooms.get(name);
      if (!room) return;
      room.readElsewhere(position);
      view.list.draw();
      rooms.changed();
    },
    joined({ room: name, name: who, role }) {
      const room = rooms.get(name);
      // A user who resumes receives this, too, but was there before.
      const isReturn = room?.isResumed && who === session.you;
      if (room?.users.add(who, role) && !isReturn) room.log.addNotice(who, "joined");
    },
    left({ room: name, name: who, you: isOwn }) {
      const room = rooms.get(name);
      if (!room) return;
      room.users.remove(who);
      if (isOwn) return lose(room, room.isDirect ? "You have left the conversation" : "");
      room.log.addNotice(who, "left");
    },
    renamed({ room: name, name: before, to, role }) {
      session.renamed(before, to);
      const room = rooms.get(name);
      if (!room) return;
      if (room.partner === before) room.partner = to;
      if (room.users.rename(before, to, role)) room.log.removeJoinNotice(before);
      else room.log.addRename(before, to);
      view.update();
    },
    topic({ room: name, topic, by }) {
      const room = rooms.get(name);
      if (!room) return;
      room.topic = topic;
      room.log.addNotice(by, topic ? "changed the topic to" : "removed the topic", topic);
      view.update();
    },
    closed({ room: name, reason, code }) {
      const room = rooms.get(name);
      if (code === "banned" && room) room.removal = sentence(inLocalTime(reason));
      if (room) lose(room, room.isDirect ? reason : code === "banned" ? "" : "not open");
    },
    history({ room: name, messages, more }) {
      const room = rooms.get(name);
      if (!room?.isPaging) return;
      [room.isPaging, room.isLoaded] = [false, true];
      room.log.prepend(messages, more);
      view.markNew(room);
    },
    role: ({ room, name, role }) => rooms.get(room)?.users.setRole(name, role),
    users: (data) => rooms.get(data.room)?.users.addPart(data),
    rooms: (data) => view.list.showOthers(data.rooms),
    stored({ id, room }) {
      outbox?.remove(id);
      standing.spoke(room);
    },
    ignored({ names }) {
      hello.hasIgnored = true;
      setIgnored(names);
      hideIgnored(element("live"));
      for (const room of rooms.all()) hideIgnored(room.log.list);
      view.room.users.view.draw();
    },
    error({ code, reason: inUTC, id, room: name, about }) {
      const [room, reason] = [rooms.get(name), inLocalTime(inUTC)];
      if (code === "muted") standing.ask();
      if (id) return refuseMessage(id, reason);
      if (about === "hello" && room) return refuseRoom(room, { code, reason });
      if (["set-name", "hello"].includes(about)) return code === "same_name" || session.refuse(reason, code);
      if (orders.refused(about, reason)) return;
      if (about === "history" && room) room.isPaging = false;
      if (about === "direct") directs.refused(reason);
      else if (about === "join") joins.refused(name, reason, code);
      else view.report(reason);
    },
    pong({ token }) {
      if (token === "named?") session.responded();
      else if (token === "ignored?") hello.hasIgnored || sendIgnored();
      else if (!orders.responded(token)) directs.responded(token);
    },
    unkept: ({ reason }) => status.showStorageError(reason),
    kept: () => status.showStorageError(""),
  };
}
