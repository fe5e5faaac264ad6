// The connection: one WebSocket at a time, and how to come back by another.
//
// Every frame that is sent is one line of the session dialect; one that comes holds
// one or more. `hello()` says how to begin, `hear(type, data)` takes what comes, and
// `change(state)` is told: connecting, live, waiting, refused, full, stopped or replaced.

const SHORTEST = 500; // milliseconds between two attempts
const LONGEST = 30_000;
const PATIENCE = 10_000; // for a welcome, and for an answer to a ping
const SILENCE = 60_000; // after which the server is asked whether it is there
const NO_SOCKET =
  "The server answers, but no WebSocket reaches it. If a proxy stands before it, that has to pass on Upgrade and Connection.";
const STEADY = 5_000; // that a connection has to live for the next wait to be short

export class Wire {
  state = "connecting";
  refusal = ""; // why nothing comes of it, if that is known
  due = 0; // when the next attempt is made, by the clock of Date.now

  #hello;
  #hear;
  #change;
  #socket = null;
  #attempts = 0;
  #bye = null;
  #timer = 0;
  #heard = 0;
  #asked = 0;
  #since = 0;
  #wasLive = false;

  constructor(hello, hear, change) {
    [this.#hello, this.#hear, this.#change] = [hello, hear, change];
    const hurry = () => ["waiting", "refused"].includes(this.state) && !document.hidden && this.open();
    addEventListener("online", hurry);
    document.addEventListener("visibilitychange", hurry);
    setInterval(() => this.#look(Date.now()), 1000);
  }

  // Connect now, in place of any connection there is.
  open() {
    clearTimeout(this.#timer);
    this.#socket?.close();
    this.#bye = null;
    this.#asked = this.#since = 0;
    this.#heard = Date.now();
    this.#become("connecting");
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/ws`);
    this.#socket = socket;
    socket.onopen = () => this.send("hello", this.#hello());
    socket.onmessage = ({ data }) => socket === this.#socket && this.#read(data);
    socket.onclose = () => socket === this.#socket && this.#lost();
  }

  // Send one line, if there is a connection to send it by.
  send(type, data) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify({ type, data }));
    return true;
  }

  #become(state) {
    this.state = state;
    this.#change(state);
  }

  #read(frame) {
    this.#heard = Date.now();
    this.#asked = 0;
    for (const line of frame.split("\n")) {
      let type, data;
      try {
        ({ type, data } = JSON.parse(line));
      } catch {
        continue; // a blank, or nothing that we know
      }
      if (type === "ping") this.send("pong", { token: data.token });
      else if (type === "bye") this.#end(data);
      else if (!this.#since && type !== "welcome") this.#socket.close(); // our hello came too late
      else {
        if (type === "welcome") [this.#since, this.#wasLive] = [Date.now(), true];
        this.#hear(type, data);
        if (type === "welcome") this.#become("live");
      }
    }
  }

  // Nothing follows a bye, so this side need not wait for the other to close.
  #end(bye) {
    this.#bye = bye;
    this.#socket.close();
  }

  // Ask a server that is silent whether it is there, and give up one that is not.
  #look(now) {
    if (!this.#socket) return;
    const limit = this.#since ? SILENCE : PATIENCE;
    if (this.#asked ? now - this.#asked > PATIENCE : !this.#since && now - this.#heard > limit) {
      const socket = this.#socket;
      this.#lost();
      socket.close();
    } else if (!this.#asked && this.#since && now - this.#heard > limit) {
      this.#asked = now;
      this.send("ping", { token: "there?" });
    }
  }

  #lost() {
    const now = Date.now();
    const { code, retry_after: after } = this.#bye ?? {};
    this.#socket = null;
    if (this.#since && now - this.#since > STEADY) this.#attempts = 0;
    if (code === "replaced") return this.#become("replaced");
    if (code === "bye") return this.open();
    const most = Math.min(LONGEST, SHORTEST * 2 ** ++this.#attempts);
    let wait = SHORTEST + Math.random() * (most - SHORTEST);
    if (typeof after === "number") wait = after * 1000 + Math.random() * SHORTEST;
    this.due = now + wait;
    this.#timer = setTimeout(() => this.open(), wait);
    const named = { server_full: "full", server_stopping: "stopped" };
    this.#become(named[code] ?? (this.refusal ? "refused" : "waiting"));
    if (!this.#wasLive && !code) this.#explain();
  }

  // A script does not learn why its WebSocket was refused: ask for the reason.
  async #explain() {
    const attempts = this.#attempts;
    try {
      const answer = await fetch(`/ws?origin=${encodeURIComponent(location.origin)}`);
      const { allowed, reason } = await answer.json();
      this.refusal = allowed ? (attempts > 1 ? NO_SOCKET : "") : `The server refuses this page. ${reason}`;
    } catch {
      this.refusal = ""; // it is not there, or has no time
    }
    if (this.state === "waiting" && this.refusal) this.#become("refused");
  }
}
