// Times and days in the time zone of the reader, and waiting for a time.

import { create } from "./dom.js";

const MAX_DELAY = 2 ** 31 - 1; // milliseconds of a timer
const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat("en-GB", { dateStyle: "full" });

if (CLOCK.resolvedOptions().hour12) document.documentElement.classList.add("hour12"); // with a wider column

export const clock = (time) => CLOCK.format(time);
export const day = (time) => DAY.format(time).replace(",", "");

// Return a time of today, or with its day; an empty string if it is none.
export function moment(time) {
  if (isNaN(time)) return "";
  return day(time) === day(Date.now()) ? clock(time) : `${day(time)}, ${clock(time)}`;
}

// Return the local time with what is not its hour and minute, such as PM, in elements of
// their own: a narrow column leaves them out.
function clockNodes(time) {
  const parts = CLOCK.formatToParts(time);
  const [first, last] = ["hour", "minute"].map((type) => parts.findIndex((part) => part.type === type));
  return parts.map(({ value }, at) => (at < first || at > last ? create("span", "period", value) : value));
}

// Call `act()` when the first of `times` that are still to come is over, or earlier if that
// is too long for a timer. Return the timer.
export function whenNextEnds(times, act) {
  const left = times.map((time) => new Date(time) - Date.now()).filter((each) => each > 0);
  return left.length ? setTimeout(act, Math.min(Math.min(...left) + 100, MAX_DELAY)) : 0;
}

// Show the local time in a `time` element.
export function localise(element, time = new Date(element.dateTime)) {
  if (isNaN(time)) return;
  element.title = `${day(time)}, ${clock(time)}`;
  const isOld = element.closest(".since") && day(time) !== day(Date.now());
  element.replaceChildren(...(isOld ? [element.title] : clockNodes(time)));
}

// Replace the headings of days in UTC.
function localiseDays(root) {
  root.querySelectorAll(".day").forEach((row) => row.remove());
  let last = "";
  for (const item of root.querySelectorAll(".message")) {
    const today = day(new Date(item.querySelector("time").dateTime));
    if (today === last) continue;
    item.before(create("li", "day", (last = today)));
    item.classList.remove("follows", "same-minute");
  }
}

// Show local times and days in a part of a page.
export function localiseAll(root) {
  root.querySelectorAll("time").forEach((time) => localise(time));
  localiseDays(root);
}
