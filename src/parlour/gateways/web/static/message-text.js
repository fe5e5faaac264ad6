// Show the text of a message with its markup, as `templates/macros.html` does.
//
// Marks stay in the text, where only copying finds them: what is copied is what was sent.

import { create } from "./dom.js";
import { parse } from "./markup.js";

const TAGS = { code: "code", bold: "strong", italic: "em" };

const mark = (text) => Object.assign(create("span", "tick", text), { ariaHidden: "true" });

function spanNode([kind, raw, text]) {
  if (kind === "text") return text;
  if (kind === "link") {
    return Object.assign(create("a", "", text), {
      href: text,
      rel: "noopener noreferrer nofollow ugc",
      target: "_blank",
    });
  }
  const size = (raw.length - text.length) / 2;
  const node = create(TAGS[kind], "", "");
  node.append(mark(raw.slice(0, size)), text, mark(raw.slice(-size)));
  return node;
}

// Return the lines of `lines`, each block of code as one of kind "block".
function* blocks(lines) {
  let block = null;
  for (const [kind, spans] of lines) {
    const raw = spans.map((span) => span[1]).join("");
    if (kind === "fence" && block) {
      yield ["block", [...block, raw]];
      block = null;
    } else if (kind === "fence") {
      block = [raw, []];
    } else if (kind === "code") {
      block[1].push(raw);
    } else {
      yield [kind, spans];
    }
  }
  if (block) yield ["block", block];
}

function blockNode([opening, lines, closing]) {
  const node = create("code", "block");
  node.append(mark(lines.length ? `${opening}\n` : opening), lines.join("\n"));
  if (closing !== undefined) node.append(mark(`\n${closing}`));
  return node;
}

export const ACTION = "/me "; // what a message begins with that says what its sender does

export const isAction = (text) => text.startsWith(ACTION);

// Fill a paragraph with `text`, whose characters are all visible.
export function fillText(paragraph, text) {
  paragraph.classList.toggle("action", isAction(text));
  paragraph.replaceChildren(isAction(text) ? mark(ACTION) : "");
  let newline = "";
  for (const [kind, content] of blocks(parse(isAction(text) ? text.slice(ACTION.length) : text))) {
    if (kind === "block") {
      paragraph.append(newline && mark(newline), blockNode(content));
      newline = "\n";
      continue;
    }
    const isAfterBlock = paragraph.lastChild?.className === "block";
    if (newline) paragraph.append(isAfterBlock ? mark(newline) : newline);
    const nodes = content.map(spanNode);
    if (kind === "quote") {
      const quote = create("span", "quote");
      quote.role = "blockquote";
      const [, sign, rest] = content[0][1].match(/^(> ?)(.*)$/su);
      quote.append(mark(sign), rest, ...nodes.slice(1));
      paragraph.append(quote);
    } else {
      paragraph.append(...nodes);
    }
    newline = "\n";
  }
}

// Give a tall text a button that shows all of it.
export function offerAll(paragraph) {
  const count = paragraph.textContent.split("\n").length;
  const button = create("button", "quiet all", `Show all ${count} lines`);
  button.type = "button";
  button.addEventListener("click", () => {
    const row = paragraph.closest(".message");
    paragraph.removeAttribute("tabindex");
    row.tabIndex = -1;
    row.focus({ preventScroll: true });
    button.remove();
    row.scrollIntoView({ block: "start" });
  });
  paragraph.after(button);
}
