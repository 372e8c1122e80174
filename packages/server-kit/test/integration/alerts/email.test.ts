import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer, type Server } from "node:net";
import { createInterface } from "node:readline";
import nodemailer from "nodemailer";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { emailSink } from "../../../src/alerts/delivery/email-sink.js";
import type { Delivery } from "../../../src/alerts/delivery/sink.js";
import { fireNotification } from "../../../src/alerts/store/notification.js";
import { fired, NOON, takeProfit } from "../../support/alert-transitions.js";
import { monitorWith } from "../../support/rules.js";

interface Mail {
  readonly to: readonly string[];
  readonly text: string;
}

/** A mail server that knows the few words a delivery takes. */
async function smtpServer(
  refusal: () => string | undefined,
): Promise<{ server: Server; mails: Mail[] }> {
  const mails: Mail[] = [];
  const server = createServer(async (socket) => {
    socket.on("error", () => {});
    const say = (line: string) => socket.write(`${line}\r\n`);
    say("220 test");
    let to: string[] = [];
    let data: string[] | undefined;
    for await (const line of createInterface({ input: socket })) {
      if (data) {
        if (line !== ".") data.push(line);
        else {
          mails.push({ to, text: data.join("\n") });
          data = undefined;
          to = [];
          say("250 taken");
        }
      } else if (/^RCPT TO/i.test(line)) {
        const refused = refusal();
        if (refused === undefined) to.push(line.slice("RCPT TO:".length));
        say(refused ?? "250 ok");
      } else if (/^DATA/i.test(line)) {
        data = [];
        say("354 go on");
      } else if (/^QUIT/i.test(line)) {
        say("221 bye");
        socket.end();
      } else say("250 ok");
    }
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return { server, mails };
}

describe("emailSink", () => {
  let smtp: { server: Server; mails: Mail[] };
  let refusal: string | undefined;
  beforeEach(async () => {
    refusal = undefined;
    smtp = await smtpServer(() => refusal);
  });
  afterEach(() => void smtp.server.close());

  function sinkTo(target: string) {
    const { port } = smtp.server.address() as AddressInfo;
    return emailSink({
      transport: nodemailer.createTransport({ host: "127.0.0.1", port, secure: false }),
      from: "Alerts <alerts@example.com>",
      endpoints: {
        endpoint: async () => ({
          id: "e1",
          userId: "ada",
          sink: "email",
          target,
          secret: null,
          minSeverity: "info",
          enabled: true,
          createdAt: 0,
        }),
      },
    });
  }

  const monitor = monitorWith([takeProfit], { symbol: "A\r\nBcc: eve@example.com", note: "sell" });
  const { rule, seen } = fired(monitor, "tp", NOON);
  const delivery = (revision = 1): Delivery => ({
    id: `n#${revision}#e1`,
    notification: {
      ...fireNotification({
        monitor,
        rule,
        seen,
        pendingSince: null,
        reason: "fired",
        cooldownUntil: NOON,
        storedAt: 0,
      }),
      revision,
    },
    recipient: "e1",
    attempt: 1,
    interrupted: false,
  });
  const send = (target: string, revision?: number) =>
    sinkTo(target).deliver(delivery(revision), new AbortController().signal);
  const header = (mail: Mail | undefined, name: string) =>
    new RegExp(`^${name}: (.*(?:\n .*)*)`, "im").exec(mail?.text ?? "")?.[1]?.replace(/\n /g, " ");

  it("sends a mail to the address of the endpoint, with one id however often it is tried", async () => {
    await send("ada@example.org");
    await send("ada@example.org");
    const [mail, again] = smtp.mails;
    expect(mail?.to).toEqual(["<ada@example.org>"]);
    expect(header(mail, "From")).toBe("Alerts <alerts@example.com>");
    expect(header(mail, "Subject")).toBe(
      "A Bcc: eve@example.com reached the long take-profit target 105",
    );
    expect(mail?.text).toContain("Price 106, before 104. sell");
    expect(header(mail, "Message-ID")).toMatch(/^<.+@example\.com>$/);
    expect(header(mail, "Message-ID")).toBe(header(again, "Message-ID"));
  });

  it("answers its own mail when it is over", async () => {
    await send("ada@example.org");
    await send("ada@example.org", 2);
    const [first, over] = smtp.mails;
    expect(header(over, "Subject")).toMatch(/^Over: /);
    expect(header(over, "In-Reply-To")).toBe(header(first, "Message-ID"));
  });

  it("takes a target for one address, whatever is in it", async () => {
    await send("ada@example.org, eve@example.org").catch(() => {});
    expect(smtp.mails.flatMap(({ to }) => to).length).toBeLessThanOrEqual(1);
  });

  it("gives up what is refused for good, and tries again what is refused for now", async () => {
    refusal = "550 no such mailbox";
    await expect(send("ada@example.org")).rejects.toMatchObject({ retryable: false });
    refusal = "451 greylisted";
    await expect(send("ada@example.org")).rejects.toMatchObject({ retryable: true });
    expect(smtp.mails).toEqual([]);
  });
});
