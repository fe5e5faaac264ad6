// The users of one room: requested when it is shown, and then updated by notices.

const MAX_HIDDEN = 1000; // users of a room that is not shown
const RETURN_TIMEOUT = 30_000; // milliseconds for other users to reconnect, too

export class RoomUsers {
  since = new Map(); // the times of joining, by name
  roles = new Map(); // by name; members and guests have none
  isLoaded = false; // all of them were requested
  view = null; // the `UserList` that shows them

  isComplete = false; // they are known
  #parts = []; // the users of an incomplete response
  #wasDisconnected = false;
  #missing = new Set(); // users who have not returned since the connection was lost
  #timer = 0;
  #onMissing;

  // `onMissing(name)` is called for users who do not return after a lost connection.
  constructor(onMissing) {
    this.#onMissing = onMissing;
  }

  // Add a part of the response to a `users` request.
  addPart({ users, more }) {
    this.#parts.push(...users);
    if (more) return;
    const before = this.since;
    this.since = new Map(this.#parts.map(({ name, since }) => [name, new Date(since)]));
    this.roles = new Map(this.#parts.filter(({ role }) => role).map(({ name, role }) => [name, role]));
    this.#parts = [];
    this.isComplete = true;
    if (this.#wasDisconnected) this.#expect(before.keys());
    this.view?.draw();
  }

  // Add a user, and return whether the user was absent. A user who reconnects after a
  // restart of the server was not.
  add(name, role) {
    const wasAbsent = !this.#missing.delete(name) && !this.since.has(name);
    this.since.set(name, new Date());
    this.setRole(name, role);
    return wasAbsent;
  }

  // Set the role of a user.
  setRole(name, role) {
    if (!role || role === "member") this.roles.delete(name);
    else this.roles.set(name, role);
    this.view?.draw();
  }

  // Remove a user.
  remove(name) {
    this.#missing.delete(name);
    this.since.delete(name);
    this.setRole(name);
  }

  // Rename a user, and return whether it is a missing user who returned.
  rename(name, to, role) {
    const since = this.since.get(name) ?? new Date();
    this.since.delete(name);
    this.since.set(to, since);
    this.roles.delete(name);
    this.setRole(to, role);
    return this.#missing.delete(to);
  }

  // Drop an incomplete response: the connection is lost.
  disconnected() {
    this.#parts = [];
    this.isLoaded = this.isComplete = false;
    this.#wasDisconnected = this.since.size > 0;
    clearTimeout(this.#timer);
  }

  // Forget many users of a room that is no longer shown.
  hide() {
    this.view = null;
    if (this.since.size <= MAX_HIDDEN) return;
    this.since.clear();
    this.roles.clear();
    this.isLoaded = this.isComplete = false;
  }

  // Wait for the users of `names` to reconnect.
  #expect(names) {
    this.#wasDisconnected = false;
    for (const name of names) if (!this.since.has(name)) this.#missing.add(name);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      for (const name of this.#missing) this.#onMissing(name);
      this.#missing.clear();
    }, RETURN_TIMEOUT);
  }
}
