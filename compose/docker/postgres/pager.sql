-- The pager's database: run once, as the superuser, when the server makes its cluster.
\set ON_ERROR_STOP on
\set pager `cat /run/secrets/pager-postgres-pager`

CREATE ROLE pager LOGIN PASSWORD :'pager';
CREATE DATABASE pager OWNER pager;
