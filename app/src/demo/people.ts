import type { Role } from "../role.ts";
import { type Department, departments } from "./departments.ts";
import { familyNames, givenNames } from "./names.ts";
import { createRandom, type Random } from "./random.ts";

export interface DemoEmployee {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly title: string;
  readonly department: string;
  readonly location: string;
  readonly phone: string;
  /** Null for the head of the company. Always somebody earlier in the list. */
  readonly managerId: string | null;
  readonly role: Role;
}

export interface DemoTenant {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly employees: readonly DemoEmployee[];
}

interface Company {
  readonly slug: string;
  readonly name: string;
  readonly size: number;
  readonly locations: readonly string[];
}

const COMPANIES: readonly Company[] = [
  {
    slug: "northlight",
    name: "Northlight Health",
    size: 1_480,
    locations: ["Lisbon", "Lyon", "Kraków", "Nairobi", "São Paulo", "Remote"],
  },
  {
    slug: "tidewater",
    name: "Tidewater Logistics",
    size: 760,
    locations: ["Rotterdam", "Hamburg", "Singapore", "Durban"],
  },
  { slug: "copperleaf", name: "Copperleaf Studio", size: 240, locations: ["Dublin", "Montréal"] },
];

/** Few enough that people know their manager. */
const MAX_REPORTS = 9;

/** Letters that have no accent to take off. */
const SPELLED_OUT: Readonly<Record<string, string>> = { ø: "o", ł: "l", ß: "ss", æ: "ae", đ: "d", ı: "i" };

/** `Małgorzata O'Brien` → `malgorzata.obrien`. */
const mailboxOf = (name: string): string =>
  name
    .toLowerCase()
    .normalize("NFD")
    .replace(/\p{Mark}/gu, "")
    .replace(/[øłßæđı]/g, (letter) => SPELLED_OUT[letter] ?? "")
    .replace(/ /g, ".")
    .replace(/[^a-z.]/g, "");

function uuid(random: Random): string {
  const hex = (length: number): string => Array.from({ length }, () => random.int(16).toString(16)).join("");
  return `${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(12)}`;
}

/** 555-01xx are the numbers that are kept free for fiction. */
const phone = (random: Random): string =>
  `+1 555 01${String(random.int(100)).padStart(2, "0")} ext. ${1_000 + random.int(9_000)}`;

function createHiring(company: Company, random: Random) {
  const employees: DemoEmployee[] = [];
  const takenMailboxes = new Map<string, number>();
  return {
    employees,
    hire(position: Pick<DemoEmployee, "title" | "department" | "managerId" | "role">): DemoEmployee {
      const name = `${random.pick(givenNames)} ${random.pick(familyNames)}`;
      const mailbox = mailboxOf(name);
      const namesakes = takenMailboxes.get(mailbox) ?? 0;
      takenMailboxes.set(mailbox, namesakes + 1);
      const employee: DemoEmployee = {
        id: uuid(random),
        name,
        email: `${mailbox}${namesakes === 0 ? "" : namesakes + 1}@${company.slug}.example`,
        location: random.pick(company.locations),
        phone: phone(random),
        ...position,
      };
      employees.push(employee);
      return employee;
    },
  };
}

function createTenant(company: Company, random: Random): DemoTenant {
  const id = uuid(random);
  const { employees, hire } = createHiring(company, random);
  const chief = hire({
    title: "Chief Executive Officer",
    department: "Office",
    managerId: null,
    role: "admin",
  });

  const staff = (department: Department, headcount: number): void => {
    const { name, head, titles } = department;
    const lead = name === "People" || name === "IT" ? "admin" : "manager";
    // One of all companies' people looks after the installation itself.
    const role = name === "IT" && company === COMPANIES[0] ? "super_admin" : lead;
    const leads = [hire({ title: head, department: name, managerId: chief.id, role })];
    const managerTitle = titles.at(-1) ?? head;
    const teams = Math.ceil((headcount - 1) / MAX_REPORTS);
    for (let team = 1; team < teams; team++) {
      const managerId = leads[0]?.id ?? chief.id;
      leads.push(hire({ title: managerTitle, department: name, managerId, role: "manager" }));
    }
    for (let i = leads.length; i < headcount; i++) {
      // Juniors are more common than seniors.
      const title = titles[Math.min(random.int(titles.length - 1), random.int(titles.length - 1))] ?? head;
      hire({ title, department: name, managerId: random.pick(leads).id, role: "user" });
    }
  };

  departments.forEach((department, i) => {
    const isLast = i === departments.length - 1;
    const headcount = isLast ? company.size - employees.length : Math.round(company.size * department.share);
    staff(department, Math.max(1, headcount));
  });
  return { id, slug: company.slug, name: company.name, employees };
}

/**
 * The demo tenants with their 2,480 people: the same for the same seed, so that whoever knows the seed knows every
 * e-mail address without asking the database.
 */
export function createDemoTenants(seed = 1): readonly DemoTenant[] {
  const random = createRandom(seed);
  return COMPANIES.map((company) => createTenant(company, random));
}
