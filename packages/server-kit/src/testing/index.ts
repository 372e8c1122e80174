export { type BrokerSubject, describeBroker } from "./broker-contract.js";
export { type DedupSubject, describeDedupStore } from "./dedup-contract.js";
export { type FakeClock, fakeClock } from "./fake-clock.js";
export { describeHistoryStore, type HistorySubject } from "./history-contract.js";
export { describePresenceStore, type PresenceSubject } from "./presence-contract.js";
