-- Up Migration

CREATE TABLE audit_log (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id uuid NOT NULL REFERENCES tenant (id),
  at timestamptz NOT NULL DEFAULT now(),
  -- No foreign keys to people: the record outlives them.
  actor_id uuid,
  action text NOT NULL CHECK (action IN ('create', 'update', 'delete')),
  entity text NOT NULL CHECK (entity IN ('employee', 'tenant')),
  entity_id uuid NOT NULL,
  version integer NOT NULL,
  changes jsonb NOT NULL
);
COMMENT ON COLUMN audit_log.version IS 'Version of the entity after the change';
COMMENT ON COLUMN audit_log.changes IS 'Each changed field as {"from", "to"}';
CREATE INDEX audit_log_by_tenant ON audit_log (tenant_id, id);
CREATE INDEX audit_log_by_entity ON audit_log (tenant_id, entity_id, version);
CREATE INDEX audit_log_by_time ON audit_log USING brin (at);

-- What no reader of the log needs: keys, counters, what is derived, and hashes of passwords.
CREATE FUNCTION audited_fields(entity jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE
  RETURN entity - ARRAY['id', 'tenant_id', 'version', 'created_at', 'updated_at', 'password_hash', 'search_text',
    'name_vector', 'search_vector'];

-- Written by the database itself, so that nothing can be changed without it and nobody can write into it.
CREATE FUNCTION record_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  before jsonb := CASE WHEN TG_OP = 'INSERT' THEN '{}' ELSE audited_fields(to_jsonb(OLD)) END;
  after jsonb := CASE WHEN TG_OP = 'DELETE' THEN '{}' ELSE audited_fields(to_jsonb(NEW)) END;
  entity jsonb := CASE WHEN TG_OP = 'DELETE' THEN to_jsonb(OLD) ELSE to_jsonb(NEW) END;
BEGIN
  INSERT INTO audit_log (tenant_id, actor_id, action, entity, entity_id, version, changes)
  VALUES (
    (COALESCE(entity ->> 'tenant_id', entity ->> 'id'))::uuid,
    current_actor(),
    CASE TG_OP WHEN 'INSERT' THEN 'create' WHEN 'UPDATE' THEN 'update' ELSE 'delete' END,
    TG_TABLE_NAME,
    (entity ->> 'id')::uuid,
    (entity ->> 'version')::integer,
    (SELECT COALESCE(jsonb_object_agg(field, jsonb_build_object('from', before -> field, 'to', after -> field)), '{}')
     FROM jsonb_object_keys(before || after) AS field
     WHERE before -> field IS DISTINCT FROM after -> field)
  );
  RETURN NULL;
END $$;

CREATE TRIGGER employee_audit AFTER INSERT OR UPDATE OR DELETE ON employee
  FOR EACH ROW EXECUTE FUNCTION record_change();
CREATE TRIGGER tenant_audit AFTER UPDATE ON tenant FOR EACH ROW EXECUTE FUNCTION record_change();

CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND OLD.at < now() - interval '30 days' THEN RETURN OLD; END IF;
  RAISE EXCEPTION 'the audit log is only ever added to, and kept for at least 30 days'
    USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE ON audit_log
  FOR EACH ROW EXECUTE FUNCTION refuse_audit_change();
CREATE TRIGGER audit_log_no_truncate BEFORE TRUNCATE ON audit_log
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();

-- The one way out: entries of all tenants older than so many days, never younger than 30.
CREATE FUNCTION forget_audit_log(days integer) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH gone AS (
    DELETE FROM audit_log WHERE at < now() - make_interval(days => GREATEST(days, 30)) RETURNING 1
  )
  SELECT count(*) FROM gone
$$;
REVOKE EXECUTE ON FUNCTION forget_audit_log, record_change FROM PUBLIC;
GRANT EXECUTE ON FUNCTION forget_audit_log TO directory_app;

ALTER TABLE audit_log ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON audit_log FOR SELECT TO directory_app USING (tenant_id = current_tenant());
GRANT SELECT ON audit_log TO directory_app;

-- Down Migration
DROP TRIGGER tenant_audit ON tenant;
DROP TRIGGER employee_audit ON employee;
DROP FUNCTION forget_audit_log;
DROP TABLE audit_log;
DROP FUNCTION refuse_audit_change;
DROP FUNCTION record_change;
DROP FUNCTION audited_fields;
