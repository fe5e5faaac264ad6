// What every page has: the theme, and times in the reader's own zone.

const root = document.documentElement;
const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat("en-GB", { dateStyle: "full" });
const THEMES = ["auto", "light", "dark"];

export const clock = (time) => CLOCK.format(time);
export const day = (time) => DAY.format(time).replace(",", "");

// Tell a time on the page by the reader's clock.
export function localise(element, time = new Date(element.dateTime)) {
  if (isNaN(time)) return;
  element.title = `${day(time)}, ${clock(time)}`;
  const isOld = element.closest(".since") && day(time) !== day(Date.now());
  element.textContent = isOld ? element.title : clock(time);
}

function chosen() {
  return root.dataset.theme ?? "auto";
}

function choose(theme) {
  if (theme === "auto") delete root.dataset.theme;
  else root.dataset.theme = theme;
  try {
    localStorage.setItem("theme", theme);
  } catch {
    // It holds for this page alone.
  }
}

function tellTheme(button) {
  button.textContent = { auto: "◐", light: "○", dark: "●" }[chosen()];
  button.ariaLabel = button.title = `Theme: ${chosen()}`;
}

export function line(kind, text) {
  const item = document.createElement("li");
  item.className = kind;
  item.textContent = text;
  return item;
}

// Tell where a day begins for the reader, rather than in UTC.
function tellDays(part) {
  part.querySelectorAll(".day").forEach((row) => row.remove());
  let last = "";
  for (const item of part.querySelectorAll(".message")) {
    const today = day(new Date(item.querySelector("time").dateTime));
    if (today === last) continue;
    item.before(line("day", (last = today)));
    item.classList.remove("follows");
  }
}

// Tell times and days in that part of a page by the reader's clock.
export function settle(part) {
  part.querySelectorAll("time").forEach((time) => localise(time));
  tellDays(part);
}

const button = document.getElementById("theme");
button.hidden = false;
tellTheme(button);
button.addEventListener("click", () => {
  choose(THEMES[(THEMES.indexOf(chosen()) + 1) % THEMES.length]);
  tellTheme(button);
});

// The list of people is beside the chat where there is room, and else behind a button.
const narrow = matchMedia("(max-width: 54rem)");
const people = document.getElementById("people");
const fold = () => people && (people.open = !narrow.matches);
narrow.addEventListener("change", fold);
fold();

if (people) document.querySelectorAll("time").forEach((time) => localise(time)); // the chat tells its days itself
else settle(document);
if (location.pathname.startsWith("/m/")) {
  document.querySelector("[aria-current]")?.scrollIntoView({ block: "center" });
}
