#!/usr/bin/env bash
# From nothing to a table: the peers, the nets, and what they measure. Options: see
# run.sh --help. Needs a compiler for C and C++, Python, and for the classic nets
# Debian's python3-torchvision (scripts/install-deps.sh --zoo). Kiln takes part
# where build/release/bin/kiln is, or where KILN says.
# Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
"$here/setup.sh"
exec "${KILN_BENCHMARKS_BUILD:-$here/../build/benchmarks}/venv/bin/python" "$here/run.py" "$@"
