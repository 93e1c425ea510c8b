#!/usr/bin/env bash
# Makes the Python environments: .venv for the tests (default), or with
# --train .venv-train, which brings PyTorch and serves retraining only.
# Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
case "${1:-}" in
  "") venv=$root/.venv requirements=$root/scripts/requirements-test.txt ;;
  --train) venv=$root/.venv-train requirements=$root/scripts/requirements-train.txt ;;
  *) echo "usage: setup-python.sh [--train]" >&2; exit 2 ;;
esac

# The stamp holds what was installed: pip is asked only when that changes.
stamp=$venv/requirements.txt
if cmp -s "$requirements" "$stamp" && "$venv/bin/python" -c '' 2>/dev/null; then
  echo "setup-python: $venv is up to date"
  exit 0
fi
"${PYTHON:-python3}" -m venv --clear "$venv"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$requirements"
cp "$requirements" "$stamp"
echo "setup-python: made $venv"
