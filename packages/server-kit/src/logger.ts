/** Where structured log lines go. A pino logger fits as it is. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Swallows every line. The default, so that the library is silent unless asked. */
export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} };
