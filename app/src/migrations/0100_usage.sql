-- Up Migration

-- What people did, for business figures. A batch is counted or it is not: whoever counts it sets counted_at in the same
-- transaction, so a batch that is committed late is simply counted later, and none is counted twice.
CREATE TABLE usage_batch (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- Chosen by the app: a batch that is sent again because no answer came is stored once.
  key uuid NOT NULL UNIQUE,
  events integer NOT NULL CHECK (events > 0),
  stored_at timestamptz NOT NULL DEFAULT now(),
  counted_at timestamptz
);
CREATE INDEX usage_batch_uncounted ON usage_batch (number) WHERE counted_at IS NULL;
CREATE INDEX usage_batch_counted ON usage_batch (counted_at) WHERE counted_at IS NOT NULL;

CREATE TABLE usage_event (
  batch bigint NOT NULL REFERENCES usage_batch (number) ON DELETE CASCADE,
  at timestamptz NOT NULL,
  tenant_id uuid NOT NULL,
  user_id uuid NOT NULL,
  kind text NOT NULL
    CHECK (kind IN ('login', 'search', 'empty_search', 'profile_view', 'profile_update')),
  -- What was searched for, in small letters; NULL for a search of everybody and for all that is no search.
  term text CHECK (length(term) BETWEEN 1 AND 100),
  -- Whose profile it was.
  subject_id uuid
);
CREATE INDEX usage_event_by_batch ON usage_event (batch);

-- The app writes and never reads: what one tenant's people did is no other's to see.
GRANT INSERT (key, events), SELECT (number, key) ON usage_batch TO directory_app;
GRANT INSERT ON usage_event TO directory_app;

-- Down Migration
DROP TABLE usage_event, usage_batch;
