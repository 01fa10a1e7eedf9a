#!/bin/sh
# Makes every secret of the stack that is missing, one file each. What is there stays as it is, so it can be run at any
# time, and secrets of your own (a certificate) count once they lie in the folder.
#
#   make-secrets.sh [folder, by default secrets/ beside this script]
#
# Compose hands a secret on as the very file, with its owner and mode, and each container has a user of its own. So the
# folder is closed to everybody but you (0700), and the files in it can be read by whomever they are handed to (0444).
set -eu
umask 077
here=$(dirname "$0")
folder=${1:-$here/secrets}
domain=${WATCHKEEPER_DOMAIN:-localhost}

command -v openssl >/dev/null || {
  echo "Cannot make secrets as there is no openssl on the PATH: install it" >&2
  exit 1
}
mkdir -p "$folder"
chmod 700 "$folder"
cd "$folder"
# For tokens of your own, which channels.env names.
mkdir -p channels
chmod 755 channels

# keep <name>: writes what it reads, whole or not at all, unless the secret is there.
keep() {
  cat >"$1.new"
  chmod 444 "$1.new"
  mv "$1.new" "$1"
  echo "made $1"
}
missing() {
  [ -f "$1" ] || return 0
  [ -s "$1" ] || {
    echo "Cannot use $folder/$1 as it is empty: put the secret back that the data was made with, or remove the file" >&2
    exit 1
  }
  return 1
}
password() { openssl rand -base64 24 | tr '+/' '-_'; }
hexadecimal() { openssl rand -hex 16; }

for name in directory-postgres-superuser directory-postgres-owner directory-postgres-app directory-postgres-monitor \
  directory-postgres-grafana pager-postgres-superuser pager-postgres-pager redis pager-ingest-token pager-api-token \
  collector-api-token pager-action console-session directory-cursors demo-password grafana-admin \
  fallback-password standin-webhook-secret; do
  if missing "$name"; then password | keep "$name"; fi
done
for name in standin-pagerduty-routing-key standin-slack-signing-secret standin-twilio-auth-token; do
  if missing "$name"; then hexadecimal | keep "$name"; fi
done
if missing standin-slack-token; then echo "xoxb-$(password)" | keep standin-slack-token; fi

# What programs want with a password inside.
directory=directory-postgres:4720/directory
if missing directory-url; then echo "postgres://directory_app:$(cat directory-postgres-app)@$directory" | keep directory-url; fi
if missing directory-owner-url; then echo "postgres://directory:$(cat directory-postgres-owner)@$directory" | keep directory-owner-url; fi
if missing pager-url; then echo "postgres://pager:$(cat pager-postgres-pager)@pager-postgres:4721/pager" | keep pager-url; fi
if missing redis-url; then echo "redis://:$(cat redis)@redis:4722" | keep redis-url; fi
if missing redis-requirepass; then echo "requirepass $(cat redis)" | keep redis-requirepass; fi
if missing redis-exporter; then printf '{"redis://redis:4722":"%s"}\n' "$(cat redis)" | keep redis-exporter; fi

# Browsers do not know who signed this certificate. Put one that they know, and its key, in the place of both files.
if missing tls-certificate || missing tls-key; then
  [ ! -f tls-certificate ] && [ ! -f tls-key ] || {
    echo "Cannot make a certificate as only one of $folder/tls-certificate and tls-key is there: put the other beside it" >&2
    exit 1
  }
  names=
  for name in console directory grafana pager inbox; do names="$names,DNS:$name.$domain"; done
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 397 -subj "/CN=Watchkeeper" \
    -addext "subjectAltName=${names#,}" -keyout tls-key.part -out tls-certificate.part 2>/dev/null
  keep tls-key <tls-key.part
  keep tls-certificate <tls-certificate.part
  rm -f tls-key.part tls-certificate.part
fi
