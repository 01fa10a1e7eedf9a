import { expect, test } from "vitest";
import { parsePagerSettings } from "./settings.ts";

const needed = {
  WATCHKEEPER_PAGER_HTTP_PORT: "4704",
  WATCHKEEPER_PAGER_OPS_PORT: "4705",
  WATCHKEEPER_PAGER_DATABASE_URL: "postgres://pager:pw@127.0.0.1:4721/pager",
  WATCHKEEPER_PAGER_INGEST_TOKEN: "0123456789abcdef",
  WATCHKEEPER_PAGER_API_TOKEN: "fedcba9876543210",
  WATCHKEEPER_PAGER_CONSOLE_URL: "http://localhost:4700/",
};

test("a channel without settings is off, and providers are the real ones by default", () => {
  expect(parsePagerSettings(needed).channels).toEqual({});
  const channels = parsePagerSettings({
    ...needed,
    WATCHKEEPER_PAGER_SLACK_TOKEN: "xoxb",
    WATCHKEEPER_PAGER_SLACK_CHANNEL: "C0123456789",
    WATCHKEEPER_PAGER_PAGERDUTY_ROUTING_KEY: "key",
    WATCHKEEPER_PAGER_NTFY_TOKEN: "tk_1",
    WATCHKEEPER_PAGER_TWILIO_ACCOUNT_SID: `AC${"0".repeat(32)}`,
    WATCHKEEPER_PAGER_TWILIO_AUTH_TOKEN: "t",
    WATCHKEEPER_PAGER_TWILIO_FROM: "+4930123456",
  }).channels;
  expect(channels.ntfy?.url).toBe("https://ntfy.sh");
  expect(channels.twilio?.url).toBe("https://api.twilio.com");
  expect(channels.slack?.apiUrl).toBe("https://slack.com/api/");
  expect(channels.pagerduty?.url).toBe("https://events.pagerduty.com");
  expect(parsePagerSettings(needed)).toMatchObject({
    host: "127.0.0.1",
    consoleUrl: "http://localhost:4700",
  });
});

test.each([
  [
    { SLACK_TOKEN: "xoxb" },
    "Cannot set up Slack as WATCHKEEPER_PAGER_SLACK_CHANNEL is missing: set it, or remove the other settings of Slack",
  ],
  [
    { SLACK_API_URL: "http://localhost:4730/slack/api" },
    "WATCHKEEPER_PAGER_SLACK_TOKEN and WATCHKEEPER_PAGER_SLACK_CHANNEL",
  ],
  [{ EMAIL_TO: "on-call@example.org" }, "WATCHKEEPER_PAGER_SMTP_URL and WATCHKEEPER_PAGER_EMAIL_FROM"],
  [{ PAGERDUTY_URL: "http://localhost:4730" }, "WATCHKEEPER_PAGER_PAGERDUTY_ROUTING_KEY is missing"],
  [{ SLACK_SIGNING_SECRET: "s" }, "WATCHKEEPER_PAGER_SLACK_TOKEN and WATCHKEEPER_PAGER_SLACK_CHANNEL"],
  [
    { TWILIO_FROM: "+4930123456" },
    "WATCHKEEPER_PAGER_TWILIO_ACCOUNT_SID and WATCHKEEPER_PAGER_TWILIO_AUTH_TOKEN",
  ],
  [{ TWILIO_FROM: "030 123456" }, "WATCHKEEPER_PAGER_TWILIO_FROM: must be a number such as +4930123456"],
  [
    { TWILIO_ACCOUNT_SID: "me" },
    "WATCHKEEPER_PAGER_TWILIO_ACCOUNT_SID: must be AC and 32 hexadecimal digits",
  ],
  [
    { PUBLIC_URL: "https://pager.example.org" },
    "Cannot set up buttons and links as WATCHKEEPER_PAGER_ACTION_SECRET is missing",
  ],
  [{ NTFY_URL: "push" }, "WATCHKEEPER_PAGER_NTFY_URL"],
  [{ WEBHOOK_URL: "https://example.org" }, "WATCHKEEPER_PAGER_WEBHOOK_SECRET is missing"],
  [{ DATABASE_URL: "mysql://x" }, "WATCHKEEPER_PAGER_DATABASE_URL"],
  [{ API_TOKEN: "short" }, "WATCHKEEPER_PAGER_API_TOKEN: must have at least 16 characters"],
])("%j is refused in one line", (changes: Record<string, string>, message) => {
  const named = Object.entries(changes).map(([key, value]) => [`WATCHKEEPER_PAGER_${key}`, value]);
  expect(() => parsePagerSettings({ ...needed, ...Object.fromEntries(named) })).toThrow(message);
});
