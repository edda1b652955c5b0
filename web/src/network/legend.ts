// What sizes and colours mean, under the picture and in its legend.
import { html, svg } from "../charts/draw";
import type { Network } from "./model";
import type { State } from "./state";
import type { Say } from "./texts";

const FEW = 30;

/** Write it where the server wrote it, and give what was said. */
export function legend(
  host: HTMLElement,
  { size, colour }: State,
  network: Network,
  measures: Record<string, string>,
  say: Say,
): string {
  const said = [
    size && say("size_shows", { measure: measures[size] ?? size }),
    colour && say("communities"),
    (size || colour) && network.things.size < FEW && say("few"),
  ]
    .filter(Boolean)
    .join(" ");
  document.getElementById("measured")?.replaceChildren(` ${said}`);
  const list = host.closest("figure")?.querySelector(".legend");
  for (const one of list?.querySelectorAll(".net-community") ?? []) one.remove();
  if (!colour) return said;
  const known = [...network.things.values()].flatMap((one) => one.community ?? []);
  const signs = [...new Set(known)]
    .sort((a, b) => a - b)
    .map((number) =>
      html(
        "li",
        { class: "net-community" },
        svg(
          "svg",
          {
            class: `glyph net net-c${number % 6}`,
            viewBox: "-15 -15 30 30",
            "aria-hidden": "true",
          },
          svg("circle", { class: "n", r: 12 }),
        ),
        say("community", { number }),
      ),
    );
  list?.prepend(...signs);
  return said;
}
