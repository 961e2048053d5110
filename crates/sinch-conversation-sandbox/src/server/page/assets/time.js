// Times of the sandbox, in the time zone of the browser.

import { h } from "./dom.js";

const CLOCK = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const EXACT = new Intl.DateTimeFormat("en-GB", {
  hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3,
});
const DAY = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "long", year: "numeric" });

const show = (format, time) => {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? "" : format.format(date);
};

export const day = (time) => show(DAY, time);
export const clock = (time) => h("time", { datetime: time, title: `${day(time)} ${show(EXACT, time)}` }, show(CLOCK, time));
export const exact = (time) => h("time", { datetime: time, title: day(time) }, show(EXACT, time));
export const millis = (time) => Date.parse(time) || 0;
