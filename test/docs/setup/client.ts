import type { Client } from "@tocsin/client";
import { market } from "../setup/market.js"; // this way round it is found from a page's directory too

export { market };
export declare const client: Client<typeof market>;
