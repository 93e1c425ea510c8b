#!/usr/bin/env python3
"""Writes training.json: the running statistics of PyTorch's BatchNorm2d in the
tutorial net after 1, 10 and 100 batches, for each momentum, computed in f32 and
in f64, and the first batch's output in part. Needs scripts/requirements-train.txt
(scripts/setup-python.sh --train).

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import json
import pathlib

import torch
from torch import nn

import training_net as net


def build(momentum, dtype):
    norm = nn.BatchNorm2d(3, eps=net.EPSILON, momentum=momentum)
    layers = nn.Sequential(nn.Conv2d(1, 3, 3, padding=1), norm, nn.ReLU())
    with torch.no_grad():
        for parameter, value in ((layers[0].weight, net.WEIGHTS), (layers[0].bias, net.BIAS),
                                 (norm.weight, net.SCALE), (norm.bias, net.OFFSET),
                                 (norm.running_mean, net.RUNNING_MEAN),
                                 (norm.running_var, net.RUNNING_VARIANCE)):
            parameter.copy_(torch.from_numpy(value))
    return layers.to(dtype).train()


def train(momentum, dtype):
    layers, recorded = build(momentum, dtype), {}
    for step in range(max(net.CHECKPOINTS)):
        with torch.no_grad():
            y = layers(torch.from_numpy(net.batch(step)).to(dtype))
        if step == 0 and momentum == 0.0:
            recorded["y"] = y[net.SAMPLE].flatten().tolist()
        if step + 1 in net.CHECKPOINTS:
            recorded[str(step + 1)] = {"mean": layers[1].running_mean.tolist(),
                                       "variance": layers[1].running_var.tolist()}
    return recorded


def main():
    torch.set_num_threads(1)
    record = {"torch": torch.__version__}
    for name, dtype in (("f32", torch.float32), ("f64", torch.float64)):
        record[name] = {str(momentum): train(momentum, dtype) for momentum in net.MOMENTA}
    path = pathlib.Path(__file__).with_name("training.json")
    path.write_text(json.dumps(record, indent=1) + "\n")


if __name__ == "__main__":
    main()
