-- Up Migration
CREATE EXTENSION IF NOT EXISTS pg_trgm;

CREATE TABLE tenant (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  slug text NOT NULL UNIQUE CHECK (slug ~ '^[a-z][a-z0-9-]{1,40}$'),
  name text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE employee (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant_id uuid NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
  name text NOT NULL,
  email text NOT NULL CHECK (email = lower(email)),
  title text NOT NULL,
  department text NOT NULL,
  location text NOT NULL,
  phone text NOT NULL,
  manager_id uuid,
  role text NOT NULL DEFAULT 'member' CHECK (role IN ('member', 'admin')),
  password_hash text,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  search_text text NOT NULL GENERATED ALWAYS AS (
    lower(name || ' ' || email || ' ' || title || ' ' || department || ' ' || location)
  ) STORED,
  UNIQUE (tenant_id, email),
  UNIQUE (tenant_id, id),
  -- With the tenant in the key nobody can have a manager in another tenant.
  FOREIGN KEY (tenant_id, manager_id) REFERENCES employee (tenant_id, id)
);

CREATE INDEX employee_by_name ON employee (tenant_id, name, id);
CREATE INDEX employee_by_manager ON employee (tenant_id, manager_id);
CREATE INDEX employee_search ON employee USING gin (search_text gin_trgm_ops);

-- Down Migration
DROP TABLE employee;
DROP TABLE tenant;
DROP EXTENSION pg_trgm;
