import { describeMessageHandler } from "../testing/message-handler-contract.js";
import { createMessageHandler } from "./message-handler.js";

describeMessageHandler("decode, limit, authorize, dispatch", createMessageHandler);
