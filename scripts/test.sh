#!/usr/bin/env bash
# Installs, builds and tests everything. Ends with ctest's own summary.
# Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
"$root/scripts/install-deps.sh"
"$root/scripts/setup-python.sh"
"$root/scripts/build.sh"
exec ctest --test-dir "$root/build/release" --output-on-failure \
  --parallel "$(nproc)" "$@"
