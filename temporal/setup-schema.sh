#!/bin/sh
# Makes Temporal's two databases and brings their schemas up to date. Harmless to repeat.
set -eu
export SQL_PASSWORD="$POSTGRES_PASSWORD"
sql() {
  database="$1"
  shift
  temporal-sql-tool --plugin postgres12 --ep "$POSTGRES_HOST" -p 5432 -u "$POSTGRES_USER" --db "$database" "$@"
}
for pair in temporal:temporal temporal_visibility:visibility; do
  sql "${pair%%:*}" create
  sql "${pair%%:*}" setup-schema -v 0.0
  sql "${pair%%:*}" update-schema -d "/etc/temporal/schema/postgresql/v12/${pair##*:}/versioned"
done
