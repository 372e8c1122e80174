/** What one can choose to look at: the boards of the server, and one's own list. */
export const BOARDS = ["mine", "all", "index", "shares", "simulated", "crypto"] as const;

/** A board, or one's own list. */
export type Board = (typeof BOARDS)[number];

/** The channel a choice is read from: one's own list is a part of all. */
export const channelOf = (board: Board): string => (board === "mine" ? "all" : board);
