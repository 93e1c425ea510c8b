#!/usr/bin/env python3
"""The recipe that is often given where a net does worse in eval mode: "use batches of
at least 16 or 32, and switch track_running_stats off". What each half of it does.

Needs PyTorch (Debian's python3-torch, or scripts/setup-python.sh --train).

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import torch

CHANNELS = 3


def trained():
    """The tutorial's net after 200 steps on data of mean 2 and deviation 3."""
    torch.manual_seed(0)
    net = torch.nn.Sequential(torch.nn.Conv2d(1, CHANNELS, 3, padding=1),
                              torch.nn.BatchNorm2d(CHANNELS), torch.nn.ReLU())
    net.train()
    for _ in range(200):
        net(pictures(32))
    return net


def pictures(count):
    return 2 + 3 * torch.randn(count, 1, 19, 19)


def apart(a, b):
    return f"{(a - b).abs().max().item():.3f}"


@torch.no_grad()
def main():
    net, x = trained(), pictures(32) + 1  # what comes now is brighter
    norm = net[1]
    in_training = torch.nn.Sequential(
        net[0], torch.nn.BatchNorm2d(CHANNELS, track_running_stats=False), net[2])(x)
    as_built = net.eval()(x)
    print(f"eval, as built:             {apart(as_built, in_training)} from training's output")

    norm.track_running_stats = False
    print(f"eval, flag switched off:    {apart(net(x), in_training)} from training's output, "
          f"{apart(net(x), as_built)} from eval's before")

    before = norm.running_mean.clone()
    net.train()(x)
    print(f"training, flag off:         the running mean moved by "
          f"{apart(norm.running_mean, before)}")

    norm.running_mean = norm.running_var = None
    net.eval()
    print(f"eval, buffers None:         {apart(net(x), in_training)} from training's output")
    alone = torch.cat([net(image[None]) for image in x])
    print(f"the same, images one by one: {apart(alone, net(x))} from the same images in a batch")


if __name__ == "__main__":
    main()
