#!/usr/bin/env bash
# Runs clang-tidy (.clang-tidy) over the sources, or over the files given, and
# fails on any finding. The build folder must be built: its compile commands and
# precompiled headers are used. KILN_BUILD names another than build/release.
# Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=${KILN_BUILD:-$root/build/release}
cd "$root"
if [ $# -gt 0 ]; then
  files=("$@")
else
  mapfile -t files < <(git ls-files 'lib/*.cpp' 'tools/*.cpp' 'test/RandomNets/*.cpp')
fi
printf '%s\0' "${files[@]}" |
  xargs -0 -n 1 -P "$(nproc)" clang-tidy-22 -p "$build" --quiet
echo "tidy.sh: ${#files[@]} files, nothing found"
