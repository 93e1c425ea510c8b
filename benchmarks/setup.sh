#!/usr/bin/env bash
# Makes build/benchmarks/venv with the peers from PyPI. A package that cannot be
# had is noted in venv/failed/PACKAGE: the table then says why that peer is missing.
# Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
venv=${KILN_BENCHMARKS_BUILD:-$here/../build/benchmarks}/venv
requirements=$here/requirements.txt
python=$venv/bin/python

if ! cmp -s "$requirements" "$venv/requirements.txt" || ! "$python" -c '' 2>/dev/null; then
  mkdir -p "$(dirname "$venv")"
  "${PYTHON:-python3}" -m venv "$venv"
  rm -rf "$venv/failed" && mkdir "$venv/failed"
  # One at a time, so that one failure does not take the others along; the whole
  # file as constraints, so that none moves another's version.
  sed 's/#.*//' "$requirements" | while read -r requirement; do
    [ -n "$requirement" ] || continue
    echo "setup: $requirement" >&2
    log=$venv/failed/${requirement%%==*}
    if "$python" -m pip install --quiet --disable-pip-version-check \
      -c "$requirements" "$requirement" </dev/null >"$log" 2>&1; then
      rm "$log"
    else
      echo "setup: warning: pip cannot install $requirement: $(tail -n 1 "$log")" >&2
    fi
  done
  cp "$requirements" "$venv/requirements.txt"
fi
"$python" -c 'import numpy, onnx, onnxruntime, matplotlib' || {
  echo "setup: error: $venv lacks what every measurement needs; see $venv/failed" >&2
  exit 1
}
