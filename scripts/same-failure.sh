#!/usr/bin/env bash
# What reduce-failure.sh asks of each smaller net: exits with 1, mlir-reduce's
# sign for an interesting file, where the net fails as KILN_FAILURE says.
# Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck disable=SC2086 # flags are words
if "$KILN_RANDOM_NETS" --check "$1" --expect="$KILN_FAILURE" $KILN_CHECK_FLAGS \
  >/dev/null 2>&1; then
  exit 1
fi
exit 0
