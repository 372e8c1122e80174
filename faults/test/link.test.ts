import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { expect, it } from "vitest";
import { createBell } from "../lib/bell.js";
import { dropFrames } from "../lib/frames.js";
import type { Cut } from "../lib/link.js";
import { createProxy } from "../lib/proxy.js";
import { dice, moments } from "../lib/random.js";

/** A pair of sockets with the proxy between them, and what each side has heard. */
async function line() {
  const bell = createBell();
  const heard = { client: "", server: "", clientEnd: "", serverEnd: "" };
  const listen = (socket: Socket, who: "client" | "server") => {
    socket.on("data", (chunk) => {
      heard[who] += chunk.toString();
      bell.ring();
    });
    for (const event of ["end", "error", "close"] as const) {
      socket.on(event, () => {
        heard[`${who}End`] += `${event} `;
        bell.ring();
      });
    }
  };
  const sockets: Socket[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.push(socket);
    listen(socket, "server");
    bell.ring();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const proxy = await createProxy({ target: () => port, onChange: bell.ring });
  const client = connect({ port: proxy.port, host: "127.0.0.1", allowHalfOpen: true });
  listen(client, "client");
  await bell.until(() => sockets.length === 1 && proxy.link !== undefined, 2_000, "connected");
  const until = (ready: () => boolean) => bell.until(ready, 2_000, JSON.stringify(heard));
  return {
    heard,
    proxy,
    client,
    until,
    say: (text: string) => sockets[0]?.write(text),
    async [Symbol.asyncDispose]() {
      await proxy[Symbol.asyncDispose]();
      client.destroy();
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

it("lets bytes through both ways", async () => {
  await using at = await line();
  at.say("down");
  at.client.write("up");
  await at.until(() => at.heard.client === "down" && at.heard.server === "up");
});

it("resets both ends, so that neither sees a FIN", async () => {
  await using at = await line();
  at.proxy.link?.cut("reset");
  await at.until(
    () => at.heard.clientEnd.endsWith("close ") && at.heard.serverEnd.endsWith("close "),
  );
  expect(at.heard).toMatchObject({ clientEnd: "error close ", serverEnd: "error close " });
  expect(at.proxy.cuts).toBe(1);
});

it("half-closes towards one side and leaves the other direction open", async () => {
  await using at = await line();
  at.proxy.link?.cut("half-close-down");
  await at.until(() => at.heard.clientEnd === "end ");
  at.client.write("still here");
  await at.until(() => at.heard.server === "still here");
  expect(at.heard.serverEnd).toBe("");
});

it.each<Cut>(["reset", "half-close-down"])(
  "cuts after exactly as many bytes as it was told (%s)",
  async (cut) => {
    await using at = await line();
    at.proxy.link?.setTrap({ direction: "down", atByte: 3, cut });
    at.say("abcdef");
    await at.until(() => at.heard.clientEnd !== "");
    expect("abc".startsWith(at.heard.client)).toBe(true); // a reset may overtake what was on its way
    if (cut !== "reset") expect(at.heard.client).toBe("abc");
  },
);

it("takes one side away without a word to the other", async () => {
  await using at = await line();
  at.proxy.link?.cut("vanish-client");
  await at.until(() => at.heard.clientEnd !== "");
  at.say("anybody there?");
  await new Promise(setImmediate);
  expect(at.heard.serverEnd).toBe("");
});

it("swallows in silence while mute, holds back while stalled, and passes on byte by byte", async () => {
  await using at = await line();
  at.proxy.setMode({ is: "mute" });
  at.client.write("lost");
  at.say("lost");
  await new Promise((resolve) => setTimeout(resolve, 20)); // nothing tells that nothing will come
  at.proxy.setMode({ is: "stall" });
  at.say("late");
  at.proxy.setMode({ is: "drip", everyMs: 0 });
  at.proxy.setMode({ is: "pass" });
  await at.until(() => at.heard.client === "late");
  at.proxy.setMode({ is: "drip", everyMs: 0 });
  at.say("0123456789");
  await at.until(() => at.heard.client === "late0123456789");
  expect(at.heard.server).toBe("");
});

it("drops whole frames wherever the bytes are split", () => {
  const frame = (text: string) =>
    Buffer.concat([Buffer.from([0x81, text.length]), Buffer.from(text)]);
  const bytes = Buffer.concat([
    Buffer.from("HTTP/1.1 101\r\n\r\n"),
    frame("keep 1"),
    frame("drop"),
    frame("keep 2"),
  ]);
  for (let split = 0; split <= bytes.length; split += 1) {
    const filter = dropFrames((text) => text === "drop");
    const passed = Buffer.concat([filter(bytes.subarray(0, split)), filter(bytes.subarray(split))]);
    expect(passed.toString()).toBe(`HTTP/1.1 101\r\n\r\n${frame("keep 1")}${frame("keep 2")}`);
  }
});

it("rolls the same for one seed, and otherwise for another", () => {
  const rolls = (seed: number) => moments(dice(seed), 5, 1, 1_000);
  expect(rolls(7)).toEqual(rolls(7));
  expect(rolls(7)).not.toEqual(rolls(8));
  const fork = dice(1).fork();
  expect(fork.roll()).toBeLessThan(1);
});
