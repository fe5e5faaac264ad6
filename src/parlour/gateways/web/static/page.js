// The parts of all pages: the theme button, local times, and what depends on the width.

import { element, onClick } from "./dom.js";
import { offerAll } from "./message-text.js";
import { localise, localiseAll } from "./local-time.js";
import { innerPath } from "./prefix.js";

const root = document.documentElement;
const THEMES = ["auto", "light", "dark"];

const currentTheme = () => root.dataset.theme ?? "auto";

function setTheme(theme) {
  if (theme === "auto") delete root.dataset.theme;
  else root.dataset.theme = theme;
  try {
    localStorage.setItem("theme", theme);
  } catch {
    // Storage is forbidden: the theme applies only to this page.
  }
}

function showTheme(button) {
  button.textContent = { auto: "◐", light: "○", dark: "●" }[currentTheme()];
  button.ariaLabel = button.title = `Theme: ${currentTheme()}`;
}

const button = element("theme");
button.hidden = false;
showTheme(button);
onClick("theme", () => {
  setTheme(THEMES[(THEMES.indexOf(currentTheme()) + 1) % THEMES.length]);
  showTheme(button);
});

const density = element("density");

function showDensity() {
  density.textContent = `Rows: ${root.dataset.density ?? "compact"}`;
}

if (density) {
  element("settings-button").hidden = false;
  showDensity();
  onClick("density", () => {
    if (root.dataset.density) delete root.dataset.density;
    else root.dataset.density = "comfortable";
    showDensity();
    try {
      localStorage.setItem("density", root.dataset.density ?? "compact");
    } catch {
      // Storage is forbidden: the choice applies only to this page.
    }
  });
}

// In a narrow window the list of users opens on demand, and buttons are in the menu.
const narrow = matchMedia("(max-width: 54rem)");
const people = element("people");
const menu = element("settings");
const buttons = menu ? ["topic-edit", "theme"].map(element) : [];
const places = buttons.map((part) => part.parentNode.insertBefore(new Comment(), part));

function fold() {
  if (people) people.open = !narrow.matches;
  if (narrow.matches) menu?.prepend(...buttons);
  else buttons.forEach((part, at) => places[at].after(part));
}

// Close the menu before a button in it moves the focus.
menu?.addEventListener("click", ({ target }) => target.closest("#topic-edit, #part, #keep-order, #invite, .who button") && menu.hidePopover(), true);
narrow.addEventListener("change", fold);
fold();

if (people) {
  onClick("people-close", () => ((people.open = false), people.firstElementChild.focus()));
  element("go").addEventListener("toggle", ({ target }) => target.open && element("go-room").focus());
}

document.querySelectorAll(".text[tabindex]").forEach(offerAll);
if (people) document.querySelectorAll("time").forEach((time) => localise(time)); // `message-list` has the days
else localiseAll(document);
if (/^(\/r\/[^/]+)?\/m\//.test(innerPath(location.pathname))) {
  document.querySelector("[aria-current]")?.scrollIntoView({ block: "center" });
}
