#!/bin/sh
# Grants what grafana-rights.sql says, as soon as the collector has made the tables; gives up after five minutes.
set -eu
here=$(dirname "$0")
url=$(cat "$OWNER_URL_FILE")
tries=0
until psql --quiet --no-psqlrc --set=ON_ERROR_STOP=1 --single-transaction --file="$here/grafana-rights.sql" "$url"; do
  tries=$((tries + 1))
  [ "$tries" -lt 60 ] || {
    echo "Cannot grant Grafana its rights as the collector has made no tables for five minutes" >&2
    exit 1
  }
  sleep 5
done
