import { describeSubscriptionManager } from "../testing/subscription-contract.js";
import { createSubscriptionManager } from "./subscription-manager.js";

describeSubscriptionManager("of this process", createSubscriptionManager);
