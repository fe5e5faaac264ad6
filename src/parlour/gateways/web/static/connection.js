// The connection to the server: one WebSocket at a time, with heartbeat and reconnect.
//
// A frame from the page is one line of the session dialect; one from the server has one
// or more. `hello()` returns the data of the first line, `receive(type, data)` is called
// for each event, and `change(state)` for each state: connecting, live, waiting, refused,
// full, stopped, replaced, revoked or banned.

import { sentence } from "./dom.js";
import { inLocalTime } from "./order-text.js";
import { PREFIX } from "./prefix.js";
import { Backoff } from "./reconnect.js";

const TIMEOUT = 10_000; // milliseconds until a welcome or a pong
const SILENCE = 60_000; // before a ping
const STABLE = 5_000; // after which the next backoff starts again
const SIGNED_OUT = ["revoked", "auth_failed", "account_disabled", "sign_in_required"]; // codes
const NO_WEBSOCKET =
  "The server responds, but WebSockets do not reach it. A proxy must pass on the headers Upgrade and Connection.";

export class Connection {
  state = "connecting";
  refusal = ""; // why the server refuses this page, if known
  due = 0; // the time of the next attempt, as from Date.now

  #hello;
  #receive;
  #change;
  #socket = null;
  #backoff = new Backoff();
  #bye = null;
  #timer = 0;
  #receivedAt = 0;
  #pingedAt = 0;
  #liveSince = 0;
  #wasLive = false;

  constructor(hello, receive, change) {
    [this.#hello, this.#receive, this.#change] = [hello, receive, change];
    const retry = () => ["waiting", "refused"].includes(this.state) && !document.hidden && this.open();
    addEventListener("online", retry);
    document.addEventListener("visibilitychange", retry);
    setInterval(() => this.#checkHeartbeat(Date.now()), 1000);
  }

  // Connect now, and close any other connection.
  open() {
    clearTimeout(this.#timer);
    this.#socket?.close();
    this.#bye = null;
    this.#pingedAt = this.#liveSince = 0;
    this.#receivedAt = Date.now();
    this.#enter("connecting");
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}${PREFIX}/ws`);
    this.#socket = socket;
    socket.onopen = () => this.send("hello", this.#hello());
    socket.onmessage = ({ data }) => socket === this.#socket && this.#read(data);
    socket.onclose = () => socket === this.#socket && this.#closed();
  }

  // Send one line, and return whether there is an open connection.
  send(type, data) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify({ type, data }));
    return true;
  }

  #enter(state) {
    this.state = state;
    this.#change(state);
  }

  #read(frame) {
    this.#receivedAt = Date.now();
    this.#pingedAt = 0;
    for (const line of frame.split("\n")) {
      let type, data;
      try {
        ({ type, data } = JSON.parse(line));
      } catch {
        continue; // blank or unknown
      }
      if (type === "ping") this.send("pong", { token: data.token });
      else if (type === "bye") this.#end(data);
      else if (!this.#liveSince && type === "error") this.#end(data); // it cannot sign in
      else if (!this.#liveSince && type !== "welcome") this.#socket.close(); // the hello was too late
      else {
        if (type === "welcome") [this.#liveSince, this.#wasLive, this.refusal] = [Date.now(), true, ""];
        this.#receive(type, data);
        if (type === "welcome") this.#enter("live");
      }
    }
  }

  // Nothing follows a bye, so close without waiting for the server.
  #end(bye) {
    this.#bye = bye;
    this.#socket.close();
  }

  // Ping a silent server, and close a connection whose welcome or pong is late.
  #checkHeartbeat(now) {
    if (!this.#socket) return;
    const limit = this.#liveSince ? SILENCE : TIMEOUT;
    const isSilent = now - this.#receivedAt > limit;
    if (this.#pingedAt ? now - this.#pingedAt > TIMEOUT : !this.#liveSince && isSilent) {
      const socket = this.#socket;
      this.#closed();
      socket.close();
    } else if (!this.#pingedAt && this.#liveSince && isSilent) {
      this.#pingedAt = now;
      this.send("ping", { token: "there?" });
    }
  }

  #closed() {
    const now = Date.now();
    const { code, reason, retry_after: after, about } = this.#bye ?? {};
    this.#socket = null;
    if (this.#liveSince && now - this.#liveSince > STABLE) this.#backoff.attempts = 0;
    if (code === "replaced") return this.#enter("replaced");
    if (code === "bye") return this.open();
    if (SIGNED_OUT.includes(code)) {
      this.refusal = reason;
      return this.#enter("revoked");
    }
    if (code === "banned") {
      this.refusal = sentence(inLocalTime(reason));
      return this.#enter("banned");
    }
    if (about) this.refusal = sentence(reason);
    const delay = this.#backoff.next(after);
    this.due = now + delay;
    this.#timer = setTimeout(() => this.open(), delay);
    const states = { server_full: "full", server_stopping: "stopped" };
    this.#enter(states[code] ?? (this.refusal ? "refused" : "waiting"));
    if (!this.#wasLive && !code) this.#requestReason();
  }

  // Request the reason of a refused handshake, which a script cannot see.
  async #requestReason() {
    const { attempts } = this.#backoff;
    try {
      const response = await fetch(`${PREFIX}/ws?origin=${encodeURIComponent(location.origin)}`);
      const { allowed, reason } = await response.json();
      this.refusal = allowed ? (attempts > 1 ? NO_WEBSOCKET : "") : `The server refuses this page. ${reason}`;
    } catch {
      this.refusal = ""; // no response: the server is down or busy
    }
    if (this.state === "waiting" && this.refusal) this.#enter("refused");
  }
}
