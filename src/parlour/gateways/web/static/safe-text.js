// Make untrusted text safe to display, by the rules of `safe_text.py`.

const HUES = 11;
const MAX_LINES = 24; // lines of a text that is shown at full height

const HIDDEN =
  /([\p{Mn}\p{Me}\u200c\u200d]{3})[\p{Mn}\p{Me}\u200c\u200d]+|(?![\n\t\u200c\u200d])[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu;

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  for (let bit = 0; bit < 8; bit++) byte = (byte >>> 1) ^ (byte & 1 ? 0xedb88320 : 0);
  return byte;
});

function escaped(char) {
  const code = char.codePointAt(0);
  if (code === 0x7f) return "\u2421";
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return `<U+${code.toString(16).toUpperCase().padStart(4, "0")}>`;
}

// Return the text with all characters visible, except newlines and tabs.
export const visible = (text) =>
  text.replace(HIDDEN, (char, marks) => marks ?? escaped(char)).replace(/\n(?:[ \t]*\n){3,}/g, "\n\n\n");

// Return the name like `visible`, but on one line.
export const visibleName = (name) => visible(name).replace(/[\n\t]/g, escaped);

// Return the character shown as the icon of the name.
export function initial(name) {
  const found = name.match(/[\p{L}\p{N}]/u)?.[0] ?? "·";
  return [...found.toUpperCase()][0];
}

// Return the class for the colour of the name, by its CRC-32, as in the terminal.
export function hueClass(name) {
  let crc = ~0;
  for (const byte of new TextEncoder().encode(name)) crc = CRC_TABLE[(crc ^ byte) & 255] ^ (crc >>> 8);
  return `hue-${(~crc >>> 0) % HUES}`;
}

// Return whether the text has so many lines that it needs a scrollable frame.
export const isTall = (text) => text.split("\n").length > MAX_LINES;
