import type { MailTransport } from "@tocsin/server-kit/alerts";
import { createTransport } from "nodemailer";
import type { Settings } from "./settings.js";

/** What sends mail, where there is a mail server. */
export function mailOf({
  smtpUrl,
  mailFrom,
}: Pick<Settings, "smtpUrl" | "mailFrom">):
  | { readonly transport: MailTransport; readonly from: string }
  | undefined {
  if (smtpUrl === undefined) return undefined;
  return { transport: createTransport(smtpUrl), from: mailFrom };
}
