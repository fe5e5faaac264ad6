// Search, older pages and single messages open over the chat, which goes on below: the
// socket stays, so nobody sees us leave the room.
//
// What is shown are the pages that are there without scripts, too; back and forward
// lead through them.

import { settle } from "./page.js";

const PATIENCE = 15_000; // milliseconds for a page to come

const dialog = document.getElementById("over");
const sheet = document.getElementById("over-page");

// Tell whether the address is one of those that open over the chat.
function opensOver({ origin, pathname, searchParams }) {
  if (origin !== location.origin) return false;
  return pathname === "/search" || pathname.startsWith("/m/") || (pathname === "/" && searchParams.has("before"));
}

const isChat = ({ origin, pathname, search }) => origin === location.origin && pathname === "/" && search === "";
const depth = () => history.state?.over ?? 0; // pages to go back to the chat

// Take the page out of its document, without what the chat has already.
async function read(address) {
  const response = await fetch(address, { signal: AbortSignal.timeout(PATIENCE) });
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const main = page.querySelector("main");
  main.querySelectorAll(".message[id]").forEach((row) => row.removeAttribute("id"));
  settle(main);
  return main;
}

function failed(address) {
  const main = document.createElement("main");
  const [title, again] = [document.createElement("h1"), document.createElement("a")];
  main.className = "wrong";
  title.textContent = "The server does not answer";
  again.textContent = "Try again";
  again.href = address;
  main.append(title, again);
  return main;
}

export class Over {
  #turn = 0;

  // `toEnd()` shows the end of the chat.
  constructor(toEnd) {
    document.addEventListener("click", (event) => this.#click(event, toEnd));
    document.addEventListener("submit", (event) => this.#submit(event));
    document.getElementById("over-close").addEventListener("click", () => this.close());
    dialog.addEventListener("cancel", (event) => (event.preventDefault(), this.close()));
    addEventListener("popstate", () => this.#follow());
  }

  open(address) {
    const url = new URL(address, location.href);
    const isSame = url.href === location.href;
    if (isSame) history.replaceState(history.state, "", url);
    else history.pushState({ over: depth() + 1 }, "", url);
    this.#show(url);
  }

  close() {
    if (depth()) history.go(-depth()); // and what is heard of it closes the dialog
    else this.#hide();
  }

  #click(event, toEnd) {
    if (event.target === dialog) return this.close(); // beside the page
    const isPlain = event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
    const link = event.target.closest?.("a[href]");
    if (!link || !isPlain || event.defaultPrevented || link.getAttribute("href").startsWith("#")) return;
    const url = new URL(link.href);
    if (opensOver(url)) this.open(url);
    else if (!isChat(url)) return;
    else if (dialog.open) this.close();
    else toEnd();
    event.preventDefault();
  }

  #submit(event) {
    const url = new URL(event.target.action);
    if (event.defaultPrevented || url.pathname !== "/search") return;
    event.preventDefault();
    url.search = new URLSearchParams(new FormData(event.target));
    this.open(url);
  }

  #follow() {
    const url = new URL(location.href);
    if (opensOver(url)) this.#show(url);
    else this.#hide();
  }

  #hide() {
    this.#turn += 1;
    if (dialog.open) dialog.close();
    sheet.replaceChildren();
  }

  async #show(url) {
    const turn = (this.#turn += 1);
    if (!dialog.open) dialog.showModal();
    sheet.ariaBusy = "true";
    const main = await read(url).catch(() => failed(url.href));
    if (turn !== this.#turn) return; // another was asked for meanwhile
    sheet.ariaBusy = "false";
    sheet.className = `page ${main.className}`;
    sheet.replaceChildren(...main.childNodes);
    dialog.ariaLabel = sheet.querySelector("h1").textContent;
    const box = sheet.querySelector("input");
    if (box && !box.value) box.focus();
    else sheet.focus();
    sheet.scrollTop = 0;
    sheet.querySelector("[aria-current]")?.scrollIntoView({ block: "center" });
  }
}
