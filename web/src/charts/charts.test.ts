import { expect, it } from "vitest";
import { bars } from "./bars";
import { plane } from "./plane";
import { spans } from "./spans";
import { lines, web } from "./web";

it("draws bars whose numbers stand beside them", () => {
  const made = bars(
    [
      { name: "a", value: 2, group: "g" },
      { name: "<b>", value: -2, group: "g" },
    ],
    { caption: "c", name: "n", value: "v" },
  );
  const rects = [...made.querySelectorAll("rect")].map((one) => [
    one.getAttribute("x"),
    one.getAttribute("width"),
  ]);
  expect(rects).toEqual([
    ["50%", "50%"],
    ["0%", "50%"],
  ]);
  expect(made.textContent).toContain("<b>");
  expect(made.querySelector("b")).toBeNull();
});

it("draws lines and points without one inline style", () => {
  const points = [
    { x: Date.UTC(2023, 1), y: 1, series: "a", title: "t" },
    { x: Date.UTC(2024, 1), y: 3, series: "b", title: "t" },
  ];
  const given = { points, lang: "ja", nameX: "x", nameY: "y", label: "l" };
  for (const across of ["date", "number", "name"] as const) {
    const made = plane({ ...given, across, mark: "lines" }, 600);
    expect(made.querySelectorAll(".dot")).toHaveLength(4);
    expect(made.outerHTML).not.toContain("style=");
    expect(made.outerHTML).not.toContain("NaN");
  }
});

it("draws each date as wide as it is precise", () => {
  const what = document.createElement("span");
  const made = spans([
    { from: Date.UTC(2023, 0), until: Date.UTC(2024, 0), when: "2023", what },
    { from: Date.UTC(2024, 0, 16), until: Date.UTC(2024, 0, 17), when: "16 January 2024", what },
  ]);
  expect([...made.querySelectorAll("rect")].map((one) => one.getAttribute("width"))).toEqual([
    `${(365 / 731) * 100}%`,
    "3",
  ]);
});

it("settles a network inside its picture, and breaks labels without cutting them", () => {
  const nodes = ["a", "b", "c"].map((id) => ({ id, label: id, address: `/${id}` }));
  const made = web(nodes, [{ source: "a", target: "b", title: "t", directed: true }], 600, "l");
  expect(made.querySelectorAll("a")).toHaveLength(3);
  expect(made.outerHTML).not.toContain("NaN");
  const long = "Department for Science, Innovation and Technology of the United Kingdom";
  expect(lines(long).join(" ")).toBe(long);
  expect(lines("経済産業省と総務省とデジタル庁の共同声明", 22).join("")).toBe(
    "経済産業省と総務省とデジタル庁の共同声明",
  );
});
