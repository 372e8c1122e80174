import type { Published } from "../publish/published.js";
import type { Publisher } from "../publish/publisher.js";
import type { Counters } from "./stats.js";

/** A publisher whose events, and repeats of events, are counted. */
export function countedPublisher(publisher: Publisher, counters: Counters): Publisher {
  const counted = async (publishing: Promise<Published>): Promise<Published> => {
    const published = await publishing;
    if (published.duplicate) counters.duplicates += 1;
    else counters.published += 1;
    return published;
  };
  return {
    publish: (...args: Parameters<Publisher["publish"]>) => counted(publisher.publish(...args)),
    remove: (...args: Parameters<Publisher["remove"]>) => counted(publisher.remove(...args)),
  };
}
