export {
  type ClusterPrimary,
  type ClusterPrimaryOptions,
  clusterPrimary,
} from "./cluster-primary.js";
export {
  type ClusterStores,
  type ClusterStoresOptions,
  clusterStores,
} from "./cluster-stores.js";
export { PrimaryStoreError, PrimaryTimeoutError, PrimaryUnavailableError } from "./errors.js";
export type { PrimaryStores } from "./serve.js";
