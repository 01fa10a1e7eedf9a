#!/bin/sh
# Copies the generated configuration of Prometheus, Alertmanager, the blackbox exporter and Loki's ruler, and puts this
# installation's addresses into it.
#
#   write-configuration.sh <folder with the generated files> <folder to write to>
#
# CONSOLE_URL is where people open the console. FALLBACK_SMARTHOST, _FROM, _TO, _REQUIRE_TLS, and where the server asks
# for them _USERNAME and the secret fallback-password, are how Alertmanager mails by itself when the pager is in trouble.
set -eu

fail() {
  echo "Cannot write the configuration as $1" >&2
  exit 1
}

[ $# -eq 2 ] || fail "two folders are needed: the generated files and where to write"
from=$1
to=$2
for name in CONSOLE_URL FALLBACK_SMARTHOST FALLBACK_FROM FALLBACK_TO FALLBACK_REQUIRE_TLS; do
  eval "value=\${$name:-}"
  [ -n "$value" ] || fail "$name is not set"
done
[ -f "$from/docker/prometheus.yml" ] || fail "$from/docker/prometheus.yml is missing: run npm run gen"

# A value as the right side of a substitution takes it.
quoted() { printf '%s' "$1" | sed 's/[\\&|]/\\&/g'; }

localise() { sed "s|http://localhost:4700|$(quoted "${CONSOLE_URL%/}")|g" "$1"; }

mkdir -p "$to/prometheus/rules" "$to/alertmanager" "$to/blackbox-exporter" "$to/loki/rules/fake"
localise "$from/docker/prometheus.yml" >"$to/prometheus/prometheus.yml"
for file in "$from"/prometheus/rules/generated/*.yml; do
  localise "$file" >"$to/prometheus/rules/$(basename "$file")"
done
cp "$from/prometheus/generated/blackbox.yml" "$to/blackbox-exporter/blackbox.yml"
# Loki looks for the rules of its one tenant under this name.
localise "$from/docker/loki-rules.yml" >"$to/loki/rules/fake/log-lines.yml"

credentials='s/^//'
if [ -n "${FALLBACK_USERNAME:-}" ]; then
  credentials="s|^\( *\)smarthost: .*|&\n\1auth_username: $(quoted "$FALLBACK_USERNAME")\n\1auth_password_file: /run/secrets/fallback-password|"
fi
localise "$from/prometheus/generated/alertmanager.yml" |
  sed \
    -e "s|credentials_file: pager-ingest-token|credentials_file: /run/secrets/pager-ingest-token|" \
    -e "s|smarthost: .*|smarthost: $(quoted "$FALLBACK_SMARTHOST")|" \
    -e "s|from: alertmanager@localhost|from: $(quoted "$FALLBACK_FROM")|" \
    -e "s|to: on-call@localhost|to: $(quoted "$FALLBACK_TO")|" \
    -e "s|require_tls: .*|require_tls: $(quoted "$FALLBACK_REQUIRE_TLS")|" \
    -e "$credentials" >"$to/alertmanager/alertmanager.yml"
