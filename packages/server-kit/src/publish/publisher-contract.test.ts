import { describePublisher } from "../testing/publisher-contract.js";
import { createPublisher } from "./publisher.js";

describePublisher("claim, append, hand over", createPublisher);
