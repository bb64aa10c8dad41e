#!/bin/sh
# Install a pinned environment into the folder $1, that of the project or the one that file $2 pins: with uv when it is
# here or can be had, with pip otherwise.
# --no-deps because the pins are complete, and because dbt-core's experimental parser must stay out.
set -eu
venv=$1
python=${PYTHON:-python3}
lock=${2:-requirements/dev.txt}
if command -v uv >/dev/null 2>&1; then
    uv=uv
else
    uv=$venv/bin/uv
fi
[ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
[ "$uv" = uv ] || "$venv/bin/python" -m pip install --quiet --require-hashes -r requirements/uv.txt || uv=
if [ -n "$uv" ]; then
    "$uv" pip install --quiet --python "$venv/bin/python" --no-deps --require-hashes -r "$lock"
else
    "$venv/bin/python" -m pip install --quiet --no-deps --require-hashes -r "$lock"
fi
# An engine whose needs cannot live beside the compiler's goes without it: the generated files are all that dbt needs.
grep -q '^hatchling==' "$lock" || exit 0
if [ -n "$uv" ]; then
    "$uv" pip install --quiet --python "$venv/bin/python" --no-deps --no-build-isolation -e .
else
    "$venv/bin/python" -m pip install --quiet --no-deps --no-build-isolation -e .
fi
