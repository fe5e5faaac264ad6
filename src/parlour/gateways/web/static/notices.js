// The notices of one room: who came, went or took another name, and what the topic is.
//
// Events between two messages share a row.

import { create } from "./dom.js";
import { isolated, OPERATOR } from "./order-text.js";

const MAX_ROWS = 50;
const MAX_EVENTS = 12; // in a row
const SIGNS = { joined: "→", left: "←", "is now": "~" }; // as in the terminal

// Return a name, in quotes if it has several words, which could be those of an event.
const quoted = (name) => isolated(/\s/.test(name) ? `"${name}"` : name);

function describe({ name, verb, to }) {
  const who = name ? quoted(name) : OPERATOR;
  if (!to) return [who, ` ${verb}`];
  return [who, ` ${verb} `, verb in SIGNS ? quoted(to) : isolated(to)];
}

export class Notices {
  #rows = []; // {item, events, isOpen}, oldest first
  #changed = new Set(); // rows to draw
  #joins = new Map(); // rows and events of joining since the last message, by name

  get hasChanged() {
    return this.#changed.size > 0;
  }

  // Add an event. Return the items of new rows and of those to remove.
  add(name, verb, to) {
    const added = [];
    let row = this.#rows.at(-1);
    if (!row?.isOpen || !(verb in SIGNS) || row.events.length === MAX_EVENTS) {
      row = { item: create("li", "notice"), events: [], isOpen: verb in SIGNS };
      row.item.ariaHidden = "true";
      this.#rows.push(row);
      added.push(row.item);
    }
    const event = { name, verb, to };
    row.events.push(event);
    this.#changed.add(row);
    if (verb === "joined") this.#joins.set(name, { row, event });
    else this.#joins.delete(name);
    return [added, this.#rows.splice(0, this.#rows.length - MAX_ROWS).map(({ item }) => item)];
  }

  // Change the name in a recent event of joining; return whether there is one.
  rename(name, to) {
    const join = this.#joins.get(name);
    if (!join) return false;
    join.event.name = to;
    this.#joins.delete(name);
    this.#joins.set(to, join);
    this.#changed.add(join.row);
    return true;
  }

  // Remove a recent event of joining; return the item to remove if it is empty now.
  removeJoin(name) {
    const join = this.#joins.get(name);
    if (!join) return null;
    this.#joins.delete(name);
    const { row, event } = join;
    row.events.splice(row.events.indexOf(event), 1);
    this.#changed.add(row);
    if (row.events.length) return null;
    row.isOpen = false;
    return row.item;
  }

  // Begin a new row with the next event, because something else comes before it.
  interrupt() {
    if (this.#rows.length) this.#rows.at(-1).isOpen = false;
  }

  // A message follows.
  end() {
    this.interrupt();
    this.#joins.clear();
  }

  // Draw what has changed.
  draw() {
    for (const { item, events } of this.#changed) {
      const verbs = new Set(events.map(({ verb }) => verb));
      const [verb] = verbs;
      item.dataset.sign = verbs.size > 1 ? SIGNS.joined : (SIGNS[verb] ?? "--");
      item.replaceChildren(...events.flatMap((event, at) => [...(at ? [", "] : []), ...describe(event)]));
    }
    this.#changed.clear();
  }
}
