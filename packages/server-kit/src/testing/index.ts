export { type BrokerSubject, describeBroker } from "./broker-contract.js";
export { describeConnectionManager } from "./connection-contract.js";
export { type DedupSubject, describeDedupStore } from "./dedup-contract.js";
export { fakeClient, settled } from "./fake-client.js";
export { type FakeClock, fakeClock } from "./fake-clock.js";
export {
  type FakeConnection,
  type FakeConnectionOptions,
  fakeConnection,
} from "./fake-connection.js";
export { type Ending, type FakeSocket, fakeSocket } from "./fake-socket.js";
export {
  describeHistoryStore,
  type HistoryStoreTraits,
  type HistorySubject,
} from "./history-contract.js";
export { describeMessageHandler } from "./message-handler-contract.js";
export { describePresenceStore, type PresenceSubject } from "./presence-contract.js";
export { describePublisher } from "./publisher-contract.js";
export { describeSubscriptionManager } from "./subscription-contract.js";
