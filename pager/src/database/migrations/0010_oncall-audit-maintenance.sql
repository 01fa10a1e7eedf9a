-- Up Migration

-- Overrides and swaps that people make at run time; those of the on-call file are not in here. Rows are withdrawn and
-- never deleted.
CREATE TABLE oncall_exception (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  -- A later one lies over an earlier.
  sequence bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  schedule text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('override', 'swap')),
  person text NOT NULL,
  other_person text,
  from_at timestamptz NOT NULL,
  to_at timestamptz NOT NULL,
  note text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT pager_now(),
  created_by text NOT NULL,
  withdrawn_at timestamptz,
  withdrawn_by text,
  CHECK (from_at < to_at),
  CHECK ((kind = 'swap') = (other_person IS NOT NULL)),
  CHECK (person IS DISTINCT FROM other_person)
);
CREATE INDEX oncall_exception_span ON oncall_exception (to_at, from_at) WHERE withdrawn_at IS NULL;

-- Planned work: a silence in Alertmanager, and a line on the status page.
CREATE TABLE maintenance_window (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  title text NOT NULL,
  -- Alertmanager's matchers: name, value, isRegex, isEqual.
  matchers jsonb NOT NULL,
  from_at timestamptz NOT NULL,
  to_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT pager_now(),
  created_by text NOT NULL,
  withdrawn_at timestamptz,
  withdrawn_by text,
  -- The silence's own id; NULL while Alertmanager has not taken it.
  silence_id text,
  -- The silence says what the row says: also that it is withdrawn.
  settled boolean NOT NULL DEFAULT false,
  tried_at timestamptz,
  reason text,
  CHECK (from_at < to_at)
);
CREATE INDEX maintenance_window_unsettled ON maintenance_window (tried_at) WHERE NOT settled;
CREATE INDEX maintenance_window_to ON maintenance_window (to_at);

-- When an address last got a message.
CREATE INDEX delivery_sent ON delivery (destination, finished_at) WHERE state = 'sent';

-- Addresses of calendar feeds: whoever knows one reads one schedule, until it is withdrawn. The secret is not kept.
CREATE TABLE calendar_link (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  schedule text NOT NULL,
  -- Only this person's shifts; NULL: everybody's.
  person text,
  secret_hash bytea NOT NULL UNIQUE,
  created_at timestamptz NOT NULL DEFAULT pager_now(),
  created_by text NOT NULL,
  withdrawn_at timestamptz
);

/*
 * Who did what through the API. Each row's hash covers the one before, so that a changed, removed or inserted row
 * shows; keep the newest hash elsewhere and a shortened table shows too.
 */
CREATE TABLE audit_log (
  id bigint PRIMARY KEY,
  at timestamptz NOT NULL,
  actor text NOT NULL,
  role text NOT NULL,
  action text NOT NULL,
  subject text NOT NULL,
  details jsonb NOT NULL,
  previous bytea NOT NULL,
  hash bytea NOT NULL
);
CREATE TRIGGER audit_log_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE FUNCTION audit_hash(entry audit_log) RETURNS bytea LANGUAGE sql STABLE AS $$
  SELECT sha256(entry.previous || convert_to(jsonb_build_array(entry.id,
    to_char(entry.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    entry.actor, entry.role, entry.action, entry.subject, entry.details)::text, 'UTF8'))
$$;

-- The lock makes "read the last hash, add the next row" one step for all replicas.
CREATE FUNCTION append_audit(actor text, role text, action text, subject text, details jsonb) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  last audit_log;
  entry audit_log;
BEGIN
  LOCK TABLE audit_log IN SHARE ROW EXCLUSIVE MODE;
  SELECT * INTO last FROM audit_log ORDER BY id DESC LIMIT 1;
  entry := ROW(coalesce(last.id, 0) + 1, pager_now(), actor, role, action, subject, details,
    coalesce(last.hash, sha256('')), NULL);
  entry.hash := audit_hash(entry);
  INSERT INTO audit_log SELECT entry.*;
END $$;

-- Down Migration

DROP INDEX delivery_sent;
DROP FUNCTION append_audit(text, text, text, text, jsonb);
DROP FUNCTION audit_hash(audit_log);
DROP TABLE audit_log, calendar_link, maintenance_window, oncall_exception;
