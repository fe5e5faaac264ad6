// The session of this tab: its token, its name, and the requests for names.

import { load, randomId, store } from "./storage.js";

export class Session {
  token = load("token", null);
  name = load("name", null); // to join with; null to watch
  account; // the name of the account; null for a guest
  role = null; // that of the account, on the server
  you = null; // the name that the server has confirmed

  #request = null; // for a name, without a response yet: {name, isRefused}
  #next = null; // a name to be requested
  #actions;

  // `actions` are send(type, data), which returns whether there is a connection;
  // changed(isNew), for a change of `you`, which is new if it was null; and
  // refused(reason, code), for a refused name.
  constructor(account, actions) {
    [this.account, this.#actions] = [account, actions];
    if (account !== null) this.#store(account);
    if (this.token === null) this.#createToken();
  }

  // Return the members of the hello that identify the session. Those of an account are
  // added by the server; if it is signed out meanwhile, the session only watches.
  identity() {
    if (this.account !== null) return { token: this.token, watch: true };
    return { token: this.token, ...(this.name === null ? { watch: true } : { name: this.name }) };
  }

  // Take the name that the server has confirmed.
  confirm(you) {
    const before = this.you ?? this.name;
    this.you = you;
    if (you !== before) this.#actions.changed(false);
  }

  signedIn(account, role) {
    [this.account, this.role] = [account, role];
    this.#store(account);
  }

  // Take the new name of a user who may be this one.
  renamed(name, to) {
    if (name === this.you) this.#take(to);
  }

  // Request a name; return whether it can be requested now.
  request(name) {
    this.#next = name.toWellFormed().normalize("NFC").trim().replace(/\s+/g, " ");
    return this.requestNext();
  }

  // Request one name at a time. A notice with the name may be about a faster user. But
  // responses come in order, so a pong without an error before it confirms the name.
  requestNext() {
    if (this.#next === null || this.#request) return true;
    if (!this.#actions.send("set-name", { name: this.#next })) return false;
    this.#request = { name: this.#next, isRefused: false };
    this.#next = null;
    return this.#actions.send("ping", { token: "named?" });
  }

  // Handle the pong after a request.
  responded() {
    if (!this.#request) return;
    const { name, isRefused } = this.#request;
    this.#request = null;
    if (!isRefused) this.#take(name);
    this.requestNext();
  }

  refuse(reason, code) {
    if (this.#request) this.#request.isRefused = true;
    this.#actions.refused(reason, code);
  }

  disconnected() {
    if (this.#request && !this.#request.isRefused) this.#next ??= this.#request.name;
    this.#request = null;
  }

  // Start a new session, which only watches.
  restart() {
    this.#createToken();
    this.#request = this.#next = this.account = this.role = null;
    this.#store(null);
    this.you = null;
    this.#actions.changed(false);
  }

  #take(name) {
    const isNew = this.you === null;
    this.#store(name);
    this.you = name;
    this.#actions.changed(isNew);
  }

  #store(name) {
    this.name = name;
    store("name", this.account === null ? name : null); // a guest cannot have that one
  }

  #createToken() {
    this.token = randomId();
    store("token", this.token);
  }
}
