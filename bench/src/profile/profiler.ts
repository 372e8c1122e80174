import { writeFileSync } from "node:fs";
import type { Session } from "node:inspector/promises";

/** Profiles this process between two calls. Node only. */
export function createProfiler() {
  let session: Session | undefined;
  return {
    async start(): Promise<void> {
      const inspector = await import("node:inspector/promises");
      session = new inspector.Session();
      session.connect();
      await session.post("Profiler.enable");
      await session.post("Profiler.setSamplingInterval", { interval: 200 });
      await session.post("Profiler.start");
    },
    async stop(file: string): Promise<void> {
      const { profile } = (await session?.post("Profiler.stop")) ?? {};
      session?.disconnect();
      writeFileSync(file, JSON.stringify(profile));
    },
  };
}
