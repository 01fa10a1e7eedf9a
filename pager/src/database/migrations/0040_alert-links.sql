-- Up Migration

-- The one panel that shows what the alert judges, and the log that says more; null where the alert has none.
ALTER TABLE incident ADD COLUMN panel_url text, ADD COLUMN logs_url text;

-- Down Migration

ALTER TABLE incident DROP COLUMN panel_url, DROP COLUMN logs_url;
