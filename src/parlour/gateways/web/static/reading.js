// Tells the server how far the account of the user has read the rooms, so that its other
// devices know it. A guest has no positions.

const INTERVAL = 2_000; // milliseconds between two lines about one room

export class Reading {
  #send;
  #again;
  #timer = 0;

  // `send(type, data)` returns whether there is a connection; `again()` is called when the
  // room that is shown then may have to be told.
  constructor(send, again) {
    [this.#send, this.#again] = [send, again];
  }

  // The user sees everything that has arrived in `room`.
  seen(room) {
    if (room.read === null || !room.isHeard || room.sequence <= room.read) return;
    const wait = room.toldAt + INTERVAL - Date.now();
    if (wait > 0) {
      this.#timer ||= setTimeout(() => {
        this.#timer = 0;
        this.#again();
      }, wait);
    } else if (this.#send("read", { room: room.name, sequence: room.sequence })) {
      [room.read, room.toldAt] = [room.sequence, Date.now()];
    }
  }
}
