import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { SERVERS, startServer, TAKE_PROFIT, temporaryDirectory } from "./support.js";

describe.each(SERVERS)("on %s", (name) => {
  describe("the server", () => {
    it("answers 429 to one monitor too many, and says what to do (A40)", async () => {
      const server = await startServer(name, { maxMonitors: 2 });
      const token = await server.token();
      const create = () => server.call("POST", "/api/monitors", { token, body: TAKE_PROFIT });
      await create();
      await create();
      const third = await create();
      expect(third.status).toBe(429);
      expect(third.body.error).toMatchObject({ code: "too-many-monitors", field: "monitors" });
      expect(third.body.error.message).toMatch(/delete one/);
      await server.close();
    });

    it("lets sessions end after 15 minutes", async () => {
      const server = await startServer(name);
      const token = await server.token();
      expect((await server.call("GET", "/api/monitors", { token })).status).toBe(200);
      server.clock.advance(15 * 60_000);
      expect((await server.call("GET", "/api/monitors", { token })).status).toBe(401);
      await server.close();
    });

    it("is still ready when its market was told to go slowly", async () => {
      const server = await startServer(name, { prices: [100, 101, 102] });
      server.system.context.service.start();
      server.minutes(1);
      const token = await server.token();
      await server.call("PUT", "/api/service/speed", { token, body: { speed: 1 } });
      server.clock.advance(31_000);
      const answer = await server.call("GET", "/readyz");
      expect(answer).toMatchObject({ status: 200, body: { checks: { feed: true } } });
      await server.close();
    });

    it("serves the built dashboard", async () => {
      const directory = temporaryDirectory();
      mkdirSync(join(directory.path, "assets"));
      writeFileSync(join(directory.path, "index.html"), "<title>board</title>");
      writeFileSync(join(directory.path, "assets", "app.js"), "1");
      const server = await startServer(name, { dashboard: directory.path });
      expect(await server.call("GET", "/")).toMatchObject({
        status: 200,
        body: "<title>board</title>",
      });
      expect((await server.call("GET", "/assets/app.js")).headers.get("content-type")).toMatch(
        /javascript/,
      );
      expect((await server.call("GET", "/..%2f..%2fetc/passwd")).status).toBe(404);
      await server.close();
      directory.remove();
    });
  });
});
