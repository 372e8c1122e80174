import type { Hub } from "@tocsin/server-kit";
import { market } from "../setup/market.js"; // this way round it is found from a page's directory too

export { market };
export declare const hub: Hub<typeof market>;
