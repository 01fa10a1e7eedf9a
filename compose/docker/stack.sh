#!/bin/sh
# docker compose with the stack's files and pinned images.
#
#   ./stack.sh dev up --detach        a demo on this machine
#   ./stack.sh prod up --detach       an installation; settings.env says how it is reached
#   ./stack.sh dev sign-in            prints an address that opens the console, once
set -eu
here=$(cd "$(dirname "$0")" && pwd)
kind=${1:-}
case $kind in
dev)
  COMPOSE_PROFILES=demo
  export COMPOSE_PROFILES
  shift
  ;;
prod) shift ;;
*)
  echo "Cannot start \"$kind\" as there is no such stack: dev and prod are known" >&2
  exit 1
  ;;
esac

compose() {
  set -- --file "$here/compose.yaml" --file "$here/compose.$kind.yaml" "$@"
  [ ! -f "$here/settings.env" ] || set -- --env-file "$here/settings.env" "$@"
  docker compose --env-file "$here/versions.env" "$@"
}

if [ "${1:-}" = sign-in ]; then
  # shellcheck disable=SC2016
  compose exec --no-TTY console node --eval \
    'const { WATCHKEEPER_CONSOLE_PUBLIC_URL: url, WATCHKEEPER_CONSOLE_LOGIN_TOKEN_PATH: path } = process.env;
     console.log(`${url}/login?token=${fs.readFileSync(path, "utf8").trim()}`);'
  exit
fi

if [ -f "$here/settings.env" ]; then
  # The certificate is made for the domain that the settings name.
  WATCHKEEPER_DOMAIN=$(sed -n 's/^WATCHKEEPER_DOMAIN=//p' "$here/settings.env")
  export WATCHKEEPER_DOMAIN
fi
"$here/make-secrets.sh"
compose "$@"
