/** Where structured log lines go. A pino logger fits as it is. */
export interface Logger {
  /** What happens, for somebody who looks closely: changes of the connection. */
  debug(fields: object, message: string): void;
  /** What is worth knowing. */
  info(fields: object, message: string): void;
  /** What went wrong and nobody listened for. */
  warn(fields: object, message: string): void;
  /** What needs somebody. */
  error(fields: object, message: string): void;
}
