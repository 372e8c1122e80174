/**
 * The first line of scripts that store something: they fail before they have begun when there is no memory left, or
 * when this server may not be written to.
 */
export const STORES = "#!lua\n";

/** The first line of scripts that read or let go of something: they run when there is no memory left, too. */
export const LETS_GO = "#!lua flags=allow-oom\n";

/** Puts into `at` what time it is: what the caller says in `ARGV[1]`, or the server's own clock if that is empty. */
export const SERVER_TIME = `
local at = tonumber(ARGV[1])
if not at then
  local time = redis.call('TIME')
  at = time[1] * 1000 + math.floor(time[2] / 1000)
end
`;
