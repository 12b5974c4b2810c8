#!/bin/sh
# Fetches the benchmark's observations and reference posteriors, which come with
# the Python package sbibm, into .venv-bench/sbibm. Nothing is installed.
set -eu
cd "$(dirname "$0")/../.."
folder=.venv-bench/sbibm
[ -d "$folder/tasks" ] && exit 0
mkdir -p "$folder"
python3 -m pip download -q --disable-pip-version-check --no-deps -d "$folder" sbibm==1.1.0
python3 -m zipfile -e "$folder"/sbibm-*.whl "$folder/wheel"
mv "$folder/wheel/sbibm/tasks" "$folder/tasks"
rm -r "$folder/wheel" "$folder"/sbibm-*.whl
