#!/usr/bin/env python3
"""How many batch normalisations of an ONNX file must fold, and how many must
be fused, by reasoning on the file alone; and a comparison with kiln's ledger.

    foldable.py net.onnx ...                    the counts
    foldable.py --kiln=PATH net.onnx ...        compared with `kiln compile`
    foldable.py --ledger=report.json net.onnx   compared with a --fold-report

A batch normalisation, s * x + t for each channel, must
  fold  if every layer with constant weights that makes its input, or every one
        that uses its result, can take it exactly, whatever lies between;
  fuse  if that cannot be, but a neighbour has a loop over the same elements;
  keep  if neither: it is a layer of its own.
This file knows nothing of how the compiler does it.

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

from fold_graph import Graph
from fold_moves import moves_backward, moves_forward

LAYERS = {"Conv", "ConvTranspose", "Gemm", "MatMul"}
ACTIVATIONS = {"Relu", "LeakyRelu", "PRelu", "Clip", "Sigmoid", "HardSigmoid", "HardSwish", "Tanh",
               "Elu", "Selu", "Celu", "Softplus", "Softsign", "Mish", "Gelu", "Swish"}
ARITHMETIC = {"Add", "Sub", "Mul", "Div", "Abs", "Neg", "Exp", "Log", "Sqrt", "Erf"}
ELEMENTWISE = ACTIVATIONS | ARITHMETIC | {"BatchNormalization"}
# Loops with a step for each element of their result, which can do one more.
FINISHING = LAYERS | ELEMENTWISE | {"AveragePool", "GlobalAveragePool", "Resize", "Upsample",
                                    "ReduceMean"}
# Loops that read each element of their input where they can compute it.
READING = LAYERS | ELEMENTWISE | {"AveragePool", "GlobalAveragePool", "MaxPool", "GlobalMaxPool",
                                  "ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin"}


class Verdicts:
    """Decides for each batch normalisation, and for each other affine of a
    constant, which can take up a batch normalisation beside it."""

    def __init__(self, graph):
        self.graph = graph
        self.known = {}

    def of(self, node):
        """'fold', 'fuse' or 'keep'."""
        key = id(node)
        if key not in self.known:
            self.known[key] = "keep"  # while it is being decided
            self.known[key] = self.decide(node)
        return self.known[key]

    def decide(self, node):
        affine = self.graph.affine(node)
        if affine is None:
            return "keep"
        value = self.graph.source(node)
        result = node.output[0]
        if self.folds(self.backward(value, affine)) or self.folds(self.forward(result, affine)):
            return "fold"
        return "fuse" if self.can_fuse(value, result) else "keep"

    def folds(self, ends):
        """`ends` are the operations that would take the affine, or None. Those
        that are affines themselves must vanish in turn."""
        return ends is not None and all(
            end.op_type in LAYERS or self.of(end) == "fold" for end in ends)

    def backward(self, value, affine):
        node = self.graph.producer(value)
        if node is None or self.graph.users(value) != 1:
            return None
        if node.op_type in LAYERS:
            return [node] if self.graph.layer_takes(node, affine, is_input=False) else None
        if self.graph.affine(node) is not None:
            return [node]
        steps = moves_backward(self.graph, node, affine)
        if steps is None:
            return None
        ends = []
        for source, moved in steps:
            found = self.backward(source, moved)
            if found is None:
                return None
            ends += found
        return ends

    def forward(self, value, affine):
        if value in self.graph.outputs:
            return None
        ends = []
        for node in self.graph.consumers(value):
            if node.op_type in LAYERS:
                if node.input[0] != value or \
                        not self.graph.layer_takes(node, affine, is_input=True):
                    return None
                ends.append(node)
            elif self.graph.affine(node) is not None:
                ends.append(node)
            else:
                steps = moves_forward(self.graph, node, value, affine)
                if steps is None:
                    return None
                for result, moved in steps:
                    found = self.forward(result, moved)
                    if found is None:
                        return None
                    ends += found
        return ends

    def can_fuse(self, value, result):
        """The maker of its input, used by it alone, can do it with each of its
        results, or the one user of its result with each of its operands."""
        maker = self.graph.producer(value)
        if maker is not None and self.graph.users(value) == 1 and maker.op_type in FINISHING:
            return True
        if self.graph.users(result) != 1 or result in self.graph.outputs:
            return False
        user = self.graph.consumers(result)[0]
        return user.op_type in READING and (user.op_type in ELEMENTWISE or user.input[0] == result)


def count(model_path, mode="eval", shapes=None):
    """Counts for the file: total, fold, fuse, keep, and `nodes`, the verdict
    by name. In mode `eval` every batch normalisation uses its running
    statistics; in mode `keep` those in training mode are kept. `shapes` gives
    dimensions of inputs, by name, that the file leaves open."""
    graph = Graph(model_path, mode, shapes)
    verdicts = Verdicts(graph)
    nodes = {name: verdicts.of(node) for name, node in graph.batch_norms()}
    counts = {"total": len(nodes), "fold": 0, "fuse": 0, "keep": 0}
    for verdict in nodes.values():
        counts[verdict] += 1
    return {**counts, "nodes": nodes}


def compare(counts, entries):
    """What the ledger's entries say otherwise, as lines; empty if they agree."""
    action = {"fold": "folded", "fuse": "fused", "keep": "kept"}
    found = {entry["name"]: entry for entry in entries}
    wrong = []
    if len(entries) != counts["total"]:
        wrong.append(f"{len(entries)} entries for {counts['total']} batch normalisations")
    for name, verdict in counts["nodes"].items():
        entry = found.get(name)
        if entry is None:
            wrong.append(f"{name}: no entry")
        elif entry["action"] != action[verdict]:
            wrong.append(f"{name}: {entry['action']}, must {verdict} ({entry['reason']})")
    return wrong


def ledger_of(kiln, model, mode, flags=()):
    """The entries that `kiln compile --to=fuse` writes for the file."""
    with tempfile.TemporaryDirectory(prefix="kiln-foldable-") as folder:
        report = pathlib.Path(folder) / "folds.json"
        command = [str(kiln), "compile", str(model), f"--mode={mode}", "--to=fuse",
                   "--elide-weights", "-o", str(report.with_suffix(".mlir")),
                   f"--fold-report={report}", *flags]
        done = subprocess.run(command, capture_output=True, text=True, errors="replace")
        if done.returncode != 0:
            raise RuntimeError(f"exit code {done.returncode} from {' '.join(command)}\n"
                               f"{done.stderr[-4000:]}")
        return json.loads(report.read_text())["entries"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("models", nargs="+", type=pathlib.Path, metavar="net.onnx")
    parser.add_argument("--mode", choices=("keep", "eval"), default="eval")
    parser.add_argument("--kiln", type=pathlib.Path, help="compare with what this kiln does")
    parser.add_argument("--ledger", type=pathlib.Path, help="compare with this --fold-report")
    parser.add_argument("--shapes", action="append", default=[], metavar="NAME:DIMS",
                        help="dimensions that the file leaves open: x:1x3x224x224")
    arguments = parser.parse_args()
    failed = False
    for model in arguments.models:
        shapes = {name: [int(size) for size in dims.split("x")] for name, _, dims in
                  (text.rpartition(":") for text in arguments.shapes)}
        counts = count(model, arguments.mode, shapes)
        print(f"{model.stem}: {counts['total']} batch normalisations, "
              f"{counts['fold']} must fold, {counts['fuse']} must be fused, "
              f"{counts['keep']} stay", flush=True)
        if arguments.ledger:
            entries = json.loads(arguments.ledger.read_text())["entries"]
        elif arguments.kiln:
            entries = ledger_of(arguments.kiln, model, arguments.mode,
                                [f"--shapes={text}" for text in arguments.shapes])
        else:
            continue
        wrong = compare(counts, entries)
        failed |= bool(wrong)
        print("\n".join(f"  FAIL {line}" for line in wrong) or "  the ledger agrees", flush=True)
    sys.exit(failed)


if __name__ == "__main__":
    main()
