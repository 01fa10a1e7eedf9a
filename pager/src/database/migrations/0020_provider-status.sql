-- Up Migration

-- What a provider told us afterwards about a call or a text message: that it exists, and how it ended.
CREATE TABLE provider_status (
  delivery_id uuid NOT NULL REFERENCES delivery (id),
  sid text NOT NULL,
  status text NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT pager_now(),
  PRIMARY KEY (delivery_id, sid)
);

-- Down Migration

DROP TABLE provider_status;
