"""Compiles a net with TVM for this CPU by its default pipeline, untuned.

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import sys

import onnx
import tvm
from tvm import relax
from tvm.relax.frontend.onnx import from_onnx


def main():
    simple, _, target = sys.argv[1:]
    module = from_onnx(onnx.load(simple), keep_params_in_input=False)
    cpu = tvm.target.Target({"kind": "llvm", "mcpu": tvm.target.codegen.llvm_get_system_cpu()})
    with cpu:
        executable = tvm.compile(module, target=cpu)
    executable.export_library(target)
    print("untuned")


if __name__ == "__main__":
    main()
