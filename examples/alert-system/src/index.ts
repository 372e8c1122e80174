export { type Answered, type Operation, operation, Refusal } from "./rest/operation.js";
export { deskBuilt, noDesk, type Page } from "./rest/pages.js";
export type { Request, Respond } from "./rest/respond.js";
export { colonPath, HEADERS, misread, nothingHere, type Served } from "./rest/served.js";
export { run, type WebServer } from "./run.js";
export type { DataDirectory } from "./setup/data-directory.js";
export { openDataDirectory } from "./setup/data-directory.js";
export { type AlertSystem, type AlertSystemOptions, createAlertSystem } from "./system.js";
