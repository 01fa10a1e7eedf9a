-- Up Migration

-- The only clock of every decision. A test replaces this function to move time; both replicas read one clock.
CREATE FUNCTION pager_now() RETURNS timestamptz LANGUAGE sql STABLE AS $$ SELECT now() $$;

-- Names this installation in keys that it shares with providers.
CREATE TABLE install (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid()
);
INSERT INTO install DEFAULT VALUES;

-- Webhook bodies as they came. A row here is what a 200 promises.
CREATE TABLE inbox (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  source text NOT NULL,
  received_at timestamptz NOT NULL DEFAULT pager_now(),
  body bytea NOT NULL,
  sha256 bytea NOT NULL,
  state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'processed', 'quarantined')),
  failures integer NOT NULL DEFAULT 0,
  due_at timestamptz NOT NULL DEFAULT pager_now(),
  processed_at timestamptz,
  reason text
);
CREATE INDEX inbox_pending ON inbox (id) WHERE state = 'pending';
CREATE INDEX inbox_processed ON inbox (processed_at) WHERE state = 'processed';

-- One row per key that ever had an incident: its row lock makes "read the alerts, decide, write" one step.
CREATE TABLE incident_key (
  key text PRIMARY KEY
);

CREATE TABLE incident (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  number bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  key text NOT NULL REFERENCES incident_key (key),
  source text NOT NULL,
  alertname text NOT NULL,
  service text NOT NULL,
  severity text NOT NULL CHECK (severity IN ('page', 'ticket', 'info')),
  state text NOT NULL DEFAULT 'triggered' CHECK (state IN ('triggered', 'acknowledged', 'resolved')),
  -- Counts every change that a reader of a message would want to see.
  version integer NOT NULL DEFAULT 1,
  started_at timestamptz NOT NULL,
  opened_at timestamptz NOT NULL DEFAULT pager_now(),
  updated_at timestamptz NOT NULL DEFAULT pager_now(),
  resolved_at timestamptz,
  summary text NOT NULL,
  description text NOT NULL,
  runbook_url text,
  dashboard_url text,
  labels jsonb NOT NULL,
  firing integer NOT NULL
);
CREATE UNIQUE INDEX incident_open_key ON incident (key) WHERE state <> 'resolved';

-- The latest fact about each alert, whatever the order in which the facts arrived.
CREATE TABLE alert (
  source text NOT NULL,
  fingerprint text NOT NULL,
  incident_key text NOT NULL,
  incident_id uuid REFERENCES incident (id),
  status text NOT NULL CHECK (status IN ('firing', 'resolved')),
  fact_at timestamptz NOT NULL,
  starts_at timestamptz NOT NULL,
  expires_at timestamptz,
  severity text NOT NULL CHECK (severity IN ('page', 'ticket', 'info')),
  labels jsonb NOT NULL,
  annotations jsonb NOT NULL,
  -- When the body that told this fact was received.
  told_at timestamptz NOT NULL,
  -- The newest body that told this fact: its words (values in a description) are the ones shown.
  inbox_id bigint,
  PRIMARY KEY (source, fingerprint)
);
CREATE INDEX alert_incident_key ON alert (incident_key);
CREATE INDEX alert_incident ON alert (incident_id);
CREATE INDEX alert_expires ON alert (expires_at) WHERE status = 'firing' AND expires_at IS NOT NULL;

CREATE TABLE incident_event (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  incident_id uuid NOT NULL REFERENCES incident (id),
  at timestamptz NOT NULL DEFAULT pager_now(),
  kind text NOT NULL,
  text text NOT NULL
);
CREATE INDEX incident_event_incident ON incident_event (incident_id, id);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'Cannot change % as it only grows', TG_TABLE_NAME;
END $$;
CREATE TRIGGER incident_event_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON incident_event
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Where messages go. Its row lock and next_send_at keep the provider's rate over all replicas.
CREATE TABLE destination (
  name text PRIMARY KEY,
  min_interval interval NOT NULL,
  next_send_at timestamptz NOT NULL DEFAULT '-infinity',
  paused_until timestamptz NOT NULL DEFAULT '-infinity',
  -- The provider's name for the newest announcement, whatever its incident.
  last_reference text
);

CREATE TABLE delivery (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  -- The order in which messages about one incident leave for one destination.
  sequence bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  incident_id uuid NOT NULL REFERENCES incident (id),
  destination text NOT NULL REFERENCES destination (name),
  kind text NOT NULL CHECK (kind IN ('announce', 'update', 'resolve')),
  urgency smallint NOT NULL,
  state text NOT NULL DEFAULT 'pending'
    CHECK (state IN ('pending', 'leased', 'retry', 'ambiguous', 'sent', 'superseded', 'dead')),
  -- When the webhook that caused it was committed.
  caused_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT pager_now(),
  due_at timestamptz NOT NULL DEFAULT pager_now(),
  -- Failed attempts so far, the provider's "too fast" not counted: the step on the retry ladder.
  failures integer NOT NULL DEFAULT 0,
  -- Grows with every claim: only the holder of the newest token may finish the delivery.
  token integer NOT NULL DEFAULT 0,
  lease_until timestamptz,
  -- An attempt ended without an answer: the provider may have taken the message.
  may_have_arrived boolean NOT NULL DEFAULT false,
  finished_at timestamptz,
  reason text
);
CREATE INDEX delivery_unfinished ON delivery (destination, urgency, sequence)
  WHERE state IN ('pending', 'leased', 'retry', 'ambiguous');
CREATE INDEX delivery_incident ON delivery (incident_id, destination, sequence);
-- One announcement and one resolution per incident and destination; an update that is overtaken supersedes itself.
CREATE UNIQUE INDEX delivery_once ON delivery (incident_id, destination, kind) WHERE kind <> 'update';

CREATE TABLE delivery_attempt (
  delivery_id uuid NOT NULL REFERENCES delivery (id),
  token integer NOT NULL,
  started_at timestamptz NOT NULL DEFAULT pager_now(),
  ended_at timestamptz,
  result text,
  reason text,
  PRIMARY KEY (delivery_id, token)
);

-- What a destination shows of an incident: the provider's name for the message and the version it was last given.
CREATE TABLE shown_message (
  incident_id uuid NOT NULL REFERENCES incident (id),
  destination text NOT NULL REFERENCES destination (name),
  reference text,
  applied_version integer NOT NULL,
  PRIMARY KEY (incident_id, destination)
);

-- When a signal that must keep coming (the Watchdog) last came.
CREATE TABLE heartbeat (
  name text PRIMARY KEY,
  seen_at timestamptz NOT NULL
);

-- Why a delivery is no longer wanted; NULL while it is. The one rule, asked by the sweep and right before sending.
CREATE FUNCTION unwanted_because(d delivery) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT CASE
    WHEN d.kind <> 'resolve' AND i.state = 'resolved' THEN 'incident-resolved'
    -- An announcement on its way counts: what follows waits for it and asks again.
    WHEN d.kind <> 'announce' AND NOT coalesce(a.state IN ('sent', 'leased') OR a.may_have_arrived, false)
      THEN 'never-announced'
    WHEN d.kind = 'update' AND m.applied_version >= i.version THEN 'already-shown'
  END
  FROM incident i
  LEFT JOIN delivery a ON a.incident_id = i.id AND a.destination = d.destination AND a.kind = 'announce'
  LEFT JOIN shown_message m ON m.incident_id = i.id AND m.destination = d.destination
  WHERE i.id = d.incident_id
$$;

-- Down Migration

DROP FUNCTION unwanted_because(delivery);
DROP TABLE heartbeat, shown_message, delivery_attempt, delivery, destination, incident_event, alert, incident,
  incident_key, inbox, install;
DROP FUNCTION refuse_change();
DROP FUNCTION pager_now();
