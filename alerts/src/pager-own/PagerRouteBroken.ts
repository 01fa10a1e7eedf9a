import { pagerDeliveryAttemptsTotal } from "@watchkeeper/catalogue/metrics/pager";
import { pagerOwn } from "@watchkeeper/catalogue/pager-own";
import { match, promql, series } from "@watchkeeper/catalogue/promql";
import { definePagerOwnAlert } from "../alert.ts";

export const pagerRouteBroken = definePagerOwnAlert({
  name: "PagerRouteBroken",
  ...pagerOwn.PagerRouteBroken,
  service: "pager",
  owner: "platform",
  summary: "A channel refuses the pager's pages.",
  runbook: {
    meaning:
      "A provider (Slack, the mail server, PagerDuty or the webhook's receiver) refused a message about a page in a " +
      "way that asking again would not change. The incident's title names the channel, its description the " +
      "provider's answer. Each broken channel is an incident of its own.",
    impact:
      "As long as the provider refuses, whoever is reached by this channel alone hears of no page. The other channels " +
      "get the pages, and this alert; the broken one is never told of its own trouble. Where no other channel is set " +
      "up, the console alone shows any of it.",
    firstQuery: promql`
      sum by (channel, delivery_result) (
        increase(${series(pagerDeliveryAttemptsTotal, { delivery_result: match("sent|dead") })}[1h]))`,
    diagnosis: [
      "The first query counts for each channel what was taken (`sent`) and what was refused for good (`dead`). " +
        "Only `dead` has grown: everything is refused, so a setting is wrong. Both have: look at what the refused " +
        "messages have in common.",
      "The provider's answer also stands in the console, with the deliveries of the incident that was refused, and " +
        'in `.watchkeeper/logs/pager.log`, in lines `delivery attempted` with `"result":"dead"`.',
      "Slack answers with a word. `invalid_auth`, `account_inactive`, `token_revoked`: the token. " +
        "`channel_not_found`, `not_in_channel`, `is_archived`: the channel, or the bot was not invited to it. " +
        "`missing_scope`: the bot lacks `chat:write`.",
      "A mail server answers with a number. 535: user or password. 550, 553, 554: it does not take this sender, or " +
        "none of the recipients.",
      "PagerDuty answers 400: mostly the routing key; its answer says what it does not like.",
      "The webhook's receiver answers 401 or 403: mostly the shared secret, with which bodies are signed. 404, 410 or " +
        "any 3xx: the address; redirects are not followed.",
      "The answer ends in `(too-old)`: nothing was refused, but the provider was in trouble for a day and did not take " +
        "an update or the end of an incident.",
    ],
    mitigation: [
      "Meanwhile somebody must look: at the incidents in the console, and at Alertmanager itself. `npm run status` " +
        "prints its address, and `curl -s <address>/api/v2/alerts` lists what fires.",
      "Tell people of the open incidents that the channel refused: a refused message is not sent again.",
      "Slack: mend `WATCHKEEPER_PAGER_SLACK_TOKEN` or `WATCHKEEPER_PAGER_SLACK_CHANNEL`, or invite the bot to the " +
        "channel.",
      "Email: mend `WATCHKEEPER_PAGER_SMTP_URL` (user and password are in it), `WATCHKEEPER_PAGER_EMAIL_FROM` or " +
        "`WATCHKEEPER_PAGER_EMAIL_TO`.",
      "PagerDuty: mend `WATCHKEEPER_PAGER_PAGERDUTY_ROUTING_KEY`.",
      "Webhook: mend `WATCHKEEPER_PAGER_WEBHOOK_URL` or `WATCHKEEPER_PAGER_WEBHOOK_SECRET`.",
      "A changed variable needs `npm run stop`, then `npm start` with the new value. Where the variable names a file " +
        "(`…_FILE`), change the file, then `npm run stop -- pager` and `npm start -- pager`. If the pager does not come " +
        "up, the last line of its log names the setting that it refuses. `docs/guide/pager.md` has all of them.",
      "Prove it with a page of your own, after telling people, since it goes to every channel: " +
        "`curl -H 'content-type: application/json' -d " +
        `'[{"labels":{"alertname":"PagerTest","service":"pager","severity":"page"}}]' <address>/api/v2/alerts\`, ` +
        "with Alertmanager's address. It ends by itself about five minutes later.",
    ],
    rollback:
      "If it began with a change of the channel's settings, set the earlier ones in the same way. If it began with a " +
      "new version, check out the version before it and restart the pager: `npm run stop -- pager`, then " +
      "`npm start -- pager`.",
  },
  logs: "pager",
  raised:
    "At once when a channel refuses a message about an incident of severity `page`: Slack with any error but a rate " +
    "limit or trouble of its own, a mail server with 5xx or without a way to sign in that the pager knows, PagerDuty and the " +
    "webhook with any answer but 2xx, 408, 425, 429 and 5xx. Also when the update or the end of such an incident was " +
    "not taken for a day. A provider that is away or in trouble raises nothing before that: it is asked again. " +
    "Neither does a refused ticket, or a refused message about this very alert.\n\n" +
    "It ends with the next message that arrives on the channel, whatever that is about.",
});
