-- Up Migration

-- One row for each job that runs once for all collectors. Its row lock makes "is this slot free, is nobody at it" one step.
CREATE TABLE collector.job (
  name text PRIMARY KEY,
  -- The moment for which it was due when it last began.
  slot timestamptz NOT NULL,
  holder uuid,
  -- Until then nobody else begins, whatever became of the holder.
  lease_until timestamptz,
  succeeded_at timestamptz,
  result jsonb
);

-- When this schema was made: reports about the time before would only say that nothing was measured.
CREATE TABLE collector.install (at timestamptz NOT NULL DEFAULT now());
INSERT INTO collector.install DEFAULT VALUES;

-- Roll-ups of usage_event. Days are those of the time zone that the collector was set to.
CREATE TABLE collector.usage_hour (
  hour timestamptz NOT NULL,
  kind text NOT NULL,
  events bigint NOT NULL,
  PRIMARY KEY (hour, kind)
);

-- The newest use of each person, altogether and of each feature.
CREATE TABLE collector.person (
  tenant_id uuid NOT NULL,
  user_id uuid NOT NULL,
  last_at timestamptz NOT NULL,
  last_search_at timestamptz,
  last_view_at timestamptz,
  last_update_at timestamptz,
  PRIMARY KEY (tenant_id, user_id)
) WITH (fillfactor = 70);
CREATE INDEX person_by_last ON collector.person (last_at);

CREATE TABLE collector.person_day (
  day date NOT NULL,
  tenant_id uuid NOT NULL,
  user_id uuid NOT NULL,
  PRIMARY KEY (day, tenant_id, user_id)
);

CREATE TABLE collector.term_day (
  tenant_id uuid NOT NULL,
  day date NOT NULL,
  term text NOT NULL,
  searches bigint NOT NULL,
  PRIMARY KEY (tenant_id, day, term)
);
CREATE INDEX term_day_by_day ON collector.term_day (day);

CREATE TABLE collector.term_person (
  tenant_id uuid NOT NULL,
  term text NOT NULL,
  user_id uuid NOT NULL,
  last_day date NOT NULL,
  PRIMARY KEY (tenant_id, term, user_id)
) WITH (fillfactor = 70);
CREATE INDEX term_person_by_day ON collector.term_person (last_day);

CREATE TABLE collector.profile_day (
  tenant_id uuid NOT NULL,
  day date NOT NULL,
  profile_id uuid NOT NULL,
  views bigint NOT NULL,
  PRIMARY KEY (tenant_id, day, profile_id)
);
CREATE INDEX profile_day_by_day ON collector.profile_day (day);

CREATE TABLE collector.profile_person (
  tenant_id uuid NOT NULL,
  profile_id uuid NOT NULL,
  user_id uuid NOT NULL,
  last_day date NOT NULL,
  PRIMARY KEY (tenant_id, profile_id, user_id)
) WITH (fillfactor = 70);
CREATE INDEX profile_person_by_day ON collector.profile_person (last_day);

-- Whose lists have changed since they were last published.
CREATE TABLE collector.tenant (
  tenant_id uuid PRIMARY KEY,
  changed_at timestamptz NOT NULL,
  published_at timestamptz NOT NULL DEFAULT '-infinity',
  demo boolean NOT NULL DEFAULT false
);
CREATE INDEX tenant_to_publish ON collector.tenant (published_at);

-- What may be shown: each row is about one tenant alone, and about enough of its people that none can be told.
CREATE TABLE collector.top_term (
  tenant_id uuid NOT NULL,
  rank integer NOT NULL,
  company text NOT NULL,
  term text NOT NULL,
  searches bigint NOT NULL,
  people bigint NOT NULL,
  PRIMARY KEY (tenant_id, rank)
);
CREATE INDEX top_term_by_searches ON collector.top_term (searches DESC);

CREATE TABLE collector.top_profile (
  tenant_id uuid NOT NULL,
  rank integer NOT NULL,
  company text NOT NULL,
  profile_id uuid NOT NULL,
  person text NOT NULL,
  views bigint NOT NULL,
  people bigint NOT NULL,
  PRIMARY KEY (tenant_id, rank)
);
CREATE INDEX top_profile_by_views ON collector.top_profile (views DESC);

-- Imports. Their ids are the sender's: the same row again changes what is there instead of counting twice.
CREATE TABLE collector.ticket (
  id text PRIMARY KEY,
  opened_at timestamptz NOT NULL,
  resolved_at timestamptz CHECK (resolved_at >= opened_at),
  demo boolean NOT NULL DEFAULT false
);
CREATE INDEX ticket_by_opened ON collector.ticket (opened_at);
CREATE INDEX ticket_by_resolved ON collector.ticket (resolved_at);

CREATE TABLE collector.nps_response (
  id text PRIMARY KEY,
  answered_at timestamptz NOT NULL,
  score smallint NOT NULL CHECK (score BETWEEN 0 AND 10),
  comment text,
  demo boolean NOT NULL DEFAULT false
);
CREATE INDEX nps_response_by_answered ON collector.nps_response (answered_at);

-- One row for each report that was due: what keeps it from being sent twice.
CREATE TABLE collector.report (
  kind text NOT NULL CHECK (kind IN ('week', 'month')),
  period text NOT NULL,
  state text NOT NULL CHECK (state IN ('sending', 'sent', 'refused', 'unsure')),
  attempts integer NOT NULL DEFAULT 0,
  next_attempt_at timestamptz NOT NULL DEFAULT now(),
  changed_at timestamptz NOT NULL DEFAULT now(),
  reason text,
  PRIMARY KEY (kind, period)
);

-- Down Migration
DROP TABLE collector.report, collector.nps_response, collector.ticket, collector.top_profile, collector.top_term,
  collector.tenant, collector.profile_person, collector.profile_day, collector.term_person, collector.term_day,
  collector.person_day, collector.person, collector.usage_hour, collector.install, collector.job;
