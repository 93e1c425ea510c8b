#!/usr/bin/env python3
"""One trained net of shared/models in eval mode: its reference outputs, its
error against the f64 interpreter held against onnxruntime's own, its ledger.

The reference outputs are mostly saturated by a final Sigmoid or Softmax, so
the tensor before it is compared too.

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import collections
import json

import support
from support import np, onnx

FINAL = ("Sigmoid", "Softmax", "LogSoftmax")
# Directions in which the net's BNs are folded: backward into the producer,
# forward into the consumer.
LEDGERS = {
    "rfb320": {"backward": 35},
    "slim320": {"backward": 25},
    "ppocr_cls": {"backward": 35},
    "ppocr3_rec_en": {"backward": 32},
    "ppocr4_det": {"backward": 3},
    "burn_mnist": {"backward": 1, "forward": 1},
    "mesonet": None,  # 4, each forward or fused with its reason
}
ALLOWANCE = 4.0  # times onnxruntime's own error
FLOOR = 1e-6  # of the output's largest magnitude


def before_final(model):
    """For each output that a FINAL op computes: (its name, that op's input)."""
    producer = {name: node for node in model.graph.node for name in node.output}
    return [(output.name, producer[output.name].input[0]) for output in model.graph.output
            if producer[output.name].op_type in FINAL]


def with_outputs(model, tensors, path):
    """Saves a copy of `model` whose outputs are `tensors` (name to dims)."""
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    del copy.graph.output[:]
    for name, dims in tensors.items():
        copy.graph.output.append(
            onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, dims))
    needed = set(tensors)
    kept = []
    for node in reversed(copy.graph.node):
        if needed.intersection(node.output):
            needed.update(node.input)
            kept.append(node)
    del copy.graph.node[:]
    copy.graph.node.extend(reversed(kept))
    onnx.save(copy, path)
    return path


def check_ledger(checks, kiln, name, path, flags):
    _, entries = kiln.compile(path, "--mode=eval", *flags)
    expected = LEDGERS[name]
    if expected is None:
        placed = [e for e in entries if (e["action"] == "folded" and e["direction"] == "forward")
                  or (e["action"] == "fused" and e["reason"])]
        checks.that(len(entries) == len(placed) == 4,
                    f"ledger: {len(placed)} of 4 BN folded forward or fused with a reason: "
                    f"{[(e['action'], e.get('reason', '')) for e in entries]}")
    else:
        found = collections.Counter(e.get("direction") for e in entries
                                    if e["action"] == "folded")
        left = [(e["name"], e["action"], e.get("reason")) for e in entries
                if e["action"] != "folded"]
        checks.that(found == collections.Counter(expected),
                    f"ledger: folded {dict(found)}, expected {expected}; not folded: {left}")
    for e in entries:
        if e["action"] == "folded" and not e["measured"] <= e["bound"]:
            checks.that(False, f"ledger: {e['name']}: measured {e['measured']:.3g} "
                               f"over the bound {e['bound']:.3g}")


def check_against_interpreter(checks, kiln, path, model, inputs, ours, scratch):
    """Our error at most ALLOWANCE times onnxruntime's, at the outputs and
    before a final saturating op."""
    inner = before_final(model)
    # The interpreter and onnxruntime give both in one run. Ours runs the
    # truncated net by itself, so that its plan is not changed by an output more.
    tensors = {name: None for name in ours} | {pre: None for _, pre in inner}
    whole = with_outputs(model, tensors, scratch / "whole.onnx")
    theirs = support.onnxruntime_outputs(whole, inputs)
    tensors = {name: theirs[name].shape for name in tensors}
    whole = with_outputs(model, tensors, scratch / "whole.onnx")
    exact = kiln.run(whole, inputs, list(tensors), "--mode=eval", *support.EXACT)
    for name in exact:
        checks.that(exact[name].dtype == np.float64, f"{name}: the interpreter gives f64")
    if inner:
        cut = with_outputs(model, {pre: tensors[pre] for _, pre in inner},
                           scratch / "truncated.onnx")
        ours = ours | kiln.run(cut, inputs, [pre for _, pre in inner], "--mode=eval")
    befores = {pre for _, pre in inner}
    for name in tensors:
        magnitude = float(np.abs(exact[name]).max())
        mine = support.max_error(ours[name], exact[name])
        other = support.max_error(theirs[name], exact[name])
        where = "before the final op" if name in befores else "output"
        print(f"     {where} {name}: magnitude {magnitude:.4g}, error ours {mine:.3g}, "
              f"onnxruntime's {other:.3g}")
        checks.at_most(mine, max(ALLOWANCE * other, FLOOR * magnitude),
                       f"{where} {name}: error against the f64 interpreter")


def main():
    arguments = support.parse_arguments(__doc__, model=None)
    folder = support.shared_models() / arguments.model
    path = folder / "model.onnx"
    meta = json.loads((folder / "reference/meta.json").read_text())
    inputs = {meta["input"]["name"]: np.load(folder / "reference/input_0.npy")}
    reference = {output["name"]: np.load(folder / f"reference/output_{i}.npy")
                 for i, output in enumerate(meta["outputs"])}
    model = onnx.load(path)
    kiln = support.Kiln(arguments.kiln)
    checks = support.Checks()

    flags = [support.shape_flag(name, x.shape) for name, x in inputs.items()]
    check_ledger(checks, kiln, arguments.model, path, flags)
    ours = kiln.run(path, inputs, list(reference), "--mode=eval")
    for name, expected in reference.items():
        limit = 1e-4 * float(np.abs(expected).max())
        checks.at_most(support.max_error(ours[name], expected), limit,
                       f"output {name}: difference from the reference")
    check_against_interpreter(checks, kiln, path, model, inputs, ours,
                              kiln.scratch("x").parent)
    checks.finish()


if __name__ == "__main__":
    main()
