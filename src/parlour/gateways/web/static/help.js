// The dialog with the commands of the message box.

import { HELP } from "./commands.js";
import { create } from "./dom.js";

let dialog = null;

function makeDialog() {
  const made = Object.assign(create("dialog", "person"), { id: "help", ariaLabel: "Commands" });
  const close = Object.assign(create("button", "quiet close"), { type: "button", ariaLabel: "Close" });
  const [bar, list] = [create("div", "bar"), create("dl")];
  bar.append(create("h2", "", "Commands"), close);
  for (const [command, meaning] of HELP) {
    const term = create("dt");
    term.append(create("code", "", command));
    list.append(term, create("dd", "", meaning));
  }
  made.append(bar, list);
  made.addEventListener("click", ({ target }) => [made, close].includes(target) && made.close());
  document.body.append(made);
  return made;
}

export function showHelp() {
  dialog ??= makeDialog();
  dialog.showModal();
}
