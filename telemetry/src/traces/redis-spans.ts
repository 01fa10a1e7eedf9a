import { tracingChannel } from "node:diagnostics_channel";
import { type Span, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";

/** What node-redis 6 publishes about a command on its tracing channel; the arguments stay out of spans. */
interface CommandEvent {
  readonly command: string;
  readonly error?: unknown;
}

const tracer = trace.getTracer("@watchkeeper/telemetry");

/**
 * Gives every command of every node-redis client of this process a span, named by the command.
 *
 * @returns ends that
 */
export function traceRedisCommands(): () => void {
  const channel = tracingChannel<string, CommandEvent>("node-redis:command");
  const spans = new WeakMap<CommandEvent, Span>();
  const subscribers = {
    start(event: CommandEvent) {
      const name = event.command.toUpperCase();
      const attributes = { "db.system.name": "redis", "db.operation.name": name };
      spans.set(event, tracer.startSpan(name, { kind: SpanKind.CLIENT, attributes }));
    },
    error(event: CommandEvent) {
      const span = spans.get(event);
      span?.setAttribute("error.type", event.error instanceof Error ? event.error.name : "error");
      span?.setStatus({ code: SpanStatusCode.ERROR });
    },
    asyncEnd(event: CommandEvent) {
      spans.get(event)?.end();
    },
    end: () => undefined,
    asyncStart: () => undefined,
  };
  channel.subscribe(subscribers);
  return () => channel.unsubscribe(subscribers);
}
