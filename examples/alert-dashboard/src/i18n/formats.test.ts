import { describe, expect, test } from "vitest";
import { createFormats } from "./formats.js";

const en = createFormats("en");
const zh = createFormats("zh");

describe("numbers", () => {
  test("prices have two decimals, and four below one", () => {
    expect(en.price(1_251.7)).toBe("1,251.70");
    expect(en.price(0.0123)).toBe("0.0123");
    expect(en.price(0)).toBe("0.00");
  });

  test("differences carry their sign, as wide as a digit, and nothing is neither", () => {
    expect(en.change(3.5)).toBe("+3.50");
    expect(en.percent(-4.71)).toBe("−4.71%");
    expect(en.change(0)).toBe("0.00");
  });

  test("volumes are short in the units of the language", () => {
    expect(en.volume(931_800_000)).toBe("931.8M");
    expect(zh.volume(931_800_000)).toBe("9.3亿");
    expect(en.volume(0)).toBe("–");
  });

  test("money has its currency and, as a gain, its sign", () => {
    expect(en.money(1_234.5)).toBe("$1,234.50");
    expect(en.gain(-10)).toBe("−$10.00");
    expect(zh.gain(10)).toBe("+$10.00");
  });
});

describe("times", () => {
  const at = Date.UTC(2008, 8, 15, 14, 32);

  test("market time is UTC, whatever clock the reader has", () => {
    expect(en.marketTime(at)).toContain("14:32");
    expect(zh.marketTime(at)).toBe("2008年9月15日 14:32");
    expect(zh.marketClock(at)).toContain("周一");
  });

  test("a span is told in the largest unit that divides it", () => {
    expect(en.span(3_600_000)).toBe("1 hr");
    expect(en.span(5_400_000)).toBe("90 min");
    expect(zh.span(3_600_000)).toBe("1小时");
  });

  test("a duration is told in its two largest units", () => {
    expect(en.duration(3_723_000)).toBe("1 hr 2 min");
    expect(en.duration(86_400_000)).toBe("1 day");
    expect(en.duration(-5)).toBe("0 sec");
  });

  test("speeds are market time per second, and real time is 1×", () => {
    expect(en.speed(1)).toBe("1×");
    expect(en.speed(3_600)).toBe("1 hr/s");
    expect(en.speed(117_000)).toMatch(/^5 days?\/s$/);
  });
});
