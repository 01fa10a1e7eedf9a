-- The directory's database and who may log in to it: run once, as the superuser, when the server makes its cluster.
-- Passwords come from the secrets that are mounted beside; the services themselves log in with the least they need.
\set ON_ERROR_STOP on
\set owner `cat /run/secrets/directory-postgres-owner`
\set app `cat /run/secrets/directory-postgres-app`
\set monitor `cat /run/secrets/directory-postgres-monitor`
\set grafana `cat /run/secrets/directory-postgres-grafana`

CREATE ROLE directory LOGIN PASSWORD :'owner';
-- What it may do is granted by the directory's migrations; row-level security binds it.
CREATE ROLE directory_app LOGIN PASSWORD :'app';
CREATE ROLE monitor LOGIN PASSWORD :'monitor' IN ROLE pg_monitor;
-- What it may read is granted when the collector has made its tables: grafana-rights.sql.
CREATE ROLE grafana_reader LOGIN PASSWORD :'grafana' CONNECTION LIMIT 4;
ALTER ROLE grafana_reader SET default_transaction_read_only = on;
ALTER ROLE grafana_reader SET statement_timeout = '5s';

CREATE DATABASE directory OWNER directory;
\connect directory
CREATE EXTENSION pg_stat_statements;
CREATE EXTENSION pg_trgm;
