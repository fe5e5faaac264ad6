// An overlay over the chat for search, rooms, older messages and single messages.
//
// It shows the pages that also work without scripts, while the chat stays connected
// below. The browser's back and forward buttons move between the pages, and the rooms.

import { create, element, isPlainClick, onClick } from "./dom.js";
import { hideIgnored } from "./ignored.js";
import { offerAll } from "./message-text.js";
import { localiseAll } from "./local-time.js";
import { innerPath } from "./prefix.js";

const TIMEOUT = 15_000; // milliseconds to load a page
const MAX_QUERY = 8000; // characters of the names of the rooms to search, encoded

const dialog = element("over");
const content = element("over-page");

function isForOverlay({ origin, pathname, searchParams }) {
  if (origin !== location.origin) return false;
  const path = innerPath(pathname);
  if (["/search", "/rooms", "/order", "/server/order"].includes(path) || /^\/r\/[^/]+\/order$/.test(path)) return true;
  if (/^(\/r\/[^/]+)?\/m\//.test(path)) return true;
  return searchParams.has("before") && /^\/(r\/[^/]+)?$/.test(path);
}

const depth = () => history.state?.over ?? 0; // pages to go back to the chat

// Return the main part of a page, without the ids that the chat uses. With a `body`, send
// that form.
async function load(address, body) {
  const options = body ? { method: "POST", body } : {};
  const response = await fetch(address, { ...options, signal: AbortSignal.timeout(TIMEOUT) });
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const main = page.querySelector("main");
  for (const row of main.querySelectorAll(".message")) row.removeAttribute("id");
  main.querySelectorAll(".text[tabindex]").forEach(offerAll);
  hideIgnored(main);
  localiseAll(main);
  return main;
}

function errorPage(address) {
  const main = create("main", "wrong");
  const link = create("a", "", "Try again");
  link.href = address;
  main.append(create("h1", "", "The server does not respond"), link);
  return main;
}

// Move the focus to what became of a form, which a screen reader then reads.
function focusAnswer(answer) {
  if (!answer.matches("input")) answer.tabIndex = -1;
  answer.focus();
}

export class Overlay {
  #requests = 0;
  #rooms;

  // `rooms` has find(url), the room of an address that can be shown at once, or null;
  // follow(room, event) to show it; restore(url); and joined(), the rooms to search.
  constructor(rooms) {
    this.#rooms = rooms;
    document.addEventListener("click", (event) => this.#click(event));
    document.addEventListener("submit", (event) => this.#submit(event));
    onClick("over-close", () => this.close());
    dialog.addEventListener("cancel", (event) => (event.preventDefault(), this.close()));
    addEventListener("popstate", () => this.#restore());
  }

  get isOpen() {
    return dialog.open;
  }

  open(url) {
    const isSame = url.href === location.href;
    if (isSame) history.replaceState(history.state, "", url);
    else history.pushState({ over: depth() + 1 }, "", url);
    this.#show(url);
  }

  close() {
    if (depth()) history.go(-depth()); // the popstate event hides the dialog
    else this.hide();
  }

  hide() {
    this.#requests += 1;
    if (dialog.open) dialog.close();
    content.replaceChildren();
  }

  #click(event) {
    if (event.target === dialog) return this.close(); // the backdrop
    const link = event.target.closest?.("a[href]");
    if (!link || !isPlainClick(event) || event.defaultPrevented || link.getAttribute("href").startsWith("#")) return;
    const url = new URL(link.href);
    const room = this.#rooms.find(url);
    if (isForOverlay(url)) this.open(url);
    else if (!room) return;
    else this.#rooms.follow(room, event);
    event.preventDefault();
  }

  #submit(event) {
    const url = new URL(event.target.action);
    const path = innerPath(url.pathname);
    if (event.defaultPrevented || !["/search", "/order"].includes(path)) return;
    event.preventDefault();
    const values = new URLSearchParams(new FormData(event.target));
    if (path === "/order") return this.#show(new URL(location.href), { url, values });
    url.search = values;
    this.open(url);
  }

  // Show the page or the room of the address after the browser went back or forward.
  #restore() {
    const url = new URL(location.href);
    if (isForOverlay(url)) return this.#show(url);
    this.hide();
    this.#rooms.restore(url);
  }

  // Show the page at `url`, or the answer to a `form`.
  async #show(url, form) {
    const request = (this.#requests += 1);
    if (!dialog.open) dialog.showModal();
    content.ariaBusy = "true";
    const main = await load(form?.url ?? url, form?.values).catch(() => errorPage(url.href));
    if (request !== this.#requests) return; // a newer request replaced this one
    content.ariaBusy = "false";
    content.className = `page ${main.className}`;
    content.replaceChildren(...main.childNodes);
    const title = content.querySelector("h1");
    element("over-title").textContent = title.textContent;
    title.remove(); // it is beside the button that closes the overlay
    this.#offerAllRooms();
    const box = content.querySelector("input");
    const answer = form && content.querySelector('[aria-invalid="true"], [role="status"], .error:not(:empty)');
    content.scrollTop = 0;
    if (answer) focusAnswer(answer);
    else if (box && !box.value) box.focus();
    else content.focus();
    content.querySelector("[aria-current]")?.scrollIntoView({ block: "center" });
  }

  // Let the user search all rooms at once.
  #offerAllRooms() {
    const choice = content.querySelector("#where");
    const names = this.#rooms.joined().filter((room) => !room.isDirect).map((room) => room.name);
    while (encodeURIComponent(names.join(" ")).length > MAX_QUERY) names.pop();
    if (!choice || names.length < 2) return;
    const all = [...choice.options].find((option) => option.value === names.join(" "));
    const option = all ?? create("option");
    [option.value, option.textContent] = [names.join(" "), "All my rooms"];
    choice.prepend(option);
  }
}
