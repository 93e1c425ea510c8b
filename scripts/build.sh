#!/usr/bin/env bash
# Installs what is missing, configures a preset and builds it:
#   build.sh [PRESET [TARGET ...]]     (default: release, everything)
# Uses ccache when it is there.
# Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
preset=${1:-release}
shift || true
cd "$root"
scripts/install-deps.sh

launcher=()
if command -v ccache >/dev/null; then
  launcher=(-DCMAKE_C_COMPILER_LAUNCHER=ccache -DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
  # What ccache must overlook for a precompiled header to be a hit, and for
  # another checkout to share this one's entries.
  export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1
  export CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
fi
cmake --preset "$preset" "${launcher[@]}"
cmake --build "build/$preset" "${@/#/--target=}"
