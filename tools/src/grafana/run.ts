import { createApi } from "./api.ts";
import type { Finding } from "./finding.ts";
import { loadProvisioned } from "./provisioned.ts";
import { parseAccess } from "./settings.ts";
import { verifyGrafana } from "./verify.ts";

const renderFinding = ({ what, problem, note }: Finding): string => {
  if (problem !== undefined) return `BROKEN ${what}: ${problem}`;
  return note === undefined ? `ok     ${what}` : `ok     ${what}: ${note}`;
};

/**
 * Verifies the Grafana that the environment names.
 * @param print gets one line for each thing that was looked at, and a count at last
 * @returns whether all is well; also where no Grafana is given, which is said in one line
 */
export async function runVerification(
  environment: Readonly<Record<string, string | undefined>>,
  root: string,
  print: (line: string) => void,
): Promise<boolean> {
  try {
    const access = parseAccess(environment);
    if (!access) {
      print("Skipped as no Grafana is given: set GRAFANA_URL and GRAFANA_TOKEN to verify one");
      return true;
    }
    const findings = await verifyGrafana(createApi(access), loadProvisioned(root));
    for (const finding of findings) print(renderFinding(finding));
    const broken = findings.filter(({ problem }) => problem !== undefined);
    print(`${findings.length - broken.length} ok, ${broken.length} broken`);
    return broken.length === 0;
  } catch (error) {
    print(error instanceof Error ? error.message : String(error));
    return false;
  }
}
