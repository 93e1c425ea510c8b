#!/usr/bin/env bash
# Installs, builds and tests everything; arguments go to ctest. Ends with
# ctest's own summary. The hostile files are run over the driver a second time,
# under AddressSanitizer and UBSan.
# Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
"$root/scripts/install-deps.sh" --zoo
"$root/scripts/setup-python.sh"
"$root/scripts/build.sh" release
"$root/scripts/build.sh" asan kiln
exec ctest --test-dir "$root/build/release" --output-on-failure \
  --parallel "$(nproc)" "$@"
