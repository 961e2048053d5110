// The statuses of a message: an icon, and a description.

import { h, icon, unseen } from "./dom.js";
import { plain } from "./text.js";

const STATUSES = {
  QUEUED: ["clock", "Queued"],
  QUEUED_ON_CHANNEL: ["tick", "Queued on channel"],
  DELIVERED: ["doubleTick", "Delivered"],
  READ: ["doubleTick", "Read"],
  FAILED: ["fail", "Failed"],
  SWITCHING_CHANNEL: ["swap", "Switching channel"],
};

// A delivered message may still be read.
export const isFinal = (status) => status === "READ" || status === "FAILED";

export const words = (status) => STATUSES[status]?.[1] ?? plain(status);

// Why it failed, in one line.
export function reasonText(reason) {
  if (!reason) return "";
  const code = [reason.code, reason.sub_code].filter((part) => part && part !== "UNSPECIFIED_SUB_CODE").join(" / ");
  return [code, reason.description].filter(Boolean).map((part) => plain(part, 300)).join(": ");
}

// The latest status, next to the time of a message.
export function ticks(entry) {
  const latest = entry.statuses?.at(-1);
  const status = latest?.status ?? "QUEUED";
  const sign = STATUSES[status]?.[0] ?? "clock";
  return h("span", { class: `ticks ticks-${status.toLowerCase()}` }, icon(sign), unseen("Status: "), words(status));
}

export function failure(entry) {
  const latest = entry.statuses?.at(-1);
  if (latest?.status !== "FAILED") return null;
  return h("p", { class: "reason" }, reasonText(latest.reason) || "No reason given");
}
