import { expect, test } from "vitest";
import type { Alert } from "./alert.js";
import { createCommand, type WatchOptions } from "./options.js";
import { jsonOutput } from "./output.js";
import { cut, plain } from "./paint.js";
import { createScreen } from "./screen.js";
import { socketUrl } from "./session.js";

test("an alert is one JSON object on one line", () => {
  const lines: string[] = [];
  const output = jsonOutput((line) => lines.push(line));
  const alert = { id: "n1", title: "two\nlines" } as Alert;
  output.alert(alert, true);
  output.gap({ outcome: "gap", from: 2, to: 3, reason: "expired" });
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    { type: "alert", replayed: true, alert },
    { type: "gap", from: 2, to: 3, reason: "expired" },
  ]);
  expect(lines.join("")).not.toContain("\n");
});

test("a terminal that was never drawn on is left alone, and one that was is given back once", () => {
  const written: string[] = [];
  const out = { write: (text: string | Uint8Array) => written.push(String(text)) > 0 };
  createScreen(out).close();
  expect(written).toEqual([]);
  const screen = createScreen(out);
  screen.draw(["a", "b"]);
  screen.close();
  screen.close();
  screen.draw(["late"]);
  expect(written.filter((text) => text.includes("?1049l"))).toHaveLength(1);
  expect(written.at(-1)).toContain("?1049l");
});

test("a cut line keeps its width and its colours", () => {
  expect(cut("abcdef", 4)).toBe("abc…");
  expect(cut("\u001b[31mabcdef\u001b[0m", 4)).toBe("\u001b[31mabc\u001b[0m…");
  expect(cut("abc", 4)).toBe("abc");
});

test("a server's text is shown without anything a terminal would act on", () => {
  expect(plain("a\u001b[2Jb\r\nc\u0007")).toBe("a [2Jb c");
});

test("the socket is beside the REST interface, encrypted where that is", () => {
  expect(socketUrl(new URL("http://127.0.0.1:3000"))).toBe("ws://127.0.0.1:3000/ws");
  expect(socketUrl(new URL("https://alerts.example"))).toBe("wss://alerts.example/ws");
});

test("the command line has defaults for everything", () => {
  const options = createCommand().parse([], { from: "user" }).opts<WatchOptions>();
  expect(options).toMatchObject({ user: "demo", json: false, rewind: 10, wait: false });
  expect(options).toMatchObject({ all: false });
  expect(options).not.toHaveProperty("forward");
  expect(options.url.port).toBe("3000");
});

test("bars are asked for by symbol and interval", () => {
  const argv = ["--candles", "SIM-A:5m"];
  const options = createCommand().parse(argv, { from: "user" }).opts<WatchOptions>();
  expect(options.candles).toEqual({ code: "SIM-A", interval: "5m" });
});
