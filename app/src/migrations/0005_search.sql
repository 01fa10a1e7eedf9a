-- Up Migration
CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE EXTENSION IF NOT EXISTS btree_gin;

-- A text as the words that people type: small letters without accents, anything else a gap.
-- unaccent() is only stable as its dictionary could be replaced; ours is the one that comes with it.
CREATE FUNCTION search_words(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN btrim(regexp_replace(lower(unaccent('unaccent'::regdictionary, $1)), '[^[:alnum:]]+', ' ', 'g'));

DROP INDEX employee_search;
ALTER TABLE employee DROP COLUMN search_text;
ALTER TABLE employee
  -- What typing errors are forgiven in.
  ADD COLUMN search_text text NOT NULL GENERATED ALWAYS AS (search_words(name || ' ' || title)) STORED,
  -- Two vectors instead of two weights in one: the planner knows how common a word is in a column, not in a weight.
  ADD COLUMN name_vector tsvector NOT NULL GENERATED ALWAYS AS (to_tsvector('simple', search_words(name))) STORED,
  ADD COLUMN search_vector tsvector NOT NULL GENERATED ALWAYS AS (
    to_tsvector('simple', search_words(name || ' ' || email || ' ' || title || ' ' || department || ' ' || location))
  ) STORED;
CREATE INDEX employee_name_vector ON employee USING gin (tenant_id, name_vector);
CREATE INDEX employee_search_vector ON employee USING gin (tenant_id, search_vector);
CREATE INDEX employee_search_text ON employee USING gin (tenant_id, search_text gin_trgm_ops);

-- Finds ids in the order in which they are shown: people with the words in their names (tier 0), then the others that
-- match (tier 1), each by name; where nothing matches, and only on a first page, names and titles that are spelt much
-- like it (tier 2).
--
-- Row-level security lets no index be asked with an operator that is not leakproof, and neither @@ nor <% is. So this
-- runs as the owner and names the tenant itself; it gives ids alone, and who reads the rows is held to the policies.
CREATE FUNCTION search_employees(words text, after_tier integer, after_name text, after_id uuid, most integer)
RETURNS TABLE (id uuid, tier integer)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
-- The best plan for a rare word is the worst for a common one.
SET plan_cache_mode = force_custom_plan
SET pg_trgm.word_similarity_threshold = 0.5
AS $$
DECLARE
  tokens text[] := string_to_array(search_words(words), ' ');
  sought tsquery;
  rows_left integer := most;
  found_now integer;
BEGIN
  IF search_words(words) = '' OR current_tenant() IS NULL THEN RETURN; END IF;
  SELECT string_agg(format('%L:*', token), ' & ')::tsquery INTO sought FROM unnest(tokens) AS token;

  IF after_tier IS NULL OR after_tier = 0 THEN
    IF length(words) < 3 THEN
      -- So many are called so that the first of them are soon met by going through the names in order.
      RETURN QUERY SELECT e.id, 0 FROM employee e
        WHERE e.tenant_id = current_tenant() AND e.name_vector @@ sought
          AND (after_id IS NULL OR (e.name, e.id) > (after_name, after_id))
        ORDER BY e.name, e.id LIMIT rows_left;
    ELSE
      -- They stand together in that order, perhaps at its end, which the planner cannot know: never walk there.
      RETURN QUERY WITH called_so AS MATERIALIZED (
        SELECT e.id, e.name FROM employee e WHERE e.tenant_id = current_tenant() AND e.name_vector @@ sought
      )
      SELECT c.id, 0 FROM called_so c
        WHERE after_id IS NULL OR (c.name, c.id) > (after_name, after_id)
        ORDER BY c.name, c.id LIMIT rows_left;
    END IF;
    GET DIAGNOSTICS found_now = ROW_COUNT;
    rows_left := rows_left - found_now;
    after_name := NULL;
    after_id := NULL;
  END IF;
  IF rows_left > 0 THEN
    RETURN QUERY SELECT e.id, 1 FROM employee e
      WHERE e.tenant_id = current_tenant() AND e.search_vector @@ sought AND NOT e.name_vector @@ sought
        AND (after_id IS NULL OR (e.name, e.id) > (after_name, after_id))
      ORDER BY e.name, e.id LIMIT rows_left;
    GET DIAGNOSTICS found_now = ROW_COUNT;
    rows_left := rows_left - found_now;
  END IF;
  IF rows_left = most AND after_tier IS NULL THEN
    RETURN QUERY SELECT near.id, 2 FROM (
        SELECT e.id, e.name, e.search_text FROM employee e
        WHERE e.tenant_id = current_tenant() AND search_words(words) <% e.search_text
        -- Enough to choose from: how alike two texts are is costly to say for a third of a company.
        LIMIT 500
      ) AS near
      ORDER BY search_words(words) <<-> near.search_text, near.name, near.id LIMIT most;
  END IF;
END $$;
REVOKE EXECUTE ON FUNCTION search_employees FROM PUBLIC;
GRANT EXECUTE ON FUNCTION search_employees TO directory_app;

-- Down Migration
DROP FUNCTION search_employees;
ALTER TABLE employee DROP COLUMN search_vector, DROP COLUMN name_vector, DROP COLUMN search_text;
ALTER TABLE employee ADD COLUMN search_text text NOT NULL GENERATED ALWAYS AS (
  lower(name || ' ' || email || ' ' || title || ' ' || department || ' ' || location)
) STORED;
CREATE INDEX employee_search ON employee USING gin (search_text gin_trgm_ops);
DROP FUNCTION search_words;
DROP EXTENSION btree_gin;
DROP EXTENSION unaccent;
