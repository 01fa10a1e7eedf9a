import type { Clock } from "@watchkeeper/process/clock";
import { z } from "zod";
import type { DemoEmployee } from "../demo/people.ts";
import type { Random } from "../demo/random.ts";
import type { Answer, DirectoryRequest } from "./client.ts";

/** Adding and removing people empties a company's cache of searches: it must stay seldom, as it is in real life. */
const PAUSE_MS = 20 * 60_000;

const personSchema = z.object({ id: z.string(), version: z.number() });
const foundSchema = z.object({ employees: z.array(z.object({ id: z.string() })) });

/** A manager who takes on one trainee at a time, and lets them go again: the company never grows by more than that. */
export interface Hiring {
  /** Undefined when the person may not, has a trainee already, or had one a moment ago. */
  hire(): Promise<number> | undefined;
  /** Undefined when there is nobody to let go. */
  dismiss(): Promise<number> | undefined;
}

export interface HiringDeps {
  readonly person: DemoEmployee;
  readonly ask: (request: DirectoryRequest) => Promise<Answer>;
  readonly random: Random;
  readonly clock: Clock;
}

export function createHiring({ person, ask, random, clock }: HiringDeps): Hiring {
  let trainee: z.infer<typeof personSchema> | undefined;
  let nextMs = 0;
  const email = `trainee.of.${person.email}`;

  /** Whom an earlier run of the traffic has left behind. */
  async function findLeftBehind(): Promise<void> {
    const { body, status } = await ask({ path: `/api/employees?q=${encodeURIComponent(email)}` });
    const id = status === 200 ? foundSchema.parse(body).employees[0]?.id : undefined;
    if (id === undefined) return;
    const profile = await ask({ path: `/api/employees/${id}` });
    if (profile.status === 200) trainee = personSchema.parse(profile.body);
  }

  return {
    hire() {
      if (person.role === "user" || trainee || clock.now() < nextMs) return undefined;
      nextMs = clock.now() + PAUSE_MS;
      const body = {
        name: `Trainee ${String.fromCharCode(65 + random.int(26))}. ${person.name.split(" ").at(-1)}`,
        email,
        title: "Trainee",
        department: person.department,
        location: person.location,
        phone: "+1 555 0100",
        managerId: person.id,
      };
      return ask({ method: "POST", path: "/api/employees", body }).then(async ({ status, body: made }) => {
        if (status === 201) trainee = personSchema.parse(made);
        if (status === 409) await findLeftBehind();
        return status;
      });
    },

    dismiss() {
      if (!trainee) return undefined;
      const { id, version } = trainee;
      trainee = undefined;
      return ask({ method: "DELETE", path: `/api/employees/${id}?version=${version}` }).then(
        ({ status }) => status,
      );
    },
  };
}
