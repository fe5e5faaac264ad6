// Values that this tab keeps over a reload, or in memory where storage is forbidden.

import { PREFIX } from "./prefix.js";

const memory = new Map();

// Pages below different prefixes share the storage of their host.
const stored = (key) => PREFIX + key;

export function load(key, fallback) {
  try {
    const json = sessionStorage.getItem(stored(key)) ?? memory.get(key) ?? null;
    return json === null ? fallback : JSON.parse(json);
  } catch {
    return fallback;
  }
}

export function store(key, value) {
  const json = JSON.stringify(value);
  memory.set(key, json);
  try {
    sessionStorage.setItem(stored(key), json);
  } catch {
    // Storage is full or forbidden, so the value is in memory.
  }
}

// Return 128 random bits. Unlike randomUUID, this needs no secure context.
export function randomId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
