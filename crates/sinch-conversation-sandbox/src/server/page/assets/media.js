// Media and locations are outside of the sandbox: they are loaded only on request.

import { h, icon } from "./dom.js";
import { asText, link, plain, visible, webAddress } from "./text.js";

const NO_PICTURE = /\.(mp4|webm|mov|3gp|mp3|ogg|oga|wav|aac|amr|pdf|docx?|xlsx?|pptx?|zip|vcf|csv|txt)$/i;

export function media(properties, caption) {
  const url = asText(properties?.url);
  const name = plain(properties?.filename_override) || fileName(url) || "Media";
  const href = webAddress(url);
  const picture = href && !NO_PICTURE.test(new URL(href).pathname);
  const box = h("div", { class: "media" }, icon(picture ? "picture" : "clip"), h("span", { class: "media-name", dir: "auto" }, name));
  const figure = h("figure", {}, box, link(url, url, { class: "media-url" }));
  if (caption) figure.append(h("figcaption", { dir: "auto" }, visible(asText(caption))));
  if (picture) {
    box.append(h("button", { type: "button", class: "quiet", on: { click: () => load(figure, href, name) } }, "Load picture"));
  }
  return figure;
}

function load(figure, href, name) {
  const picture = h("img", { src: href, alt: `Picture ${name}`, referrerpolicy: "no-referrer", loading: "lazy" });
  picture.addEventListener("error", () => {
    picture.replaceWith(h("p", { class: "reason", role: "status" }, `The picture ${name} could not be loaded.`));
  });
  figure.querySelector(".media").replaceWith(picture);
}

function fileName(url) {
  const href = webAddress(url);
  if (!href) return "";
  const last = new URL(href).pathname.split("/").at(-1);
  try {
    return plain(decodeURIComponent(last), 60);
  } catch {
    return plain(last, 60);
  }
}

// A drawing instead of a map.
export function place(location) {
  const { latitude, longitude } = location?.coordinates ?? {};
  const title = asText(location?.title);
  const label = asText(location?.label);
  return h("div", { class: "place" },
    h("div", { class: "map" }, icon("pin")),
    title && h("p", { class: "words strong", dir: "auto" }, visible(title)),
    label && h("p", { class: "words", dir: "auto" }, visible(label)),
    h("p", { class: "faint" }, `${plain(latitude)}, ${plain(longitude)}`));
}
