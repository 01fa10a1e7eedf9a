-- Up Migration

-- Nobody reports, over any number of steps, to themselves.
CREATE FUNCTION refuse_reporting_cycle() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.manager_id IS NULL THEN RETURN NEW; END IF;
  -- Two changes that are fine each by itself can close a circle together: one after the other they cannot.
  PERFORM pg_advisory_xact_lock(hashtextextended('reporting-line ' || NEW.tenant_id, 0));
  IF EXISTS (
    WITH RECURSIVE line AS (
      SELECT NEW.manager_id AS id
      UNION
      SELECT e.manager_id FROM line JOIN employee e ON e.tenant_id = NEW.tenant_id AND e.id = line.id
      WHERE e.manager_id IS NOT NULL
    )
    SELECT FROM line WHERE line.id = NEW.id
  ) THEN
    RAISE EXCEPTION 'a reporting line must not lead back to where it began'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'employee_reporting_cycle';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER employee_reporting_cycle_on_update BEFORE UPDATE OF manager_id ON employee
  FOR EACH ROW WHEN (NEW.manager_id IS DISTINCT FROM OLD.manager_id)
  EXECUTE FUNCTION refuse_reporting_cycle();
-- A new person can only be in a circle by reporting to themselves.
ALTER TABLE employee ADD CONSTRAINT employee_reporting_cycle CHECK (manager_id <> id);

-- Down Migration
ALTER TABLE employee DROP CONSTRAINT employee_reporting_cycle;
DROP TRIGGER employee_reporting_cycle_on_update ON employee;
DROP FUNCTION refuse_reporting_cycle;
