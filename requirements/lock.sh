#!/bin/sh
# Renew the pins: hashes for every Python this project supports, no download addresses.
set -eu
uv=$(command -v uv || echo "$1/bin/uv")
pin() {
    "$uv" pip compile --quiet --upgrade --universal --python-version 3.11 --no-emit-index-url --no-annotate \
        --generate-hashes --custom-compile-command "make lock" "$@"
}
pin --override requirements/overrides.txt requirements/dev.in -o requirements/dev.txt
pin --override requirements/overrides.txt requirements/adapters.in -o requirements/adapters.txt
pin requirements/uv.in -o requirements/uv.txt
for engine in requirements/engines/*.in; do
    pin --override requirements/overrides.txt "$engine" -o "${engine%.in}.txt"
done
