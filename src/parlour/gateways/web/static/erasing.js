// A button that erases a message of the user: that with the focus, or under the pointer.

import { create } from "./dom.js";

const QUESTION = "Erase for everybody? Others may have copies";

export function offerErasing(erase) {
  function offer({ target }) {
    const row = target.closest?.("#log .own[id]");
    if (!row || row.querySelector(".erased, .erase")) return;
    const button = create("button", "quiet erase", "Erase");
    button.onblur = () => (button.textContent = "Erase");
    button.onclick = () => {
      if (button.textContent === QUESTION) erase(Number(row.id.slice(1)));
      button.textContent = QUESTION;
    };
    row.append(button);
  }
  for (const type of ["pointerover", "focusin"]) document.addEventListener(type, offer);
}
