-- Up Migration

-- All promises of a service shared one incident; now each has its own. What is open goes on under the number that
-- people know: an open incident becomes that of the promise that fires worst and longest, and every other promise opens
-- one of its own when it is next heard of.
INSERT INTO incident_key (key)
SELECT DISTINCT '[' || to_json(source)::text || ',' || to_json(coalesce(labels->>'alertname', ''))::text || ','
  || to_json(coalesce(labels->>'service', ''))::text || ',' || to_json(labels->>'slo')::text || ']'
FROM alert WHERE source IN ('alertmanager', 'grafana') AND labels->>'slo' <> '' ORDER BY 1
ON CONFLICT DO NOTHING;

UPDATE incident i SET key = f.key, labels = f.labels
FROM (
  SELECT DISTINCT ON (incident_key) incident_key, labels, labels->>'slo' AS slo,
    '[' || to_json(source)::text || ',' || to_json(coalesce(labels->>'alertname', ''))::text || ','
      || to_json(coalesce(labels->>'service', ''))::text || ',' || to_json(labels->>'slo')::text || ']' AS key
  FROM alert WHERE source IN ('alertmanager', 'grafana') AND status = 'firing'
  -- An alert that is about no promise keeps the incident where it is.
  ORDER BY incident_key, coalesce(labels->>'slo', '') = '' DESC,
    coalesce(priority, CASE severity WHEN 'ticket' THEN 'P2' WHEN 'info' THEN 'P3' ELSE 'P1' END), starts_at, fingerprint
) f
WHERE i.key = f.incident_key AND i.state <> 'resolved' AND f.slo <> '';

UPDATE alert SET incident_key =
  '[' || to_json(source)::text || ',' || to_json(coalesce(labels->>'alertname', ''))::text || ','
    || to_json(coalesce(labels->>'service', ''))::text || ',' || to_json(labels->>'slo')::text || ']'
WHERE source IN ('alertmanager', 'grafana') AND labels->>'slo' <> '';

-- Down Migration

INSERT INTO incident_key (key)
SELECT DISTINCT '[' || to_json(source)::text || ',' || to_json(coalesce(labels->>'alertname', ''))::text || ','
  || to_json(coalesce(labels->>'service', ''))::text || ']'
FROM alert WHERE source IN ('alertmanager', 'grafana') AND labels->>'slo' <> '' ORDER BY 1
ON CONFLICT DO NOTHING;

-- One incident can speak for all promises of a service: the oldest does, the others are over.
UPDATE incident i SET state = 'resolved', resolved_at = pager_now(), updated_at = pager_now(), version = version + 1,
  firing = 0
WHERE state <> 'resolved' AND source IN ('alertmanager', 'grafana') AND labels->>'slo' <> '' AND EXISTS (
  SELECT 1 FROM incident o WHERE o.state <> 'resolved' AND o.number < i.number
    AND (o.source, o.alertname, o.service) = (i.source, i.alertname, i.service));

UPDATE incident SET key = '[' || to_json(source)::text || ',' || to_json(alertname)::text || ','
  || to_json(service)::text || ']'
WHERE state <> 'resolved' AND source IN ('alertmanager', 'grafana') AND labels->>'slo' <> '';

UPDATE alert SET incident_key =
  '[' || to_json(source)::text || ',' || to_json(coalesce(labels->>'alertname', ''))::text || ','
    || to_json(coalesce(labels->>'service', ''))::text || ']'
WHERE source IN ('alertmanager', 'grafana') AND labels->>'slo' <> '';
