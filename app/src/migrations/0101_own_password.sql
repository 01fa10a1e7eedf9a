-- Up Migration

-- A person's own password: the app asks for the hash of whoever is signed in, and for nobody else's.
CREATE FUNCTION own_password_hash() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT e.password_hash FROM employee e WHERE e.id = current_actor() AND e.tenant_id = current_tenant()
$$;

-- False where the hash is no longer the one that was checked: of two changes at once one wins, and the other hears it.
CREATE FUNCTION replace_own_password(checked text, replacement text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE employee e SET password_hash = replacement
  WHERE e.id = current_actor() AND e.tenant_id = current_tenant() AND e.password_hash = checked;
  RETURN FOUND;
END $$;

REVOKE EXECUTE ON FUNCTION own_password_hash, replace_own_password FROM PUBLIC;
GRANT EXECUTE ON FUNCTION own_password_hash, replace_own_password TO directory_app;

-- That a password was changed is worth a line of the audit log, what it was is not.
CREATE FUNCTION record_password_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO audit_log (tenant_id, actor_id, action, entity, entity_id, version, changes)
  VALUES (NEW.tenant_id, current_actor(), 'update', 'employee', NEW.id, NEW.version,
    '{"password": {"from": "hidden", "to": "hidden"}}');
  RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION record_password_change FROM PUBLIC;

-- Each change has one line: that of the password alone is not also one of nothing.
DROP TRIGGER employee_audit ON employee;
CREATE TRIGGER employee_audit AFTER INSERT OR DELETE ON employee FOR EACH ROW EXECUTE FUNCTION record_change();
CREATE TRIGGER employee_audit_update AFTER UPDATE ON employee FOR EACH ROW
  WHEN (NEW.password_hash IS NOT DISTINCT FROM OLD.password_hash OR NEW.version <> OLD.version)
  EXECUTE FUNCTION record_change();
CREATE TRIGGER employee_audit_password AFTER UPDATE ON employee FOR EACH ROW
  WHEN (NEW.password_hash IS DISTINCT FROM OLD.password_hash) EXECUTE FUNCTION record_password_change();

-- Down Migration
DROP TRIGGER employee_audit_password ON employee;
DROP TRIGGER employee_audit_update ON employee;
DROP TRIGGER employee_audit ON employee;
CREATE TRIGGER employee_audit AFTER INSERT OR UPDATE OR DELETE ON employee
  FOR EACH ROW EXECUTE FUNCTION record_change();
DROP FUNCTION record_password_change;
DROP FUNCTION replace_own_password;
DROP FUNCTION own_password_hash;
