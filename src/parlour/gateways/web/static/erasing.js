// A button that erases a message: that with the focus, or under the pointer, if it is of
// the user, or of somebody else in a room where the user keeps order.

import { create } from "./dom.js";

const QUESTION = "Erase for everybody? Others may have copies";

// `mayErase()` returns whether the user keeps order in the room that is shown.
export function offerErasing(erase, mayErase) {
  function offer({ target }) {
    const row = target.closest?.("#log .message[id]");
    if (!row || !(row.matches(".own") || mayErase()) || row.querySelector(".erased, .erase")) return;
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
