-- Up Migration

-- One row: what the replicas know of the database's clock, so that one that is set back delays nothing.
CREATE TABLE clock_watch (
  -- How often it was set back and the waits were moved with it: of several replicas that see it, one moves them.
  steps integer NOT NULL DEFAULT 0,
  -- No later than this was it seen; a pager that starts later than the clock says knows it was set back meanwhile.
  seen_at timestamptz NOT NULL DEFAULT pager_now()
);
INSERT INTO clock_watch DEFAULT VALUES;

-- Down Migration

DROP TABLE clock_watch;
