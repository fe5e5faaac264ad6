// The hues of the names on the page, distinct where possible.
//
// A row has the hue of its name's hash. Who appears later with a hue that is taken gets the
// free one that is farthest from those taken; when all are, that of the hash. Every room has
// the same.

export const HUES = 11;

const hues = new Map(); // by name, in the order of appearance

const hueOf = (part) => Number(part.className.match(/hue-(\d+)/)[1]);

function hueFor(name, hash) {
  const taken = new Set(hues.values());
  if (!hues.has(name) && taken.size < HUES) hues.set(name, taken.has(hash) ? farthest(hash, [...taken]) : hash);
  return hues.get(name) ?? hash;
}

// Return the hue that is farthest from all *taken*, the first of those after *hash*.
function farthest(hash, taken) {
  const distance = (hue) => Math.min(...taken.map((each) => Math.min((HUES + hue - each) % HUES, (HUES + each - hue) % HUES)));
  const following = Array.from({ length: HUES }, (_, step) => (hash + step) % HUES);
  return following.reduce((best, hue) => (distance(hue) > distance(best) ? hue : best));
}

// Return the class for the hue of a name that has appeared; empty for others.
export const hueClass = (name) => (hues.has(name) ? `hue-${hues.get(name)}` : "");

// Give the row of a message or a user the hue of its name.
export function paintName(row) {
  const name = row.querySelector(".name");
  const hash = hueOf(name);
  const hue = hueFor(name.textContent, hash);
  for (const part of row.querySelectorAll(".mark, .name")) part.classList.replace(`hue-${hash}`, `hue-${hue}`);
}
