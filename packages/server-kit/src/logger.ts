/** Where structured log lines go. A pino logger fits as it is. */
export interface Logger {
  /** Of use when looking for a fault. */
  debug(fields: object, message: string): void;
  /** Something worth knowing happened as it should. */
  info(fields: object, message: string): void;
  /** Something was turned away or had to be done again. */
  warn(fields: object, message: string): void;
  /** Something failed and somebody should look. */
  error(fields: object, message: string): void;
}

/** Swallows every line. The default, so that the library is silent unless asked. */
export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} };
