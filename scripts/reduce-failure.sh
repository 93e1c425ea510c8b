#!/usr/bin/env bash
# Reduces a net that fails in kiln-random-nets to a small one that fails in the
# same way, and prints where it is.
#
#   scripts/reduce-failure.sh SEED              a seed of the random nets
#   scripts/reduce-failure.sh FILE.mlir [FLAG]  a file, and the flags that the
#                                               failure was reported with
#
# KILN_BUILD names the build folder (build/release). The reduced net is written
# beside the failing one.
# Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=${KILN_BUILD:-$root/build/release}
export KILN_RANDOM_NETS=$build/bin/kiln-random-nets

if [ $# -eq 0 ]; then
  sed -n '2,11s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
  exit 2
fi
if [[ $1 =~ ^[0-9]+$ ]]; then
  # The report of a failure ends with the command that repeats it.
  report=$("$KILN_RANDOM_NETS" --seeds="$1:1" --out="$build/random-nets" "${@:2}" || true)
  command=$(sed -n 's/^  kiln-random-nets --check //p' <<<"$report")
  if [ -z "$command" ]; then
    echo "reduce-failure.sh: error: seed $1 does not fail" >&2
    exit 1
  fi
  read -r net flags <<<"$command"
else
  net=$1
  flags=${*:2}
fi

export KILN_CHECK_FLAGS=$flags
# shellcheck disable=SC2086 # flags are words
KILN_FAILURE=$("$KILN_RANDOM_NETS" --check "$net" $flags | head -n 1 || true)
if [ "${KILN_FAILURE#pass}" != "$KILN_FAILURE" ]; then
  echo "reduce-failure.sh: error: $net does not fail" >&2
  exit 1
fi
export KILN_FAILURE
reduced=${net%.mlir}.reduced.mlir
"$build/bin/kiln-reduce" "$net" -o "$reduced" \
  --nn-reduce-net="test=$root/scripts/same-failure.sh"
echo "$KILN_FAILURE: $reduced"
echo "repeat it with: $KILN_RANDOM_NETS --check $reduced $flags"
