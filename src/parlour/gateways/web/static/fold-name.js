// Return the key that names share if they differ only by case or width, as the server's
// `fold_key` does. JavaScript has no case folding. The way through upper case replaces
// what lower case alone keeps apart: ß and ss, ς and σ. Only the dotless ı becomes an i
// here and not there, and no two users have names that differ only by that.
export function foldName(name) {
  const lower = name.normalize("NFKC").toLowerCase();
  return lower.toUpperCase().toLowerCase().normalize("NFKC");
}
