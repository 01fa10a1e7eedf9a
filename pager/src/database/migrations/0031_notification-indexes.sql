-- Up Migration

-- Thousands may wait for a few people: whose turn it is must not look at all of them.
CREATE INDEX notification_waiting_person ON notification (person) WHERE state = 'waiting';
CREATE INDEX notification_queued ON notification (queued_at) WHERE state = 'queued';

-- Down Migration

DROP INDEX notification_queued;
DROP INDEX notification_waiting_person;
