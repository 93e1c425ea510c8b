"""Writes what TorchInductor, torch.compile's back end, compiles ahead of time,
weights frozen, so that C++ can run it: a file a number of threads, since the weights
are packed for one such number and run at less than half the speed on another.

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import sys

import numpy as np
import torch

from ..onnx_torch import OnnxModule
from .torch_frozen import net_shape


def compiled(exported, target, freezing):
    torch._inductor.config.freezing = freezing
    torch._inductor.aoti_compile_and_package(exported, package_path=target)


def write(simple, x, target):
    with torch.no_grad():
        exported = torch.export.export(OnnxModule(simple).eval(), (x,))
        try:
            compiled(exported, target, freezing=True)
            return "freezing"
        except Exception as error:  # its constant folding has bugs of its own
            first = str(error).splitlines()[0]
            compiled(exported, target, freezing=False)
            return f"without freezing, which fails: {first[:200]}"


def main():
    simple, picture, target, *threads = sys.argv[1:]
    x = torch.from_numpy(np.fromfile(picture, np.float32).reshape(net_shape(simple)))
    notes = []
    for count in threads:
        torch.set_num_threads(int(count))
        notes.append(write(simple, x, target.replace("{threads}", count)))
    print("; ".join(dict.fromkeys(notes)))


if __name__ == "__main__":
    main()
