"""Writes a frozen TorchScript file: NCHW or channels-last inside, whichever is
faster here, input and output NCHW in either case.

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import sys
import time

import numpy as np
import torch

from ..onnx_torch import OnnxModule


class ChannelsLast(torch.nn.Module):
    """The net on channels-last tensors, the conversion of the input included."""

    def __init__(self, net):
        super().__init__()
        self.net = net.to(memory_format=torch.channels_last)

    def forward(self, x):
        return self.net(x.contiguous(memory_format=torch.channels_last))


def frozen(module, x):
    return torch.jit.freeze(torch.jit.trace(module.eval(), x))


def seconds(module, x):
    """The best of a few runs, as runners/torch_runner.cpp runs it."""
    module = torch.jit.optimize_for_inference(module)
    best = float("inf")
    for _ in range(8):
        begin = time.perf_counter()
        module(x)
        best = min(best, time.perf_counter() - begin)
    return best


def main():
    simple, picture, target = sys.argv[1:]
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    x = torch.from_numpy(np.fromfile(picture, np.float32).reshape(net_shape(simple)))
    with torch.no_grad():
        makers = {"NCHW": lambda: frozen(OnnxModule(simple), x),
                  "channels last": lambda: frozen(ChannelsLast(OnnxModule(simple)), x)}
        # Optimising for inference packs weights in a form that no file holds: it
        # is done again by who loads the file.
        best = min(makers, key=lambda name: seconds(makers[name](), x))
        makers[best]().save(target)
        print(best)


def net_shape(path):
    import onnx
    value = onnx.load(str(path), load_external_data=False).graph.input[0]
    return [dim.dim_value for dim in value.type.tensor_type.shape.dim]


if __name__ == "__main__":
    main()
