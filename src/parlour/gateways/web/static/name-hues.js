// The hues of the names on the page, distinct where possible.
//
// A row has the hue of its name's hash. Who appears later with a hue that is taken gets the
// next free one; when all are taken, that of the hash. Every room has the same.

export const HUES = 11;

const hues = new Map(); // by name, in the order of appearance

const hueOf = (part) => Number(part.className.match(/hue-(\d+)/)[1]);

function hueFor(name, hash) {
  const taken = new Set(hues.values());
  if (!hues.has(name) && taken.size < HUES) {
    let hue = hash;
    while (taken.has(hue)) hue = (hue + 1) % HUES;
    hues.set(name, hue);
  }
  return hues.get(name) ?? hash;
}

// Give the row of a message or a user the hue of its name.
export function paintName(row) {
  const name = row.querySelector(".name");
  const hash = hueOf(name);
  const hue = hueFor(name.textContent, hash);
  for (const part of row.querySelectorAll(".mark, .name")) part.classList.replace(`hue-${hash}`, `hue-${hue}`);
}
