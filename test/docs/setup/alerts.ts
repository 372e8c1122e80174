import type { AlertService, AlertStore, Dispatcher } from "@tocsin/server-kit/alerts";

export declare const store: AlertStore;
export declare const service: AlertService;
export declare const dispatcher: Dispatcher;
