import { Expr, promql, type Selector } from "@watchkeeper/catalogue/promql";
import type { Duration } from "../alert.ts";
import { span } from "../slo/timing.ts";
import type { Objective } from "./judges.ts";
import { limitOf, type Peer, type PeerName, peers, windowsOf } from "./peers.ts";

/** A promise as rules of peers have it. */
export interface Rival extends Objective {
  readonly name: string;
  readonly total: Selector;
  readonly bad: Selector;
}

export interface PeerRule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly for?: Duration;
  readonly labels: Readonly<Record<string, string>>;
}

/** A group of rules as Prometheus reads it. */
export interface PeerGroup {
  readonly name: string;
  readonly interval: Duration;
  readonly rules: readonly PeerRule[];
}

/** What a shape of rules names its series, and the label that tells promises apart. */
interface Naming {
  readonly id: string;
  ratio(window: Duration): string;
}

const namings: Readonly<Record<PeerName, Naming>> = {
  sloth: { id: "sloth_id", ratio: (window) => `slo:sli_error:ratio_rate${window}` },
  pyrra: { id: "pyrra_slo", ratio: (window) => `http_requests:burnrate${window}` },
  naive: { id: "naive_slo", ratio: (window) => `naive:error_ratio:rate${window}` },
};

const ratioOver = ({ bad, total }: Rival, window: Duration): Expr =>
  promql`sum(rate(${bad}[${span(window)}])) / sum(rate(${total}[${span(window)}]))`;

/** The series of one promise. */
const of = (record: string, { id }: Naming, rival: Rival): Expr =>
  new Expr(`${record}{${id}="${rival.name}"}`);

function alertRules(name: PeerName, peer: Peer, rival: Rival): readonly PeerRule[] {
  const naming = namings[name];
  return peer.alerts.map((alert, i) => {
    const anyOf = alert.anyOf.map((condition) => {
      const limit = limitOf(condition, 1 - rival.objective);
      const each = condition.windows.map(
        (window) => promql`(${of(naming.ratio(window), naming, rival)} > ${limit})`.text,
      );
      return `(${each.join(" and on () ")})`;
    });
    return {
      alert: `${name}${i}`,
      expr: anyOf.join(" or on () "),
      for: alert.for,
      labels: { severity: alert.severity, contender: name, slo: rival.name },
    };
  });
}

/** What sloth records beside the ratios: its budget over the whole window is an average of five minutes' ratios. */
function slothMeta(rival: Rival, labels: Readonly<Record<string, string>>): readonly PeerRule[] {
  const mine = (record: string): Expr => of(record, namings.sloth, rival);
  const window: Duration = `${rival.days}d`;
  const record = (name: string, expr: Expr): PeerRule => ({ record: name, expr: expr.text, labels });
  return [
    record("slo:objective:ratio", promql`vector(${rival.objective})`),
    record("sloth:error_budget:ratio", promql`vector(1 - ${rival.objective})`),
    record("slo:time_period:days", promql`vector(${rival.days})`),
    record(
      "slo:current_burn_rate:ratio",
      promql`${mine("slo:sli_error:ratio_rate5m")} / on (sloth_id) group_left () ${mine("sloth:error_budget:ratio")}`,
    ),
    record(
      "slo:period_burn_rate:ratio",
      promql`${mine(`slo:sli_error:ratio_rate${window}`)} / on (sloth_id) group_left () ${mine("sloth:error_budget:ratio")}`,
    ),
    record("slo:period_error_budget_remaining:ratio", promql`1 - ${mine("slo:period_burn_rate:ratio")}`),
    record("sloth_slo_info", promql`vector(1)`),
  ];
}

/** Rules of sloth's shape: 17, in three groups. */
function slothGroups(rival: Rival, interval: Duration): readonly PeerGroup[] {
  const peer = peers(rival.days).sloth;
  const labels = { sloth_id: rival.name };
  const window: Duration = `${rival.days}d`;
  const short = of(namings.sloth.ratio("5m"), namings.sloth, rival);
  const whole: PeerRule = {
    record: namings.sloth.ratio(window),
    expr: promql`sum_over_time(${short}[${span(window)}]) / count_over_time(${short}[${span(window)}])`.text,
    labels,
  };
  const ratios = windowsOf(peer).map(
    (each): PeerRule => ({
      record: namings.sloth.ratio(each),
      expr: ratioOver(rival, each).text,
      labels,
    }),
  );
  const group = (part: string, rules: readonly PeerRule[]): PeerGroup => ({
    name: `sloth-${part}-${rival.name}`,
    interval,
    rules,
  });
  return [
    group("sli", [...ratios, whole]),
    group("meta", slothMeta(rival, labels)),
    group("alerts", alertRules("sloth", peer, rival)),
  ];
}

/** Rules of pyrra's shape: 13, in two groups, of which that of the whole window is evaluated less often. */
function pyrraGroups(rival: Rival, interval: Duration): readonly PeerGroup[] {
  const peer = peers(rival.days).pyrra;
  const labels = { pyrra_slo: rival.name };
  const ratios = windowsOf(peer).map(
    (each): PeerRule => ({
      record: namings.pyrra.ratio(each),
      expr: ratioOver(rival, each).text,
      labels,
    }),
  );
  return [
    {
      name: `pyrra-increase-${rival.name}`,
      interval: "150s",
      rules: [
        {
          record: "http_requests:increase4w",
          expr: promql`sum by (status) (increase(${rival.total}[28d]))`.text,
          labels,
        },
        {
          alert: "pyrraAbsent",
          expr: promql`absent(${rival.total}) == 1`.text,
          for: "2m",
          labels: { ...labels, severity: "info" },
        },
      ],
    },
    {
      name: `pyrra-${rival.name}`,
      interval,
      rules: [...ratios, ...alertRules("pyrra", peer, rival)],
    },
  ];
}

/** The rule that everybody writes first, with its ratio as a recorded series. */
function naiveGroups(rival: Rival, interval: Duration): readonly PeerGroup[] {
  const peer = peers(rival.days).naive;
  const ratios = windowsOf(peer).map(
    (each): PeerRule => ({
      record: namings.naive.ratio(each),
      expr: ratioOver(rival, each).text,
      labels: { naive_slo: rival.name },
    }),
  );
  return [
    {
      name: `naive-${rival.name}`,
      interval,
      rules: [...ratios, ...alertRules("naive", peer, rival)],
    },
  ];
}

/** The rules of another tool's shape for a promise of bad events among all, as Prometheus reads them. */
export const peerGroups: Readonly<
  Record<PeerName, (rival: Rival, interval: Duration) => readonly PeerGroup[]>
> = { sloth: slothGroups, pyrra: pyrraGroups, naive: naiveGroups };
