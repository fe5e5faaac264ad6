// The account with which this browser has signed in, and why it is signed out.
//
// The script knows only its name: the server reads the key from a cookie that no script
// can read, and completes the hello.

import { element, isPlainClick, sentence } from "./dom.js";
import { innerPath, PREFIX } from "./prefix.js";
import { visibleName } from "./safe-text.js";
import { load, store } from "./storage.js";

const { dataset } = document.documentElement;
const LINKS = `a:is([href^="${PREFIX}/sign-in"], [href^="${PREFIX}/register"])`;

// Return the address of the page to sign in, which fills in a name.
export const signInAddress = (name) => `${PREFIX}/sign-in?${new URLSearchParams({ name })}`;

export class Account {
  hasChanged; // whether this tab had another account, or none, before it was loaded

  // `actions` are chosenName(), the name of a guest who has one; and leave(), so that the
  // name is free.
  constructor(actions) {
    this.hasChanged = load("account", null) !== this.name;
    store("account", this.name);
    const reason = load("told", "");
    if (reason) {
      element("told").textContent = reason;
      element("told").hidden = false;
      store("told", "");
    }
    document.addEventListener("click", (event) => {
      const link = event.target.closest?.(LINKS);
      if (!link || !isPlainClick(event)) return;
      const [url, name] = [new URL(link.href), actions.chosenName()];
      url.searchParams.set("next", innerPath(location.pathname) + location.search);
      if (name && !url.searchParams.has("name")) url.searchParams.set("name", name);
      link.href = url;
      if (name && innerPath(url.pathname) === "/register") actions.leave();
    });
  }

  // The name of the account, or null.
  get name() {
    return dataset.account ?? null;
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
