-- Up Migration

-- Who was there in each week and month: a report counts these instead of every day of every person.
CREATE TABLE collector.person_period (
  first_day date NOT NULL,
  kind text NOT NULL CHECK (kind IN ('week', 'month')),
  tenant_id uuid NOT NULL,
  user_id uuid NOT NULL,
  PRIMARY KEY (first_day, kind, tenant_id, user_id)
);
INSERT INTO collector.person_period
  SELECT DISTINCT date_trunc(kind, day)::date, kind, tenant_id, user_id
  FROM collector.person_day, (VALUES ('week'), ('month')) AS period (kind);

-- How many different people there were each day. Nobody is in it, so it may be kept for longer than person_day.
CREATE TABLE collector.people_day (
  day date PRIMARY KEY,
  people bigint NOT NULL
);
INSERT INTO collector.people_day SELECT day, count(*) FROM collector.person_day GROUP BY day;

-- Down Migration
DROP TABLE collector.people_day, collector.person_period;
