"""Compiles a net with IREE for this CPU.

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import subprocess
import sys

FLAGS = ["--iree-hal-target-backends=llvm-cpu", "--iree-llvmcpu-target-cpu=host",
         "--iree-opt-level=O3", "--iree-opt-data-tiling", "--iree-dispatch-creation-data-tiling"]


def main():
    simple, _, target = sys.argv[1:]
    python = [sys.executable, "-m"]
    imported = target + ".mlir"
    subprocess.run([*python, "iree.compiler.tools.import_onnx", simple, "-o", imported,
                    "--opset-version", "17"], check=True)
    subprocess.run([*python, "iree.compiler.tools.scripts.iree_compile", imported, "-o", target,
                    *FLAGS], check=True)
    print("O3, data tiling")


if __name__ == "__main__":
    main()
