// The hues of the names in one room, distinct where possible.
//
// A row has the hue of its name's hash. Who appears later with a hue that is taken gets the
// next free one; when all are taken, that of the hash.

export const HUES = 12;

const hueOf = (part) => Number(part.className.match(/hue-(\d+)/)[1]);

export class RoomHues {
  #hues = new Map(); // by name, in the order of appearance

  // Give the row of a message or a user the hue of its name in this room.
  paint(row) {
    const name = row.querySelector(".name");
    const hash = hueOf(name);
    const hue = this.#hueFor(name.textContent, hash);
    for (const part of row.querySelectorAll(".mark, .name")) part.classList.replace(`hue-${hash}`, `hue-${hue}`);
  }

  #hueFor(name, hash) {
    const taken = new Set(this.#hues.values());
    if (!this.#hues.has(name) && taken.size < HUES) {
      let hue = hash;
      while (taken.has(hue)) hue = (hue + 1) % HUES;
      this.#hues.set(name, hue);
    }
    return this.#hues.get(name) ?? hash;
  }
}
