#!/usr/bin/env python3
"""Whether fused batch normalisations cost a pass over memory, by the kernels
that kiln makes: `kiln.traffic` says what each reads and writes of activations.

    memory_passes.py --kiln=PATH [--shapes=x:1x3x224x224] net.onnx ...

The net is compared with itself less its fused batch normalisations and the
activations right behind them: with them it must write no more elements, with
no more kernels.

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import argparse
import collections
import pathlib
import re
import subprocess
import sys
import tempfile

import onnx

from foldable import ACTIVATIONS, count

ENTRY = re.compile(r'\{kind = "([^"]*)", layer = "(?:[^"\\]|\\.)*", reads = (\d+) : i64, '
                   r'writes = (\d+) : i64\}')


def without_fused(path, counts, target):
    """Writes the net less what is fused; returns how many nodes that were."""
    model = onnx.load(str(path))
    graph = model.graph
    users = collections.Counter(name for node in graph.node for name in node.input)
    outputs = {value.name for value in graph.output}
    gone, behind = {}, set()
    for index, node in enumerate(graph.node):
        name = node.name or f"{node.op_type}_{index}"
        is_fused = node.op_type == "BatchNormalization" and counts["nodes"].get(name) == "fuse"
        follows = node.op_type in ACTIVATIONS and node.input[0] in behind
        if (is_fused or follows) and node.output[0] not in outputs:
            gone[node.output[0]] = gone.get(node.input[0], node.input[0])
            if is_fused and users[node.output[0]] == 1:
                behind.add(node.output[0])
    kept = [node for node in graph.node if node.output[0] not in gone]
    for node in kept:
        for i, name in enumerate(node.input):
            node.input[i] = gone.get(name, name)
    del graph.node[:]
    graph.node.extend(kept)
    del graph.value_info[:]
    onnx.save(model, str(target))
    return len(gone)


def traffic_of(kiln, model, flags=()):
    """Kernels by kind, and the elements of activations that all of them read
    and write."""
    command = [str(kiln), "compile", str(model), "--mode=eval", "--to=kernels", "--elide-weights",
               "-o", "-", *flags]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace")
    if done.returncode != 0:
        raise RuntimeError(f"exit code {done.returncode} from {' '.join(command)}\n"
                           f"{done.stderr[-4000:]}")
    entries = ENTRY.findall(done.stdout)
    if not entries:
        raise RuntimeError(f"no kiln.traffic in the output of {' '.join(command)}")
    return {"kernels": collections.Counter(kind for kind, _, _ in entries),
            "reads": sum(int(reads) for _, reads, _ in entries),
            "writes": sum(int(writes) for _, _, writes in entries)}


def extra_passes(kiln, model, shapes=None):
    """What the net's fused batch normalisations cost: kernels and elements
    written that the net without them has not, (0, 0) if none; and how many
    nodes the net without them lacks."""
    shapes = shapes or {}
    flags = [f"--shapes={name}:{'x'.join(map(str, dims))}" for name, dims in shapes.items()]
    with tempfile.TemporaryDirectory(prefix="kiln-passes-") as folder:
        stripped = pathlib.Path(folder) / "stripped.onnx"
        removed = without_fused(model, count(model, "eval", shapes), stripped)
        if removed == 0:
            return 0, 0, 0
        whole, rest = traffic_of(kiln, model, flags), traffic_of(kiln, stripped, flags)
    return (sum(whole["kernels"].values()) - sum(rest["kernels"].values()),
            whole["writes"] - rest["writes"], removed)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("models", nargs="+", type=pathlib.Path, metavar="net.onnx")
    parser.add_argument("--kiln", type=pathlib.Path, required=True)
    parser.add_argument("--shapes", action="append", default=[], metavar="NAME:DIMS")
    arguments = parser.parse_args()
    shapes = {name: [int(size) for size in dims.split("x")] for name, _, dims in
              (text.rpartition(":") for text in arguments.shapes)}
    failed = False
    for model in arguments.models:
        kernels, writes, removed = extra_passes(arguments.kiln, model, shapes)
        good = kernels <= 0 and writes <= 0
        failed |= not good
        print(f"{'ok  ' if good else 'FAIL'} {model.stem}: {removed} fused batch normalisations and "
              f"activations make {kernels:+} kernels and {writes:+} elements written", flush=True)
    sys.exit(failed)


if __name__ == "__main__":
    main()
