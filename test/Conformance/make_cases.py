#!/usr/bin/env python3
# Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Writes the node test cases that PyPI's onnx package holds as code to a folder,
in the form of ONNX's own data: node/NAME/model.onnx and test_data_set_0/*.pb.

Cases with inputs or outputs that are no tensors (sequences, maps) are left out.
Ends with 77 where the package is not installed.
"""
import os
import sys

try:
    import numpy as np
    from onnx import TensorProto, numpy_helper
    from onnx.backend.test.case.node import collect_testcases
except ImportError as error:
    print(f"skipped: {error} (scripts/setup-python.sh installs it)")
    sys.exit(77)


def write_tensor(path, value, name):
    if not isinstance(value, TensorProto):
        value = numpy_helper.from_array(np.asarray(value), name)
    with open(path, "wb") as file:
        file.write(value.SerializeToString())


def write_case(case, folder):
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "model.onnx"), "wb") as file:
        file.write(case.model.SerializeToString())
    for number, (inputs, outputs) in enumerate(case.data_sets):
        data = os.path.join(folder, f"test_data_set_{number}")
        os.makedirs(data, exist_ok=True)
        for kind, values, declared in (
            ("input", inputs, case.model.graph.input),
            ("output", outputs, case.model.graph.output),
        ):
            for i, (value, info) in enumerate(zip(values, declared, strict=True)):
                write_tensor(os.path.join(data, f"{kind}_{i}.pb"), value, info.name)


def holds_tensors(case):
    graph = case.model.graph
    return all(
        info.type.HasField("tensor_type") for info in (*graph.input, *graph.output)
    )


def write_all(folder):
    """Writes every case; the cases' inputs are random, from one seed."""
    np.random.seed(0)
    # Some cases overflow, or divide by zero, to see what comes of it.
    np.seterr(all="ignore")
    count = 0
    for case in collect_testcases():
        if holds_tensors(case):
            write_case(case, os.path.join(folder, "node", case.name))
            count += 1
    return count


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: make_cases.py FOLDER")
    print(f"wrote {write_all(sys.argv[1])} cases")
