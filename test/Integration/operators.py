#!/usr/bin/env python3
"""Operators on whole tensors against numpy, on odd shapes.

The cases of operator_cases.py and index_cases.py are gathered into one net an opset, which is
compiled and run, and interpreted; each result is compared with what numpy
computes in f64 from the same inputs. The largest difference allowed is 4e-6 of
the expected result's largest magnitude (or of 1, where that is smaller): f32
sums of up to some hundred elements; a case may state its own.

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

from support import EXACT, Checks, Kiln, onnx, np, parse_arguments

import index_cases
import operator_cases

from onnx import helper, numpy_helper

TOLERANCE = 4e-6


def info(name, array):
    kind = helper.np_dtype_to_tensor_dtype(array.dtype)
    return helper.make_tensor_value_info(name, kind, array.shape)


def write_net(cases, opset, path):
    """One net of all cases; returns the arrays of its inputs by name."""
    nodes, constants, feeds, inputs, outputs = [], [], {}, [], []
    for case in cases:
        names = []
        for i, (array, is_constant) in enumerate(case.operands):
            name = f"{case.name}_x{i}" if array is not None else ""
            names.append(name)
            if array is None:
                continue
            if is_constant:
                constants.append(numpy_helper.from_array(array, name))
            else:
                feeds[name] = array
                inputs.append(info(name, array))
        results = [f"{case.name}_y{i}" if y is not None else ""
                   for i, y in enumerate(case.expected)]
        outputs += [info(name, y) for name, y in zip(results, case.expected) if name]
        nodes.append(helper.make_node(case.op, names, results, name=case.name,
                                      **case.attributes))
    graph = helper.make_graph(nodes, f"operators_{opset}", inputs, outputs, constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)],
                              ir_version=8)
    onnx.save(model, path)
    return feeds


def run(kiln, path, feeds, names, flags):
    """The net's outputs by name; its shapes are all declared."""
    archive = kiln.scratch("inputs.npz")
    np.savez(archive, **feeds)
    folder = kiln.scratch("outputs").parent
    kiln.call("run", path, *flags, *(f"--input={name}=@{archive}:{name}" for name in feeds),
              *(f"--output={name}=@{folder / name}.npy" for name in names))
    return {name: np.load(f"{folder / name}.npy") for name in names}


def error(actual, expected):
    """Largest difference relative to the largest magnitude; infinities and NaN
    must stand at the same places."""
    if actual.shape != expected.shape:
        return float("inf")
    actual, expected = actual.astype(np.float64), expected.astype(np.float64)
    finite = np.isfinite(expected)
    if not np.array_equal(actual[~finite], expected[~finite], equal_nan=True):
        return float("inf")
    if not finite.any():
        return 0.0
    difference = np.abs(actual[finite] - expected[finite]).max()
    return float(difference / max(1.0, np.abs(expected[finite]).max()))


def main():
    options = parse_arguments(__doc__.splitlines()[0], only="")
    kiln, checks = Kiln(options.kiln), Checks()
    by_opset = {}
    for case in (*operator_cases.all_cases(), *index_cases.all_cases()):
        if options.only in case.name:
            by_opset.setdefault(case.opset, []).append(case)
    for opset, cases in sorted(by_opset.items()):
        path = kiln.scratch(f"operators_{opset}.onnx")
        feeds = write_net(cases, opset, path)
        names = [f"{case.name}_y{i}" for case in cases
                 for i, y in enumerate(case.expected) if y is not None]
        for how, flags in (("compiled", ()), ("interpreted", EXACT)):
            results = run(kiln, path, feeds, names, flags)
            for case in cases:
                worst = max(error(results[f"{case.name}_y{i}"], y)
                            for i, y in enumerate(case.expected) if y is not None)
                checks.at_most(worst, case.tolerance or TOLERANCE,
                               f"opset {opset} {how} {case.name}")
    checks.finish()


if __name__ == "__main__":
    main()
