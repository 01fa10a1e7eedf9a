-- Up Migration

-- Only additions: replicas of the version before keep working on this schema while they are replaced one by one.

-- A destination is a channel, or a channel and the address of one person: `slack`, `email:ada@example.org`.
ALTER TABLE destination
  ADD COLUMN channel text NOT NULL GENERATED ALWAYS AS (split_part(name, ':', 1)) STORED,
  ADD COLUMN address text GENERATED ALWAYS AS (nullif(substr(name, length(split_part(name, ':', 1)) + 2), '')) STORED,
  ADD COLUMN person text,
  -- When its newest run of attempts without a success began; NULL while it works.
  ADD COLUMN failing_since timestamptz;

ALTER TABLE incident
  -- What the directory calls by P0 (all hands) to P3 (worth knowing); a replica that knows no priorities pages.
  ADD COLUMN priority text NOT NULL DEFAULT 'P1' CHECK (priority IN ('P0', 'P1', 'P2', 'P3')),
  ADD COLUMN acknowledged_at timestamptz,
  ADD COLUMN acknowledged_by text,
  -- When an acknowledgement that led to nothing is over.
  ADD COLUMN acknowledged_until timestamptz,
  ADD COLUMN snoozed_until timestamptz,
  ADD COLUMN assignee text,
  -- The first acknowledgement of all: what the time to acknowledge counts to.
  ADD COLUMN first_acknowledged_at timestamptz,
  ADD COLUMN resolved_by text,
  ADD COLUMN closed_as text CHECK (closed_as IN ('actionable', 'noise')),
  -- The storm's incident that tells of this one too.
  ADD COLUMN folded_into uuid REFERENCES incident (id),
  -- Who is asked, by the name of the escalation policy at the time it opened.
  ADD COLUMN policy_id text,
  -- Every alert of it is silenced or inhibited in Alertmanager.
  ADD COLUMN suppressed_upstream boolean NOT NULL DEFAULT false,
  -- What some replica has counted in its metrics: each is counted once.
  ADD COLUMN opening_counted boolean NOT NULL DEFAULT false,
  ADD COLUMN acknowledgement_counted boolean NOT NULL DEFAULT false,
  ADD COLUMN resolution_counted boolean NOT NULL DEFAULT false;
UPDATE incident SET opening_counted = true, acknowledgement_counted = true, resolution_counted = state = 'resolved';
UPDATE incident SET priority = CASE severity WHEN 'ticket' THEN 'P2' WHEN 'info' THEN 'P3' ELSE 'P1' END;
CREATE INDEX incident_acknowledged_until ON incident (acknowledged_until) WHERE state = 'acknowledged';
CREATE INDEX incident_snoozed_until ON incident (snoozed_until) WHERE state <> 'resolved' AND snoozed_until IS NOT NULL;
CREATE INDEX incident_uncounted ON incident (id) WHERE NOT opening_counted
  OR (first_acknowledged_at IS NOT NULL AND NOT acknowledgement_counted)
  OR (resolved_at IS NOT NULL AND NOT resolution_counted);
CREATE INDEX incident_folded_into ON incident (folded_into) WHERE folded_into IS NOT NULL;
-- What a storm counts; those folded into one are many and no longer counted.
CREATE INDEX incident_unfolded ON incident (policy_id, opened_at) WHERE folded_into IS NULL;

ALTER TABLE alert
  ADD COLUMN priority text CHECK (priority IN ('P0', 'P1', 'P2', 'P3')),
  -- Alertmanager knows it and says nothing of it: silenced or inhibited there.
  ADD COLUMN suppressed boolean NOT NULL DEFAULT false,
  -- Since when Alertmanager does not know this firing alert any more.
  ADD COLUMN absent_since timestamptz;

-- Who did it and by which way (slack, email, api, …); NULL for what the pager did by itself.
ALTER TABLE incident_event ADD COLUMN actor text, ADD COLUMN source text;

-- What people asked for, by the key of the request: the second time it is asked, the answer is the same.
CREATE TABLE incident_command (
  key text PRIMARY KEY,
  incident_id uuid NOT NULL REFERENCES incident (id),
  at timestamptz NOT NULL DEFAULT pager_now(),
  result jsonb NOT NULL
);

/*
 * One row for each time that an incident asks people until somebody acknowledges. The policy is a copy: editing it
 * changes no escalation on its way.
 */
CREATE TABLE escalation (
  incident_id uuid NOT NULL REFERENCES incident (id),
  -- From 1; an acknowledgement that ran out, a snooze that ended or a raised priority begins the next.
  run integer NOT NULL,
  policy jsonb NOT NULL,
  state text NOT NULL DEFAULT 'armed' CHECK (state IN ('armed', 'stopped', 'exhausted')),
  -- The level that fires at due_at, and in which round; both from 0. The catch-all is the level after the last.
  round integer NOT NULL DEFAULT 0,
  level integer NOT NULL DEFAULT 0,
  due_at timestamptz NOT NULL,
  reason text,
  PRIMARY KEY (incident_id, run)
);
CREATE INDEX escalation_due ON escalation (due_at) WHERE state = 'armed';
CREATE UNIQUE INDEX escalation_one_armed ON escalation (incident_id) WHERE state = 'armed';

-- Each level that fired; the key is why none fires twice.
CREATE TABLE escalation_fired (
  incident_id uuid NOT NULL,
  run integer NOT NULL,
  round integer NOT NULL,
  level integer NOT NULL,
  due_at timestamptz NOT NULL,
  fired_at timestamptz NOT NULL DEFAULT pager_now(),
  people integer NOT NULL,
  PRIMARY KEY (incident_id, run, round, level),
  FOREIGN KEY (incident_id, run) REFERENCES escalation (incident_id, run)
);

/*
 * That a person is to be told, by which of their channels and why. `waiting` until due_at: the next channel of a
 * person is tried when the one before has not arrived.
 */
CREATE TABLE notification (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  incident_id uuid NOT NULL REFERENCES incident (id),
  run integer NOT NULL,
  round integer NOT NULL,
  level integer NOT NULL,
  person text NOT NULL,
  -- The place of the channel in the person's order, from 0.
  position integer NOT NULL,
  destination text NOT NULL REFERENCES destination (name),
  reason text NOT NULL CHECK (reason IN ('escalation', 'next-channel', 'catch-all', 'test')),
  state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'queued', 'cancelled')),
  due_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT pager_now(),
  queued_at timestamptz,
  UNIQUE (incident_id, run, round, level, person, destination)
);
CREATE INDEX notification_due ON notification (due_at) WHERE state = 'waiting';

-- A page to a person. The first to an address is an `announce`, another one an `update` that rings again.
ALTER TABLE delivery ADD COLUMN notification_id uuid REFERENCES notification (id);
CREATE INDEX delivery_notification ON delivery (notification_id) WHERE notification_id IS NOT NULL;

-- Up to which line of the timeline a destination was told.
ALTER TABLE shown_message ADD COLUMN applied_event bigint NOT NULL DEFAULT 0;

-- More incidents of one route than people can read: the storm's own incident speaks for those folded into it.
CREATE TABLE storm (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  route text NOT NULL,
  incident_id uuid NOT NULL REFERENCES incident (id),
  opened_at timestamptz NOT NULL DEFAULT pager_now(),
  -- When the newest incident joined: quiet minutes count from here.
  grew_at timestamptz NOT NULL DEFAULT pager_now(),
  folded integer NOT NULL DEFAULT 0,
  -- How many of each alert, the first fifty names.
  names jsonb NOT NULL DEFAULT '{}',
  closed_at timestamptz
);
CREATE UNIQUE INDEX storm_open ON storm (route) WHERE closed_at IS NULL;

CREATE OR REPLACE FUNCTION unwanted_because(d delivery) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT CASE
    WHEN d.kind <> 'resolve' AND i.state = 'resolved' THEN 'incident-resolved'
    -- Nobody is woken for what somebody looks after, or wants to hear of later.
    WHEN d.notification_id IS NOT NULL AND i.state = 'acknowledged' THEN 'incident-acknowledged'
    WHEN d.notification_id IS NOT NULL AND i.snoozed_until > pager_now() THEN 'incident-snoozed'
    WHEN d.kind <> 'resolve' AND i.folded_into IS NOT NULL THEN 'folded-into-storm'
    -- A page that rings again needs no earlier one that arrived.
    WHEN d.notification_id IS NOT NULL THEN NULL
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

CREATE OR REPLACE FUNCTION unwanted_because(d delivery) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT CASE
    WHEN d.kind <> 'resolve' AND i.state = 'resolved' THEN 'incident-resolved'
    WHEN d.kind <> 'announce' AND NOT coalesce(a.state IN ('sent', 'leased') OR a.may_have_arrived, false)
      THEN 'never-announced'
    WHEN d.kind = 'update' AND m.applied_version >= i.version THEN 'already-shown'
  END
  FROM incident i
  LEFT JOIN delivery a ON a.incident_id = i.id AND a.destination = d.destination AND a.kind = 'announce'
  LEFT JOIN shown_message m ON m.incident_id = i.id AND m.destination = d.destination
  WHERE i.id = d.incident_id
$$;
DROP TABLE storm;
ALTER TABLE shown_message DROP COLUMN applied_event;
ALTER TABLE delivery DROP COLUMN notification_id;
DROP TABLE notification, escalation_fired, escalation, incident_command;
ALTER TABLE incident_event DROP COLUMN actor, DROP COLUMN source;
ALTER TABLE alert DROP COLUMN priority, DROP COLUMN suppressed, DROP COLUMN absent_since;
DROP INDEX incident_unfolded;
ALTER TABLE incident DROP COLUMN priority, DROP COLUMN acknowledged_at, DROP COLUMN acknowledged_by,
  DROP COLUMN acknowledged_until, DROP COLUMN snoozed_until, DROP COLUMN assignee, DROP COLUMN first_acknowledged_at,
  DROP COLUMN resolved_by, DROP COLUMN closed_as, DROP COLUMN folded_into, DROP COLUMN policy_id,
  DROP COLUMN suppressed_upstream, DROP COLUMN opening_counted, DROP COLUMN acknowledgement_counted,
  DROP COLUMN resolution_counted;
ALTER TABLE destination DROP COLUMN channel, DROP COLUMN address, DROP COLUMN person, DROP COLUMN failing_since;
