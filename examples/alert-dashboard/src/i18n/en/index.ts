import { alerts } from "./alerts.js";
import { app } from "./app.js";
import { chain } from "./chain.js";
import { chart } from "./chart.js";
import { connection } from "./connection.js";
import { desk } from "./desk.js";
import { inbox } from "./inbox.js";
import { monitors } from "./monitors.js";
import { news } from "./news.js";
import { portfolio } from "./portfolio.js";
import { replay } from "./replay.js";
import { settings } from "./settings.js";
import { stress } from "./stress.js";
import { watchlist } from "./watchlist.js";

/** Every word of the desk in English, by feature. */
export const en = {
  app,
  alerts,
  inbox,
  connection,
  chain,
  portfolio,
  desk,
  settings,
  news,
  watchlist,
  chart,
  monitors,
  replay,
  stress,
} as const;
