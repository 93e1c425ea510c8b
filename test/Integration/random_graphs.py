#!/usr/bin/env python3
"""Random nets, folded and unfolded, against the f64 interpreter and
onnxruntime; and the ledger against what each case asks of the fold.

Each model holds several nets, so that one process compiles them all. A seed
decides a model wholly: --seed=N --count=1 runs it alone.

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import support
from support import np, onnx

from net_writer import model_of
from random_nets import random_net

OPSETS = (9, 11, 13, 15, 17, 20)
NETS = 8  # in a model
TOLERANCE = 1e-5  # of the output's largest magnitude, or
ALLOWANCE = 4.0  # times onnxruntime's own error, whichever is more
ORACLES_AGREE = 1e-4  # the interpreter and onnxruntime


def check_ledger(checks, writers, entries, label):
    found = {entry["name"]: entry for entry in entries}
    wrong = []
    for writer in writers:
        for node in writer.nodes:
            if node.op_type != "BatchNormalization":
                continue
            entry = found.get(node.name)
            action = entry and entry["action"]
            wanted = writer.expected.get(node.name)
            if action not in ("folded", "fused", "kept") \
                    or (wanted == "folded" and action != "folded") \
                    or (wanted == "not folded" and action == "folded") \
                    or (action == "kept" and not entry["reason"]):
                wrong.append((node.name, f"wanted {wanted or 'an entry'}", entry))
            elif action == "folded" and not entry["measured"] <= entry["bound"]:
                wrong.append((node.name, "measured over the bound", entry))
    checks.that(not wrong, f"{label}: ledger of {len(entries)} BN {wrong or ''}")


def check_numbers(checks, kiln, path, inputs, names, label):
    theirs = support.onnxruntime_outputs(path, inputs)
    exact = kiln.run(path, inputs, names, *support.EXACT)
    # The interpreter on the folded net tells a wrong fold from a wrong kernel.
    fold = kiln.run(path, inputs, names, "--interpret", "--interpret-after=fold")
    runs = {"the fold, interpreted": fold,
            "folded": kiln.run(path, inputs, names),
            "unfolded": kiln.run(path, inputs, names, "--no-fold")}
    worst = 0.0
    wrong = []
    for name in names:
        magnitude = float(np.abs(exact[name]).max(initial=0.0))
        other = support.max_error(theirs[name], exact[name])
        limit = max(TOLERANCE * magnitude, ALLOWANCE * other)
        if not other <= ORACLES_AGREE * max(magnitude, 1.0):
            wrong.append((name, "interpreter against onnxruntime", other, magnitude))
        for how, ours in runs.items():
            error = support.max_error(ours[name], exact[name])
            worst = max(worst, error / max(magnitude, 1e-3))
            if not error <= limit:
                wrong.append((name, how, error, f"limit {limit:.3g}"))
    if all(np.array_equal(fold[name], exact[name]) for name in names):
        wrong.append("the fold, interpreted, rounds nothing: it is not the folded net")
    checks.that(not wrong, f"{label}: outputs, worst relative error {worst:.3g} {wrong or ''}")


def main():
    arguments = support.parse_arguments(__doc__, seed=1000, count=12)
    kiln = support.Kiln(arguments.kiln)
    checks = support.Checks()
    for seed in range(arguments.seed, arguments.seed + arguments.count):
        opset = OPSETS[seed % len(OPSETS)]
        label = f"seed {seed} (opset {opset})"
        writers = [random_net([seed, i], opset, f"net{i}") for i in range(NETS)]
        path = kiln.scratch("random.onnx")
        onnx.save(model_of(writers, opset), path)
        rng = np.random.default_rng(seed)
        inputs = {v.name: rng.standard_normal(v.shape).astype(np.float32)
                  for w in writers for v in w.inputs}
        names = [v.name for w in writers for v in w.outputs]
        try:
            check_numbers(checks, kiln, path, inputs, names, label)
            check_ledger(checks, writers, kiln.compile(path)[1], label)
        except RuntimeError as error:
            checks.that(False, f"{label}: {error}")
    checks.finish()


if __name__ == "__main__":
    main()
