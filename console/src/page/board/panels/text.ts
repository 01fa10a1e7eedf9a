import { interpolate } from "../../../boards/interpolate.ts";
import { make } from "../../dom.ts";
import type { Stage, View } from "../view.ts";

/** Words. The server has made them safe HTML; variables are put into them as text. */
export function createText({ panel, place, text }: Stage): View {
  return {
    draw({ scope }) {
      const article = make("div", "words");
      article.innerHTML = text;
      const walker = document.createTreeWalker(article, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node; node = walker.nextNode())
        if (node.nodeValue?.includes("$")) node.nodeValue = interpolate(node.nodeValue, scope, "text");
      place.replaceChildren(article);
      return { value: "text", summary: panel.title ?? "" };
    },
  };
}
