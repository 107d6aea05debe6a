import { LANGUAGE } from "../keywords/language.ts";
import { last } from "../syntax/table.ts";
import { type Finding, hint, type Lint, type LintInput, warning } from "./lint.ts";
import { find, searchFor } from "./walk.ts";

const ALERTS = searchFor(LANGUAGE.children, (keyword) => keyword.startsWith("smtp_alert"));

/** Whether anybody is told. */
export const MAIL_LINTS: readonly Lint[] = [
  {
    code: "K026",
    name: "mail-to-nowhere",
    meaning: "`smtp_alert` or `notification_email` without `smtp_server`: no mail is sent",
    severity: ["warning", "hint"],
    check: mailToNowhere,
  },
];

/** Mail needs a relay and a recipient (keepalived.conf(5), `smtp_server` and `notification_email`). */
function* mailToNowhere({ config, tree }: LintInput): Iterable<Finding> {
  const { smtpServer, notificationEmail } = config.global;
  const missing = smtpServer === undefined ? "smtp_server" : "notification_email";
  if (smtpServer !== undefined && notificationEmail.length > 0) return;
  const help = `add \`${missing}\` to \`global_defs\``;
  let alerts = false;
  for (const { keyword, setting } of find(ALERTS, tree)) {
    if (setting.value === false) continue;
    alerts = true;
    yield warning(`\`${keyword}\` sends no mail: there is no \`${missing}\``, setting.keyword, help);
  }
  const recipients = last(...tree.global_defs.map(({ value }) => value.settings.notification_email));
  if (alerts || smtpServer !== undefined || recipients === undefined || recipients.value.length === 0) return;
  yield hint("nobody gets a mail: there is no `smtp_server`", recipients.keyword, help);
}
