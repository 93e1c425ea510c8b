#!/usr/bin/env bash
# From nothing to a number to trust: installs, builds, compiles the digits net,
# reads sample pictures with it, prints the fold ledger, and holds the accuracy
# and the outputs against the training framework's. Needs no PyTorch, no Python.
# Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
digits=$root/examples/digits
out=$root/build/demo
kiln=$root/build/release/bin/kiln

step() { printf '\n== %s\n' "$*"; }

step "Install and build"
mkdir -p "$root/build"
if ! "$root/scripts/build.sh" release kiln >"$root/build/demo-build.log" 2>&1; then
  tail -n 40 "$root/build/demo-build.log" >&2
  echo "demo: error: the build failed; the whole log: $root/build/demo-build.log" >&2
  exit 1
fi
tail -n 1 "$root/build/demo-build.log"
rm -rf "$out" && mkdir -p "$out"
cd "$out"

step "Compile examples/digits/digits.onnx: the ledger has a line for every BN"
"$kiln" compile "$digits/digits.onnx" --shapes=image:1x1x8x8 -o digits.so \
  --fold-report=folds.json
expected=$(sed -n 's/^ *"batch_norms": \([0-9]*\),*$/\1/p' "$digits/digits.json")
folded=$(grep -o '"action": *"folded"' folds.json | wc -l)
echo "folded: $folded of $expected"
[ "$folded" -eq "$expected" ] || {
  echo "demo: error: not every BN is folded" >&2
  exit 1
}

step "Read sample pictures through the C interface"
"${CC:-clang-22}" -O1 -Wall -Wextra -Werror -I. "$digits/classify.c" \
  digits.so -lm -Wl,-rpath,"$out" -o classify
./classify draw "$digits/samples.npy" "$digits/sample_labels.npy"

step "Accuracy on the test set, against the training framework's"
correct=$(sed -n 's/^ *"correct": \([0-9]*\),*$/\1/p' "$digits/digits.json")
./classify check "$digits/test_images.npy" "$digits/test_labels.npy" \
  "$digits/test_logits.npy" "$correct"

step "Folded against unfolded, over the whole test set"
input=--input=image=@$digits/test_images.npy
shapes=--shapes=image:360x1x8x8
"$kiln" run "$digits/digits.onnx" "$shapes" "$input" --output=logits=@folded.npy
"$kiln" run "$digits/digits.onnx" "$shapes" "$input" --no-fold \
  --expected-output=@folded.npy --rtol=0 --atol=1e-4

step "Done: the library and its header are in $out"
