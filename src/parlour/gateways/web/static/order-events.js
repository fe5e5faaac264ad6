// The handlers of what moderators do, by type.

import { sentence } from "./dom.js";
import { invitationLines, invitationNodes, uninvitedNodes } from "./invitations.js";
import { actNodes, actText, announcementNodes, auditLines, sanctionLines, whyLines } from "./order-text.js";

const ROLES = ["member", "moderator", "owner"];

export function orderHandlers({ rooms, view, session, orders, standing, invitations }) {
  // Note what an act changes for the user.
  function note(room, act) {
    const { action, name } = act;
    const isOwn = name === session.you;
    if (["lock", "unlock"].includes(action)) room.isLocked = action === "lock";
    else if (["private", "public"].includes(action)) room.isPrivate = action === "private";
    else if (action === "slow") room.slow = Number(name);
    else if (ROLES.includes(action) && isOwn) room.role = action;
    else if (action === "owner" && room.role === "owner") room.role = "moderator"; // in place of the user
    else if (["mute", "unmute"].includes(action) && isOwn) standing.ask();
    else if (["kick", "ban"].includes(action) && isOwn) room.removal = sentence(actText({ ...act, name: "you" }));
  }

  function show(lines) {
    for (const line of lines) view.room.log.addAct([line]);
  }

  return {
    act(act) {
      const room = rooms.get(act.room);
      if (!room) return;
      room.log.addAct(actNodes(act));
      if (act.by === session.you) orders.told(act.action, room.name);
      note(room, act);
      view.update();
    },
    announcement(data) {
      rooms.get(data.room)?.log.addAnnouncement(announcementNodes(data));
      if (data.by === session.you) orders.told("announce");
    },
    sanctions(data) {
      const request = orders.told("sanctions");
      if (request) show(sanctionLines(data, request.data.room));
    },
    audit(data) {
      const request = orders.told("audit");
      if (request) show(auditLines(data, request.data.room));
    },
    invited(data) {
      const nodes = invitations.receive(data);
      if (nodes) view.room.log.addAct(nodes);
    },
    uninvited(data) {
      if (!data.number) return invitations.takenBack(data.room);
      if (orders.told("uninvite")) view.room.log.addAct(uninvitedNodes(data));
    },
    invitations(data) {
      const request = orders.told("invites");
      if (request) show(invitationLines(data));
    },
    invitation(data) {
      if (orders.told("invite")) view.room.log.addAct(invitationNodes(data));
    },
    why(data) {
      standing.set(data.sanctions);
      if (orders.told("why")) show(whyLines(data));
    },
  };
}
