import { pagerWebhooksTotal } from "@watchkeeper/catalogue/metrics/pager";
import { pagerOwn } from "@watchkeeper/catalogue/pager-own";
import { promql, series } from "@watchkeeper/catalogue/promql";
import { definePagerOwnAlert } from "../alert.ts";

export const pagerUnreadableAlert = definePagerOwnAlert({
  name: "PagerUnreadableAlert",
  ...pagerOwn.PagerUnreadableAlert,
  service: "pager",
  owner: "platform",
  summary: "The pager was sent an alert that it cannot read, so nobody was told of it.",
  runbook: {
    meaning:
      "Somebody who knows the pager's ingest token, normally Alertmanager, sent a body that the pager stored and then " +
      "could not turn into alerts, in whole or in part. The description says which body and why. It stays in the " +
      "table `inbox` of the pager's database until somebody removes it.",
    impact:
      "Nobody is told of what the unreadable part said: an alert in it that began wakes nobody, and an incident whose " +
      "end was in it stays open. Alertmanager takes the body for delivered and says that an alert fires again only when " +
      "its group changes or the repeat interval is over: 4 hours for a page, a day for a ticket. It never says again " +
      "that one ended.",
    firstQuery: promql`sum by (inbox_result) (increase(${series(pagerWebhooksTotal)}[1h]))`,
    diagnosis: [
      "The first query counts bodies by what became of them. The Watchdog alone makes about one `accepted` body a " +
        "minute. It still does: the way of alerts works, and single bodies are bad. There is only `unreadable`: " +
        "nothing that Alertmanager says gets through.",
      "The reason is `not JSON`, `not UTF-8`, `nested too deeply`, or begins with `body:`, `alerts:` or " +
        "`truncatedAlerts:`: nothing of the body was read, and it is not what Alertmanager sends (its webhook, version 4). Something else knows the " +
        "token, or changes bodies on their way.",
      "The reason begins with `alerts.` and a number: that alert of the body, counted from 0, and that field of it " +
        "could not be read. How many alerts it was stands at the end; the others of the body were taken.",
      "Any other reason is an error of the pager or of its database: the body was tried five times. The lines " +
        "`webhook not processed` in `.watchkeeper/logs/pager.log` have the whole error, and " +
        "`.watchkeeper/logs/pager-postgres.log` has the database's side.",
      "Read the body itself: `SELECT id, received_at, failures, reason, encode(body, 'escape') AS body FROM inbox " +
        "WHERE state = 'quarantined' ORDER BY id DESC LIMIT 5;`. The database's address is in " +
        "`.watchkeeper/run/pager-postgres.url`; with `psql` on the `PATH`: " +
        '`psql "$(cat .watchkeeper/run/pager-postgres.url)"`.',
    ],
    mitigation: [
      "Meanwhile Alertmanager itself is the truth. `npm run status` prints its address, and " +
        "`curl -s <address>/api/v2/alerts` lists what fires. Compare it with the incidents in the console and tell " +
        "people what is missing there.",
      "Something else than Alertmanager sends: end that, or take the token away from it. `npm run stop`, remove " +
        "`.watchkeeper/secrets/pager-ingest-token`, `npm start`: a new token is made, and Alertmanager gets it.",
      "Alertmanager was replaced by a version that sends otherwise: go back to the one before.",
      "The database refuses: `npm run status` says whether `pager-postgres` runs; its log says what it lacks.",
      "Once the cause is mended, and if what the body says is still true, let the pager read it again: " +
        "`UPDATE inbox SET state = 'pending', failures = 0 WHERE id = <id>;`. It is read within a second. What the pager " +
        "has heard about these alerts since then stays true.",
    ],
    rollback:
      "If it began with a new version, check out the version before it and restart the pager: " +
      "`npm run stop -- pager`, then `npm start -- pager`. Then let it read the kept bodies again as above.",
  },
  logs: "pager",
  raised:
    "At once when a body, or an alert in it, cannot be read; after the fifth attempt, about half a minute later, when " +
    "processing it fails. All such bodies are one incident, whose description speaks of the newest.\n\n" +
    "It ends by itself when no other came for an hour. That does not say that the cause is mended, nor that the kept " +
    "body was read.",
});
