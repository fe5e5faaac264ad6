// The markup of messages, by the grammar of `parlour/markup.py`. Both parse the examples of
// `tests/markup_cases.json` alike.

const FENCE = "```";
const SPAN =
  /(?<code>(?<!`)(?<ticks>`{1,3})(?!`)(?<inner>[^`]|[^`].*?[^`])\k<ticks>(?!`))|(?<link>(?<![\p{L}\p{N}_])(?:https?:\/\/|mailto:)[^\s<>`"]+)|(?<![\p{L}\p{N}_*])\*\*(?<bold>[^\s*](?:[^*]*[^\s*])?)\*\*(?![\p{L}\p{N}_*])|(?<![\p{L}\p{N}_*])\*(?<star>[^\s*](?:[^*]*[^\s*])?)\*(?![\p{L}\p{N}_*])|(?<![\p{L}\p{N}_])_(?<line>[^\s_](?:[^_]*[^\s_])?)_(?![\p{L}\p{N}_])/gu;

const OPENING = { ")": "(", "]": "[", "}": "{" };
const AFTER_LINK = ".,;:!?'*_~"; // characters that end a sentence, not a link

const count = (text, char) => text.split(char).length - 1;

function trimmedLink(link) {
  for (;;) {
    const last = link.at(-1);
    const isUnbalanced = OPENING[last] && count(link, last) > count(link, OPENING[last]);
    if (!AFTER_LINK.includes(last) && !isUnbalanced) return link;
    link = link.slice(0, -1);
  }
}

function spanOf({ 0: raw, groups }) {
  const { link, code, inner, bold, star, line } = groups;
  if (link !== undefined) return ["link", trimmedLink(link), trimmedLink(link)];
  if (code !== undefined) return ["code", raw, inner];
  if (bold !== undefined) return ["bold", raw, bold];
  return ["italic", raw, star ?? line];
}

// Return the spans of a line, each as [kind, raw, text].
function parseLine(raw) {
  const spans = [];
  let start = 0;
  for (;;) {
    SPAN.lastIndex = start;
    const found = SPAN.exec(raw);
    if (!found) break;
    const span = spanOf(found);
    if (found.index > start) spans.push(["text", raw.slice(start, found.index), raw.slice(start, found.index)]);
    spans.push(span);
    start = found.index + span[1].length;
  }
  if (start < raw.length || !spans.length) spans.push(["text", raw.slice(start), raw.slice(start)]);
  return spans;
}

// Return the lines of a text, each as [kind, spans].
export function parse(text) {
  let isInBlock = false;
  return text.split("\n").map((raw, index, all) => {
    const hasBlock = isInBlock || index < all.length - 1;
    if (hasBlock && raw.startsWith(FENCE) && !raw.slice(FENCE.length).includes("`")) {
      isInBlock = !isInBlock;
      return ["fence", [["text", raw, raw]]];
    }
    if (isInBlock) return ["code", [["code", raw, raw]]];
    return [raw.startsWith(">") ? "quote" : "text", parseLine(raw)];
  });
}
