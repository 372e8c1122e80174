import { fakeClock } from "../testing/fake-clock.js";
import { describePresenceStore } from "../testing/presence-contract.js";
import { memoryPresenceStore } from "./presence-memory.js";

describePresenceStore("memory", async () => {
  const clock = fakeClock();
  const store = memoryPresenceStore({ now: clock.now });
  return {
    store,
    advance: async (ms) => clock.advance(ms),
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
});
