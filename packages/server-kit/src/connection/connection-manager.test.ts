import { describeConnectionManager } from "../testing/connection-contract.js";
import { createConnectionManager } from "./connection-manager.js";

describeConnectionManager("of this process", createConnectionManager);
