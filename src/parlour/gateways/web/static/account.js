// The account with which this browser has signed in, and why it is signed out.
//
// The script knows only its name: the server reads the key from a cookie that no script
// can read, and completes the hello.

import { element, isPlainClick, sentence } from "./dom.js";
import { visibleName } from "./safe-text.js";
import { load, store } from "./storage.js";

const { dataset } = document.documentElement;

// Return the address of the page to sign in, or to register, which leads back here.
function entryAddress(path, name) {
  const here = location.pathname + location.search;
  const query = new URLSearchParams({ ...(here === "/" ? {} : { next: here }), ...(name ? { name } : {}) });
  return `${path}?${query}`;
}

export const signInAddress = (name) => entryAddress("/sign-in", name);

export class Account {
  // `actions` are chosenName(), the name of a guest who has one; and leave(), so that the
  // name is free.
  constructor(actions) {
    const reason = load("told", "");
    if (reason) {
      element("told").textContent = reason;
      element("told").hidden = false;
      store("told", "");
    }
    document.addEventListener("click", (event) => {
      const link = event.target.closest?.("#sign-in, #register");
      if (!link || !isPlainClick(event)) return;
      const name = actions.chosenName();
      link.href = entryAddress(new URL(link.href).pathname, name);
      if (link.id === "register" && name) actions.leave();
    });
  }

  // The name of the account, or null.
  get name() {
    return dataset.account ?? null;
  }

  // Whether this tab was signed in to another account when it was loaded last, or to none.
  hasChanged() {
    const before = load("account", null);
    store("account", this.name);
    return before !== this.name;
  }

  signedIn(name) {
    dataset.account = name;
    element("account-name").textContent = visibleName(name);
    element("told").hidden = true;
    store("account", name);
  }

  // Load the page of somebody who is not signed in, which then says why.
  signedOut(reason) {
    store("told", reason ? sentence(`you are signed out: ${reason}`) : "You are signed out.");
    location.reload();
  }
}
