#!/usr/bin/env bash
# Process start to first output, and memory: see start.sh --help, and run.sh for what
# it needs.
# Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
"$here/setup.sh"
exec "${KILN_BENCHMARKS_BUILD:-$here/../build/benchmarks}/venv/bin/python" "$here/start.py" "$@"
