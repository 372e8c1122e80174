export { createFakeClock, type FakeClock, settled } from "./fake-clock.js";
export {
  createFakeServer,
  type FakeServer,
  type FakeServerOptions,
  type Script,
} from "./fake-server.js";
export type { FakeSocket } from "./fake-socket.js";
