-- Up Migration

-- Bodies that may tell of a P0 are read before those that wait already.
ALTER TABLE inbox ADD COLUMN urgent boolean NOT NULL DEFAULT false;
CREATE INDEX inbox_next ON inbox (urgent DESC, id) WHERE state = 'pending';

-- Down Migration

DROP INDEX inbox_next;
ALTER TABLE inbox DROP COLUMN urgent;
