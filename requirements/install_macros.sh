#!/bin/sh
# Install the adapters that requirements/adapters.txt pins into the folder $2, without anything they need: their macros
# are read, their Python is not run. $1 is the project's environment.
set -eu
venv=$1
folder=$2
pins=$(mktemp)
trap 'rm -f "$pins"' EXIT
awk '/^[^ #]/ { wanted = /^dbt-(postgres|redshift|snowflake|bigquery|spark|databricks|trino|athena|clickhouse)==/ } wanted' \
    requirements/adapters.txt > "$pins"
uv=$(command -v uv || echo "$venv/bin/uv")
rm -rf "$folder"
if [ -x "$uv" ]; then
    "$uv" pip install --quiet --python "$venv/bin/python" --target "$folder" --no-deps --require-hashes -r "$pins"
else
    "$venv/bin/python" -m pip install --quiet --target "$folder" --no-deps --require-hashes -r "$pins"
fi
