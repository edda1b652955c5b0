import { expect, test } from "vitest";
import { matches, moved, read, written, zoomed } from "./frame";

const whole = read("0 0 960 600");

test("enlarged about a point, which stays where it is", () => {
  const near = zoomed(whole, whole, 2, 480, 300);
  expect(written(near)).toBe("240 150 480 300");
  expect(zoomed(whole, near, 0.5, 480, 300)).toEqual(whole);
});

test("never smaller than the whole, nor larger than eight times", () => {
  expect(zoomed(whole, whole, 0.1, 0, 0)).toEqual(whole);
  expect(zoomed(whole, whole, 100, 0, 0).width).toBe(120);
});

test("never beyond the rim", () => {
  const near = zoomed(whole, whole, 2, 0, 0);
  expect(moved(whole, near, -5, -5)).toEqual(near);
  expect(written(moved(whole, near, 9, 9))).toBe("480 300 480 300");
});

test("names are found in any case and width", () => {
  expect(matches("Ministry of Internal Affairs", "INTERNAL aff")).toBe(true);
  expect(matches("ＡＩガバナンス", "ai")).toBe(true);
  expect(matches("MIC", " ")).toBe(false);
});
