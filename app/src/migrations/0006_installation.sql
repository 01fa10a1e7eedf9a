-- Up Migration

-- What a super admin sees and does beyond the own tenant. The database asks for the role itself: an app that forgot to
-- ask would still be refused.
CREATE FUNCTION require_super_admin() RETURNS void LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM employee WHERE id = current_actor() AND tenant_id = current_tenant() AND role = 'super_admin'
  ) THEN
    RAISE EXCEPTION 'only a super admin may do this' USING ERRCODE = 'insufficient_privilege';
  END IF;
END $$;

CREATE FUNCTION list_tenants() RETURNS TABLE (id uuid, slug text, name text, people bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM require_super_admin();
  RETURN QUERY SELECT t.id, t.slug, t.name, (SELECT count(*) FROM employee e WHERE e.tenant_id = t.id)
    FROM tenant t ORDER BY t.name, t.id LIMIT 1000;
END $$;

CREATE FUNCTION create_tenant(slug text, name text, admin_name text, admin_email text, admin_password_hash text)
RETURNS uuid LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  created uuid;
BEGIN
  PERFORM require_super_admin();
  INSERT INTO tenant (slug, name) VALUES (create_tenant.slug, create_tenant.name) RETURNING id INTO created;
  INSERT INTO employee (tenant_id, name, email, title, department, location, phone, role, password_hash)
  VALUES (created, admin_name, admin_email, 'Administrator', 'Office', '–', '–', 'admin', admin_password_hash);
  RETURN created;
END $$;

REVOKE EXECUTE ON FUNCTION require_super_admin, list_tenants, create_tenant FROM PUBLIC;
GRANT EXECUTE ON FUNCTION list_tenants, create_tenant TO directory_app;

-- Down Migration
DROP FUNCTION create_tenant;
DROP FUNCTION list_tenants;
DROP FUNCTION require_super_admin;
