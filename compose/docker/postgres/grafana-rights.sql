-- As the owner of the directory's database: two tables and nothing else. Others hold password hashes, or who searched
-- for what.
GRANT USAGE ON SCHEMA collector TO grafana_reader;
GRANT SELECT ON collector.top_term, collector.top_profile TO grafana_reader;
