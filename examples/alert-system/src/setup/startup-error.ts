/** The server cannot start, for a reason whoever started it can do something about. The message says what. */
export class StartupError extends Error {
  override name = "StartupError";
}
