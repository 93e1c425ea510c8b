"""The digits net, by itself: what trains it needs more than what runs it.

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import torch
from torch import nn


class Digits(nn.Module):
    """Small, but with what folding must get right: a grouped and a depthwise
    convolution, channel counts that no vector width divides, a convolution
    with a bias, a BN behind a linear layer, and negative BN scales."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 15, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(15)
        self.conv2 = nn.Conv2d(15, 35, 3, padding=1, groups=5)
        self.bn2 = nn.BatchNorm2d(35)
        self.pool = nn.MaxPool2d(2)
        self.depthwise = nn.Conv2d(35, 35, 3, padding=1, groups=35, bias=False)
        self.bn3 = nn.BatchNorm2d(35)
        self.pointwise = nn.Conv2d(35, 21, 1, bias=False)
        self.bn4 = nn.BatchNorm2d(21, eps=1e-3)
        self.average = nn.AvgPool2d(2)
        self.hidden = nn.Linear(21 * 2 * 2, 27)
        self.bn5 = nn.BatchNorm1d(27)
        self.classes = nn.Linear(27, 10)
        self.act = nn.ReLU()
        for module in self.modules():
            if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d)):
                with torch.no_grad():  # training keeps most of these signs
                    module.weight[::3] *= -1

    def forward(self, image):
        x = self.act(self.bn1(self.conv1(image)))
        x = self.pool(self.act(self.bn2(self.conv2(x))))
        x = self.act(self.bn3(self.depthwise(x)))
        x = self.average(self.act(self.bn4(self.pointwise(x))))
        x = self.act(self.bn5(self.hidden(torch.flatten(x, 1))))
        return self.classes(x)
