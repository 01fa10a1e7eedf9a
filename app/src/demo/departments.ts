/** A department with its share of a company's people and its titles from junior to senior; the head is apart. */
export interface Department {
  readonly name: string;
  readonly share: number;
  readonly head: string;
  readonly titles: readonly string[];
}

/** The shares add up to 1. */
export const departments: readonly Department[] = [
  {
    name: "Engineering",
    share: 0.28,
    head: "VP Engineering",
    titles: ["Software Engineer", "Senior Software Engineer", "Staff Engineer", "Engineering Manager"],
  },
  {
    name: "Operations",
    share: 0.18,
    head: "VP Operations",
    titles: ["Operations Specialist", "Operations Analyst", "Site Coordinator", "Operations Manager"],
  },
  {
    name: "Sales",
    share: 0.16,
    head: "VP Sales",
    titles: ["Sales Development Representative", "Account Executive", "Account Manager", "Sales Manager"],
  },
  {
    name: "Customer Support",
    share: 0.12,
    head: "Head of Support",
    titles: ["Support Specialist", "Senior Support Specialist", "Support Engineer", "Support Manager"],
  },
  {
    name: "Product",
    share: 0.07,
    head: "VP Product",
    titles: ["Product Designer", "User Researcher", "Product Manager", "Group Product Manager"],
  },
  {
    name: "Marketing",
    share: 0.06,
    head: "Head of Marketing",
    titles: ["Content Writer", "Marketing Specialist", "Campaign Manager", "Marketing Manager"],
  },
  {
    name: "Finance",
    share: 0.05,
    head: "Chief Financial Officer",
    titles: ["Accountant", "Financial Analyst", "Controller", "Finance Manager"],
  },
  {
    name: "People",
    share: 0.04,
    head: "Head of People",
    titles: ["Recruiter", "People Partner", "Payroll Specialist", "People Manager"],
  },
  {
    name: "IT",
    share: 0.03,
    head: "Head of IT",
    titles: ["IT Technician", "Systems Administrator", "Security Analyst", "IT Manager"],
  },
  {
    name: "Legal",
    share: 0.01,
    head: "General Counsel",
    titles: ["Paralegal", "Legal Counsel", "Senior Counsel", "Compliance Manager"],
  },
];
