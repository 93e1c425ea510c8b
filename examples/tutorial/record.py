#!/usr/bin/env python3
"""Writes the tutorial net in its three modes, and what PyTorch computes for each.

One set of parameters, three files: eval (running statistics), train (the
batch's), and eval of a layer that tracks no statistics (the batch's again).
Needs scripts/requirements-train.txt (scripts/setup-python.sh --train).

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import copy
import json
import pathlib

import numpy as np
import onnx
import torch
from torch import nn

HERE = pathlib.Path(__file__).resolve().parent
SEED = 32
OPSET = 17


def build(tracks):
    """The net with odd statistics: off the batch's own, one scale negative."""
    torch.manual_seed(SEED)
    norm = nn.BatchNorm2d(3, track_running_stats=tracks)
    net = nn.Sequential(nn.Conv2d(1, 3, 3, padding=1), norm, nn.ReLU())
    with torch.no_grad():
        norm.weight.copy_(torch.tensor([0.31, -0.23, 0.17]))
        norm.bias.copy_(torch.tensor([0.05, 0.11, -0.07]))
        if tracks:
            norm.running_mean.copy_(torch.tensor([-0.37, 0.29, 0.13]))
            norm.running_var.copy_(torch.tensor([0.71, 0.083, 1.9]))
    return net


def record(name, net, image, norm_outputs):
    """Exports `net` as it stands and returns PyTorch's output for `image`."""
    with torch.no_grad():
        # Copies: a forward pass in training mode moves the running statistics.
        output = copy.deepcopy(net)(image).numpy()
        exact = copy.deepcopy(net).double()(image.double()).numpy()
    path = HERE / f"{name}.onnx"
    torch.onnx.export(copy.deepcopy(net), (image,), str(path), dynamo=False,
                      training=torch.onnx.TrainingMode.PRESERVE, opset_version=OPSET,
                      do_constant_folding=False, input_names=["x"], output_names=["y"])
    model = onnx.load(path)
    # Tracing ran the net, which moved the statistics: back to where they were,
    # so that one set of parameters stands behind all three files.
    state = net.state_dict()
    for tensor in model.graph.initializer:
        value = state[tensor.name].numpy()
        tensor.CopyFrom(onnx.numpy_helper.from_array(value, tensor.name))
    onnx.save(model, path)
    onnx.checker.check_model(model, full_check=True)
    norms = [n for n in model.graph.node if n.op_type == "BatchNormalization"]
    assert [len(n.output) for n in norms] == [norm_outputs], "BN exported in another mode"
    np.save(HERE / f"{name}_y.npy", output)
    return output, float(np.abs(output - exact).max())


def main():
    torch.set_num_threads(1)
    generator = torch.Generator().manual_seed(SEED)
    image = torch.randn(32, 1, 19, 19, generator=generator) * 0.7 + 0.4
    np.save(HERE / "x.npy", image.numpy())
    outputs = {}
    errors = {}
    for name, tracks, training, count in (("eval", True, False, 1),
                                          ("train", True, True, 3),
                                          ("eval_untracked", False, False, 3)):
        net = build(tracks).train(training)
        outputs[name], errors[name] = record(name, net, image, count)
    differ = float(np.abs(outputs["eval"] - outputs["train"]).max())
    agree = float(np.abs(outputs["train"] - outputs["eval_untracked"]).max())
    assert differ > 0.1 and agree < 1e-6
    summary = {"torch": torch.__version__, "seed": SEED, "opset": OPSET,
               "max_abs_output": {k: float(np.abs(v).max()) for k, v in outputs.items()},
               "torch_f32_error_against_f64": errors,
               "eval_against_train": differ, "train_against_eval_untracked": agree}
    (HERE / "tutorial.json").write_text(json.dumps(summary, indent=2) + "\n")
    print(json.dumps(summary, indent=2))


if __name__ == "__main__":
    main()
