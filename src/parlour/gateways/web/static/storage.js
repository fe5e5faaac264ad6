// What this tab remembers over a reload, or for as long as it is open if it may not.

const memory = new Map();

export function recall(key, otherwise) {
  try {
    const found = sessionStorage.getItem(key) ?? memory.get(key);
    return found === undefined || found === null ? otherwise : JSON.parse(found);
  } catch {
    return otherwise;
  }
}

export function keep(key, value) {
  const spelled = JSON.stringify(value);
  memory.set(key, spelled);
  try {
    sessionStorage.setItem(key, spelled);
  } catch {
    // Full or forbidden: the tab itself has it.
  }
}

// Return 128 random bits, also where there is no secure context.
export function secret() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
