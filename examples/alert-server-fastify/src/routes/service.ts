import { serviceStatus } from "@tocsin-example/alert-contract";
import { z } from "zod";
import type { App, Context } from "./context.js";
import { problem } from "./replies.js";
import { signedInUser } from "./signed-in.js";

const answers = { 200: serviceStatus, 401: problem };
const tags = ["service"];

/** The monitoring service: start, stop, speed. */
export function serviceRoutes(app: App, context: Context): void {
  const { service, playback, publishing } = context;

  app.get(
    "/api/service",
    { schema: { tags, summary: "What the service is doing", response: answers } },
    async (request) => {
      await signedInUser(request, context);
      return service.status();
    },
  );

  app.post(
    "/api/service/start",
    { schema: { tags, summary: "Let the market run", response: answers } },
    async (request) => {
      await signedInUser(request, context);
      service.start();
      await publishing.flush();
      return service.status();
    },
  );

  app.post(
    "/api/service/stop",
    { schema: { tags, summary: "Hold the market", response: answers } },
    async (request) => {
      await signedInUser(request, context);
      await service.stop();
      await publishing.flush();
      return service.status();
    },
  );

  app.put(
    "/api/service/speed",
    {
      schema: {
        tags,
        summary: "Market milliseconds in one real millisecond",
        body: z.object({ speed: z.number().min(1).max(1_000_000) }),
        response: { ...answers, 400: problem },
      },
    },
    async (request) => {
      await signedInUser(request, context);
      playback.setSpeed(request.body.speed);
      await publishing.flush();
      return service.status();
    },
  );
}
