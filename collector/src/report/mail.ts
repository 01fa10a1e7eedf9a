import { PassThrough } from "node:stream";
import type { ReportDocument } from "@watchkeeper/catalogue/report-document";
import { reasonOf } from "@watchkeeper/process/main";
import { mailDomainOf, parseSmtpUrl } from "@watchkeeper/process/smtp";
import { createTransport } from "nodemailer";
import { drawApart } from "./draw-apart.ts";
import { chartsOf, renderHtml } from "./html.ts";
import { renderPlain } from "./plain.ts";

export interface MailSettings {
  /** `smtp://user:password@host:port` (STARTTLS where offered) or `smtps://…` (TLS from the start). */
  readonly url: string;
  readonly from: string;
  /** One or more addresses, separated by commas. */
  readonly to: string;
}

/** How an attempt ended. `unsure`: the text had left us and no answer came, so that people may have it. */
export type Sent =
  | { readonly result: "sent" }
  | { readonly result: "refused" | "unsure"; readonly reason: string };

const STEP_TIMEOUT_MS = 15_000;

/**
 * Mails a report with its charts inside and the PDF beside it. Its message id is the same at every attempt, so that
 * servers and readers that see it twice can tell.
 *
 * @param consoleUrl where people open the console, without a slash at its end
 */
export async function sendReport(
  making: ReportDocument | Promise<ReportDocument>,
  { url, from, to }: MailSettings,
  consoleUrl: string | undefined,
): Promise<Sent> {
  const [drawn, report] = await Promise.all([drawApart(making), making]);
  const charts = chartsOf(report).map((chart, i) => ({
    chart,
    png: Buffer.from(drawn.charts[i] ?? []),
    cid: `chart-${i + 1}@watchkeeper`,
  }));
  const link = consoleUrl && `${consoleUrl}/reports/${report.period}`;
  const cidOf = new Map(charts.map(({ chart, cid }) => [chart, cid]));
  const name = `watchkeeper-${report.period}`;
  const message = {
    from,
    to,
    subject: report.title,
    text: renderPlain(report, link),
    html: renderHtml(report, (chart) => `cid:${cidOf.get(chart)}`, link),
    attachments: [
      ...charts.map(({ png, cid, chart }, i) => ({
        filename: `chart-${i + 1}.png`,
        content: png,
        cid,
        contentDisposition: "inline" as const,
        headers: { "Content-Description": chart.alt },
      })),
      { filename: `${name}.pdf`, content: Buffer.from(drawn.pdf), contentType: "application/pdf" },
    ],
    messageId: `<${name}@${mailDomainOf(from)}>`,
    headers: { "Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All" },
    disableFileAccess: true,
    disableUrlAccess: true,
  };
  let textLeft = false;
  const transport = createTransport({
    ...parseSmtpUrl(url),
    connectionTimeout: STEP_TIMEOUT_MS,
    greetingTimeout: STEP_TIMEOUT_MS,
    socketTimeout: STEP_TIMEOUT_MS,
    dnsTimeout: STEP_TIMEOUT_MS,
    logger: false,
  });
  transport.use("stream", (mail, done) => {
    mail.message?.transform(
      () =>
        new PassThrough({
          flush(end) {
            textLeft = true;
            end();
          },
        }),
    );
    done();
  });
  try {
    await transport.sendMail(message);
    return { result: "sent" };
  } catch (error) {
    const { responseCode } = error as { responseCode?: number };
    const answered = responseCode !== undefined && responseCode >= 400;
    return {
      result: textLeft && !answered ? "unsure" : "refused",
      reason: `SMTP: ${reasonOf(error)}`.slice(0, 300),
    };
  } finally {
    transport.close();
  }
}
