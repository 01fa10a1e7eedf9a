const clock = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});
const hourAndMinute = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});
const dateAndClock = new Intl.DateTimeFormat(undefined, {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});
const everything = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });

export const clockText = (at: Date): string => clock.format(at);

/** The time of day, with the date where it is another day. */
export const momentText = (at: Date): string =>
  at.toDateString() === new Date().toDateString() ? hourAndMinute.format(at) : dateAndClock.format(at);

/** Turns the moments that the server wrote into local time. */
export function showTimes(root: ParentNode): void {
  for (const element of root.querySelectorAll<HTMLTimeElement>("time[datetime]")) {
    const at = new Date(element.dateTime);
    const isToday = at.toDateString() === new Date().toDateString();
    element.textContent = element.dataset.style === "long" && isToday ? clockText(at) : momentText(at);
    element.title = everything.format(at);
  }
}
