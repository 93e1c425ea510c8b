"""Writes what TorchInductor, torch.compile's back end, compiles ahead of time,
weights frozen, so that C++ can run it.

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import sys

import numpy as np
import torch

from ..onnx_torch import OnnxModule
from .torch_frozen import net_shape


def main():
    simple, picture, target = sys.argv[1:]
    torch._inductor.config.freezing = True
    x = torch.from_numpy(np.fromfile(picture, np.float32).reshape(net_shape(simple)))
    with torch.no_grad():
        exported = torch.export.export(OnnxModule(simple).eval(), (x,))
        torch._inductor.aoti_compile_and_package(exported, package_path=target)
    print("TorchInductor, ahead of time, freezing")


if __name__ == "__main__":
    main()
