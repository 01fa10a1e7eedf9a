-- Up Migration

-- The role that the app logs in with. It owns nothing and may not bypass row-level security. Whoever sets the database
-- up gives it its password; where nobody has made it yet, an owner that may create roles makes it without a login.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'directory_app') THEN
    CREATE ROLE directory_app NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;
  END IF;
EXCEPTION
  -- Another database of this server is being migrated at the same moment: roles belong to all of them.
  WHEN duplicate_object OR unique_violation THEN NULL;
  WHEN insufficient_privilege THEN
    RAISE EXCEPTION 'the role directory_app is missing and % may not create it', current_user;
END $$;

ALTER TABLE employee DROP CONSTRAINT employee_role_check;
UPDATE employee e SET role = CASE
  WHEN EXISTS (SELECT FROM employee r WHERE r.tenant_id = e.tenant_id AND r.manager_id = e.id) THEN 'manager'
  ELSE 'user' END
WHERE role = 'member';
ALTER TABLE employee
  ALTER COLUMN role SET DEFAULT 'user',
  ADD CONSTRAINT employee_role_check CHECK (role IN ('user', 'manager', 'admin', 'super_admin'));

ALTER TABLE tenant
  ADD COLUMN self_service boolean NOT NULL DEFAULT true,
  ADD COLUMN version integer NOT NULL DEFAULT 1;
COMMENT ON COLUMN tenant.self_service IS 'Whether people may change their own contact data';

-- Set for one transaction by the app. Without them nothing is visible.
CREATE FUNCTION current_tenant() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  RETURN NULLIF(current_setting('directory.tenant', true), '')::uuid;
CREATE FUNCTION current_actor() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  RETURN NULLIF(current_setting('directory.actor', true), '')::uuid;

ALTER TABLE tenant ENABLE ROW LEVEL SECURITY;
ALTER TABLE employee ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON tenant TO directory_app
  USING (id = current_tenant()) WITH CHECK (id = current_tenant());
CREATE POLICY own_tenant ON employee TO directory_app
  USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());

-- No column that says whose a row is can be changed, and no hash of a password can be read.
GRANT SELECT ON tenant TO directory_app;
GRANT UPDATE (name, self_service, version) ON tenant TO directory_app;
GRANT SELECT (id, tenant_id, name, email, title, department, location, phone, manager_id, role, version, created_at,
  updated_at) ON employee TO directory_app;
GRANT INSERT (id, tenant_id, name, email, title, department, location, phone, manager_id, role, password_hash)
  ON employee TO directory_app;
GRANT UPDATE (name, email, title, department, location, phone, manager_id, role, version, updated_at) ON employee
  TO directory_app;
GRANT DELETE ON employee TO directory_app;

-- The one question that is asked before anybody's tenant is known.
CREATE FUNCTION sign_in_credentials(slug text, email text)
RETURNS TABLE (tenant_id uuid, employee_id uuid, password_hash text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT t.id, e.id, e.password_hash FROM tenant t JOIN employee e ON e.tenant_id = t.id
  WHERE t.slug = sign_in_credentials.slug AND e.email = sign_in_credentials.email
$$;
REVOKE EXECUTE ON FUNCTION sign_in_credentials FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sign_in_credentials TO directory_app;

-- Down Migration
DROP FUNCTION sign_in_credentials;
DROP POLICY own_tenant ON employee;
DROP POLICY own_tenant ON tenant;
ALTER TABLE employee DISABLE ROW LEVEL SECURITY;
ALTER TABLE tenant DISABLE ROW LEVEL SECURITY;
DROP FUNCTION current_actor;
DROP FUNCTION current_tenant;
ALTER TABLE tenant DROP COLUMN self_service, DROP COLUMN version;
ALTER TABLE employee DROP CONSTRAINT employee_role_check;
UPDATE employee SET role = CASE WHEN role IN ('admin', 'super_admin') THEN 'admin' ELSE 'member' END;
ALTER TABLE employee
  ALTER COLUMN role SET DEFAULT 'member',
  ADD CONSTRAINT employee_role_check CHECK (role IN ('member', 'admin'));
-- The role stays, as it may serve other databases of this server; what it may do here goes.
REVOKE ALL ON tenant, employee FROM directory_app;
