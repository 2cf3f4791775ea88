#!/usr/bin/env bash
# Runs one file of a change: ./apply.sh migrations/02_expand.sql   (DATABASE_URL says where)
# A statement that does not get its lock within lock_timeout gives up, so that nobody queues behind
# it, and is tried again after a pause.
set -euo pipefail
file="$1"
mode=(-1)
if grep -q '^-- Not in a transaction.' "$file"; then mode=(); fi
for try in $(seq 1 20); do
  said=$(mktemp)
  if psql "$DATABASE_URL" -X -v ON_ERROR_STOP=1 "${mode[@]}" -f "$file" 2> >(tee "$said" >&2); then
    rm -f "$said"
    exit 0
  fi
  if ! grep -q 'lock timeout' "$said"; then
    rm -f "$said"
    exit 1
  fi
  rm -f "$said"
  echo "try $try of 20: somebody holds the table; again in $((try < 6 ? try * 5 : 30)) s" >&2
  sleep $((try < 6 ? try * 5 : 30))
done
echo "not applied: see pg_stat_activity for the transaction that is open for so long" >&2
exit 1
