/** The made-up past as SQL: chance that comes from md5 is the same on every machine and in every version. */

/** A number of at least 0 and less than 1 that a text decides. */
const chance = (...parts: readonly string[]): string =>
  `((('x' || substr(md5(concat_ws('/', ${parts.join(", ")})), 1, 8))::bit(32)::bigint)::float8 / 4294967296)`;

const quoted = (texts: readonly string[]): string => texts.map((text) => `'${text}'`).join(", ");

/** What everybody looks for, the most wanted first, and what nobody finds. */
// biome-ignore format: a list of words
const TERMS = [
  "payroll", "support", "it", "manager", "engineering", "sales", "lisbon", "people partner", "legal", "finance",
  "product designer", "remote", "hamburg", "marketing", "recruiter",
] as const;
const MISSES = ["enginering", "payrol", "reception", "parking", "canteen", "works council"] as const;

/**
 * Who was there on which day, and what each did. $1 days back, $2 the time zone in which people work.
 * A third of all people on a working day, few on a weekend, a little more from week to week.
 */
export const DEMO_EVENTS = `
  CREATE TEMPORARY TABLE demo_event ON COMMIT DROP AS
  WITH person AS (
    SELECT e.tenant_id, e.id AS user_id, ${chance("e.id", "'habit'")} AS habit,
      row_number() OVER (PARTITION BY e.tenant_id ORDER BY md5(e.id::text)) AS place,
      count(*) OVER (PARTITION BY e.tenant_id) AS people
    FROM employee e JOIN collector.tenant t USING (tenant_id) WHERE t.demo
  ), visit AS (
    SELECT p.*, day::date AS day
    FROM person p, generate_series((now() AT TIME ZONE $2)::date - $1::int, (now() AT TIME ZONE $2)::date, interval '1 day') day
    WHERE ${chance("p.user_id", "day::date", "'there'")} <
      p.habit ^ 1.6 * 0.8 * CASE WHEN extract(isodow FROM day) > 5 THEN 0.15 ELSE 1 END
      * (0.85 + 0.25 * (1 - ((now() AT TIME ZONE $2)::date - day::date)::float8 / $1::int))
  ), act AS (
    SELECT v.*, n, CASE
        WHEN n = 0 THEN 'login'
        WHEN ${chance("v.user_id", "v.day", "n", "'what'")} < 0.50 THEN 'search'
        WHEN ${chance("v.user_id", "v.day", "n", "'what'")} < 0.53 THEN 'empty_search'
        WHEN ${chance("v.user_id", "v.day", "n", "'what'")} < 0.96 THEN 'profile_view'
        ELSE 'profile_update' END AS kind,
      (v.day + interval '7 hours' + interval '11 hours'
        * (${chance("v.user_id", "v.day", "n", "'early'")} + ${chance("v.user_id", "v.day", "n", "'late'")}) / 2)
        AT TIME ZONE $2 AS at
    FROM visit v, generate_series(0, 2 + floor(5 * ${chance("v.user_id", "v.day", "'long'")})::int) n
  )
  SELECT a.day, a.at, a.tenant_id, a.user_id, a.kind,
    CASE a.kind
      WHEN 'search' THEN (ARRAY[${quoted(TERMS)}])[1 + floor(${TERMS.length} * ${chance("a.user_id", "a.day", "n", "'term'")} ^ 2)::int]
      WHEN 'empty_search' THEN (ARRAY[${quoted(MISSES)}])[1 + floor(${MISSES.length} * ${chance("a.user_id", "a.day", "n", "'term'")} ^ 2)::int]
    END AS term,
    CASE a.kind WHEN 'profile_view' THEN s.user_id WHEN 'profile_update' THEN a.user_id END AS subject_id
  FROM act a LEFT JOIN person s ON a.kind = 'profile_view' AND s.tenant_id = a.tenant_id
    AND s.place = 1 + floor(a.people * ${chance("a.user_id", "a.day", "n", "'whom'")} ^ 4)::int
  WHERE a.at < now()`;

const COMMENTS = [
  "I find the right colleague in seconds.",
  "Phone numbers are often out of date.",
  "Please show who is on holiday.",
  "Works well on my phone.",
] as const;

/** Two or three answers to the survey on a working day. $1 days back. */
export const DEMO_ANSWERS = `
  INSERT INTO collector.nps_response (id, answered_at, score, comment, demo)
  SELECT 'demo-' || day::date || '-' || n, day + interval '9 hours' + n * interval '97 minutes',
    (ARRAY[10, 9, 9, 8, 10, 7, 9, 8, 6, 3])[1 + floor(10 * ${chance("day::date", "n", "'score'")})::int],
    CASE WHEN ${chance("day::date", "n", "'words'")} < 0.3
      THEN (ARRAY[${quoted(COMMENTS)}])[1 + floor(${COMMENTS.length} * ${chance("day::date", "n", "'which'")})::int] END,
    true
  FROM generate_series(date_trunc('day', now()) - $1::int * interval '1 day', now(), interval '1 day') day,
    generate_series(1, 2 + floor(2 * ${chance("day::date", "'asked'")})::int) n
  WHERE extract(isodow FROM day) < 6 AND day + interval '9 hours' + n * interval '97 minutes' < now()
  ON CONFLICT (id) DO NOTHING`;

/** Some tickets a day, most resolved within two days. $1 days back. */
export const DEMO_TICKETS = `
  INSERT INTO collector.ticket (id, opened_at, resolved_at, demo)
  SELECT id, opened_at, CASE WHEN resolved_at < now() THEN resolved_at END, true
  FROM (
    SELECT 'demo-' || day::date || '-' || n AS id, at AS opened_at,
      at + interval '20 minutes' + interval '50 hours' * ${chance("day::date", "n", "'work'")} ^ 3 AS resolved_at
    FROM generate_series(date_trunc('day', now()) - $1::int * interval '1 day', now(), interval '1 day') day,
      generate_series(1, CASE WHEN extract(isodow FROM day) > 5 THEN 1 ELSE 3 + floor(4 * ${chance("day::date", "'many'")})::int END) n,
      LATERAL (SELECT day + interval '8 hours' + interval '9 hours' * ${chance("day::date", "n", "'when'")} AS at) moment
    WHERE at < now()
  ) made
  ON CONFLICT (id) DO NOTHING`;
