// The markup of messages, by the grammar of `parlour/markup.py`. Both parse the examples of
// `tests/markup_cases.json` alike.

const FENCE = "```";
const SPAN =
  /(?<code>(?<!`)(?<ticks>`{1,3})(?!`)(?<inner>[^`]|[^`].*?[^`])\k<ticks>(?!`))|(?<link>(?<![\p{L}\p{N}_])(?:https?:\/\/|mailto:)[^\s<>`"]+)|(?<![\p{L}\p{N}_*])\*\*(?<bold>[^\s*](?:[^*]*[^\s*])?)\*\*(?![\p{L}\p{N}_*])|(?<![\p{L}\p{N}_*])\*(?<star>[^\s*](?:[^*]*[^\s*])?)\*(?![\p{L}\p{N}_*])|(?<![\p{L}\p{N}_])_(?<line>[^\s_](?:[^_]*[^\s_])?)_(?![\p{L}\p{N}_])/gu;

const OPENING = { ")": "(", "]": "[", "}": "{" };
const AFTER_LINK = ".,;:!?'*_~"; // characters that end a sentence, not a link

const LINK = /^(?:https?:\/\/|mailto:)./u;
const MAX_MARKUP = 100; // spans and lines with markup in a message

const count = (text, char) => text.split(char).length - 1;
const textSpan = (raw) => ["text", raw, raw];
const marked = (spans) => spans.filter(([kind]) => kind !== "text").length;

function trimmedLink(link) {
  const unbalanced = {};
  for (const closing of Object.keys(OPENING)) unbalanced[closing] = count(link, closing) - count(link, OPENING[closing]);
  let end = link.length;
  while (end > 0) {
    const last = link[end - 1];
    if (!AFTER_LINK.includes(last) && !(unbalanced[last]-- > 0)) break;
    end -= 1;
  }
  return link.slice(0, end);
}

// Return what was found, or null if it is a link to nothing.
function spanOf({ 0: raw, groups }) {
  const { link, code, inner, bold, star, line } = groups;
  if (link !== undefined) {
    const trimmed = trimmedLink(link);
    return LINK.test(trimmed) ? ["link", trimmed, trimmed] : null;
  }
  if (code !== undefined) return ["code", raw, inner];
  if (bold !== undefined) return ["bold", raw, bold];
  return ["italic", raw, star ?? line];
}

// Return the spans of a line, each as [kind, raw, text], at most `limit` of them not text.
function parseLine(raw, limit) {
  const spans = [];
  let [start, at] = [0, 0];
  while (limit > 0) {
    SPAN.lastIndex = at;
    const found = SPAN.exec(raw);
    if (!found) break;
    const span = spanOf(found);
    at = found.index + (span ?? found)[span ? 1 : 0].length;
    if (!span) continue;
    if (found.index > start) spans.push(textSpan(raw.slice(start, found.index)));
    spans.push(span);
    limit -= 1;
    start = at;
  }
  if (start < raw.length || !spans.length) spans.push(textSpan(raw.slice(start)));
  return spans;
}

// Return the lines of a text, each as [kind, spans]. After MAX_MARKUP the rest is text.
export function parse(text) {
  let [isInBlock, left] = [false, MAX_MARKUP];
  return text.split("\n").map((raw, index, all) => {
    const hasBlock = isInBlock || index < all.length - 1;
    const isFence = raw.startsWith(FENCE) && !raw.slice(FENCE.length).includes("`");
    if (isFence && hasBlock && (left > 0 || isInBlock)) {
      isInBlock = !isInBlock;
      left -= 1;
      return ["fence", [textSpan(raw)]];
    }
    if (isInBlock) return ["code", [["code", raw, raw]]];
    const isQuote = raw.startsWith(">") && left > 0;
    if (isQuote) left -= 1;
    const spans = parseLine(raw, left);
    left -= marked(spans);
    return [isQuote ? "quote" : "text", spans];
  });
}
