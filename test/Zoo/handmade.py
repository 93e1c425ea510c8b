"""Nets that torchvision has not: each brings a form that its classics lack.

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import torch
from torch import nn


def conv_bn(inputs, outputs, kernel=3, stride=1, act=nn.ReLU, conv=nn.Conv2d,
            norm=nn.BatchNorm2d, **more):
    """Convolution -> BN -> activation, with padding that keeps the size."""
    if "padding" not in more:
        more["padding"] = kernel // 2 * more.get("dilation", 1)
    return nn.Sequential(conv(inputs, outputs, kernel, stride, bias=False, **more),
                         norm(outputs), act())


class UNet(nn.Module):
    """Two convolutions a level; up by a transposed convolution with BN, and by
    bilinear resizing at the last level."""

    def __init__(self, widths=(24, 40, 72, 136)):
        super().__init__()

        def level(inputs, outputs):
            return nn.Sequential(conv_bn(inputs, outputs), conv_bn(outputs, outputs))

        self.down = nn.ModuleList(map(level, (3, *widths[:-1]), widths))
        self.up = nn.ModuleList(
            nn.Sequential(nn.ConvTranspose2d(wide, narrow, 2, 2), nn.BatchNorm2d(narrow))
            for wide, narrow in zip(widths[:1:-1], widths[-2:0:-1]))
        self.last_up = nn.Sequential(
            nn.Upsample(scale_factor=2, mode="bilinear", align_corners=False),
            conv_bn(widths[1], widths[0], 1))
        self.merge = nn.ModuleList(level(2 * width, width) for width in widths[-2::-1])
        self.head = nn.Conv2d(widths[0], 5, 1)

    def forward(self, x):
        skips = []
        for level in self.down:
            x = level(nn.functional.max_pool2d(x, 2) if skips else x)
            skips.append(x)
        skips.pop()
        for up, merge in zip((*self.up, self.last_up), self.merge):
            x = merge(torch.cat([skips.pop(), up(x)], 1))
        return self.head(x)


class SRResNet(nn.Module):
    """PReLU, residual blocks, a long skip, two PixelShuffles (DepthToSpace)."""

    def __init__(self, width=48, blocks=6):
        super().__init__()
        self.head = nn.Sequential(nn.Conv2d(3, width, 9, padding=4), nn.PReLU())
        self.blocks = nn.ModuleList(
            nn.Sequential(conv_bn(width, width, act=lambda: nn.PReLU(width)),
                          conv_bn(width, width, act=nn.Identity)) for _ in range(blocks))
        self.after = conv_bn(width, width, act=nn.Identity)
        self.up = nn.Sequential(*(
            layer for _ in range(2)
            for layer in (nn.Conv2d(width, 4 * width, 3, padding=1), nn.PixelShuffle(2),
                          nn.PReLU())))
        self.tail = nn.Conv2d(width, 3, 9, padding=4)

    def forward(self, x):
        x = skip = self.head(x)
        for block in self.blocks:
            x = x + block(x)
        return self.tail(self.up(self.after(x) + skip))


class YoloHead(nn.Module):
    """A small backbone, pyramid pooling, a two-way neck of concatenations, and
    boxes decoded from anchors at three scales."""

    ANCHORS = (((10, 13), (16, 30), (33, 23)), ((30, 61), (62, 45), (59, 119)),
               ((116, 90), (156, 198), (373, 326)))
    STRIDES = (8, 16, 32)
    CLASSES = 7

    def __init__(self):
        super().__init__()
        silu = dict(act=nn.SiLU)
        leaky = dict(act=lambda: nn.LeakyReLU(0.1))
        self.stem = nn.Sequential(conv_bn(3, 16, 6, 2, padding=2, **silu),
                                  conv_bn(16, 32, 3, 2, **silu), conv_bn(32, 48, 3, 2, **silu))
        self.to16 = nn.Sequential(conv_bn(48, 96, 3, 2, **silu), conv_bn(96, 96, 3, **silu))
        self.to32 = nn.Sequential(conv_bn(96, 160, 3, 2, **silu), conv_bn(160, 80, 1, **silu))
        self.pools = nn.ModuleList(nn.MaxPool2d(k, 1, k // 2) for k in (5, 9, 13))
        self.spp = conv_bn(4 * 80, 96, 1, **leaky)
        self.up = nn.Upsample(scale_factor=2, mode="nearest")
        self.top16 = conv_bn(96 + 96, 64, 3, **leaky)
        self.top8 = conv_bn(64 + 48, 48, 3, **leaky)
        self.down16 = conv_bn(48, 64, 3, 2, **leaky)
        self.down32 = conv_bn(64 + 64, 96, 3, 2, **leaky)
        outputs = 3 * (5 + self.CLASSES)
        self.heads = nn.ModuleList(nn.Conv2d(c, outputs, 1) for c in (48, 128, 192))

    def decode(self, x, anchors, stride):
        batch, _, height, width = map(int, x.shape)
        x = x.view(batch, 3, 5 + self.CLASSES, height, width).permute(0, 1, 3, 4, 2).sigmoid()
        ys, xs = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
        grid = torch.stack((xs, ys), -1).float()
        sizes = torch.tensor(anchors).float().view(1, 3, 1, 1, 2)
        centres = (x[..., 0:2] * 2 - 0.5 + grid) * stride
        extents = (x[..., 2:4] * 2) ** 2 * sizes
        rows = batch, -1
        boxes = torch.cat((centres, extents), -1).reshape(*rows, 4)
        return boxes, (x[..., 4:5] * x[..., 5:]).reshape(*rows, self.CLASSES)

    def forward(self, x):
        at8 = self.stem(x)
        at16 = self.to16(at8)
        deep = self.to32(at16)
        deep = self.spp(torch.cat([deep, *(pool(deep) for pool in self.pools)], 1))
        top16 = self.top16(torch.cat([self.up(deep), at16], 1))
        top8 = self.top8(torch.cat([self.up(top16), at8], 1))
        low16 = torch.cat([self.down16(top8), top16], 1)
        low32 = torch.cat([self.down32(low16), deep], 1)
        found = [self.decode(head(level), anchors, stride) for head, level, anchors, stride
                 in zip(self.heads, (top8, low16, low32), self.ANCHORS, self.STRIDES)]
        return tuple(torch.cat(part, 1) for part in zip(*found))


def generator(noise=100, width=48):
    """DCGAN's: ConvTranspose -> BN -> ReLU, of several kernels and paddings."""
    def up(inputs, outputs, *window, **more):
        return nn.Sequential(nn.ConvTranspose2d(inputs, outputs, *window, bias=False, **more),
                             nn.BatchNorm2d(outputs), nn.ReLU())
    return nn.Sequential(up(noise, 4 * width, 4, 1, 0), up(4 * width, 2 * width, 4, 2, 1),
                         up(2 * width, width, 3, 2, 1, output_padding=1),
                         up(width, width, 5, 2, 2, output_padding=1, groups=4),
                         nn.ConvTranspose2d(width, 3, 4, 2, 1), nn.Tanh())


class Conv1d(nn.Module):
    """A dilated residual net over time; BN behind a linear layer too."""

    def __init__(self, width=40):
        super().__init__()
        kind = dict(conv=nn.Conv1d, norm=nn.BatchNorm1d)
        self.stem = nn.Sequential(conv_bn(9, width, 15, 2, **kind), nn.MaxPool1d(3, 2, 1))
        self.blocks = nn.ModuleList(
            nn.Sequential(conv_bn(width, width, 3, dilation=2 ** i, act=nn.ELU, **kind),
                          conv_bn(width, width, 5, groups=4, act=nn.Identity, **kind))
            for i in range(4))
        self.pool = nn.AvgPool1d(4, 3)
        self.head = nn.Sequential(nn.Linear(2 * width, 33, bias=False), nn.BatchNorm1d(33),
                                  nn.ReLU(), nn.Linear(33, 6), nn.LogSoftmax(1))

    def forward(self, x):
        x = self.stem(x)
        for block in self.blocks:
            x = torch.relu(x + block(x))
        x = self.pool(x)
        return self.head(torch.cat([x.mean(2), x.amax(2)], 1))


class Conv3d(nn.Module):
    """Plain and factorised (space, then time) convolutions over a clip."""

    def __init__(self):
        super().__init__()
        kind = dict(conv=nn.Conv3d, norm=nn.BatchNorm3d)
        self.stem = conv_bn(3, 16, (3, 7, 7), (1, 2, 2), padding=(1, 3, 3), **kind)
        self.pool = nn.MaxPool3d((1, 3, 3), (1, 2, 2), (0, 1, 1))
        self.plain = nn.Sequential(conv_bn(16, 24, 3, **kind),
                                   conv_bn(24, 16, 3, act=nn.Identity, **kind))
        self.factorised = nn.Sequential(
            conv_bn(16, 36, (1, 3, 3), (1, 2, 2), padding=(0, 1, 1), **kind),
            conv_bn(36, 32, (3, 1, 1), (2, 1, 1), padding=(1, 0, 0), **kind))
        self.head = nn.Linear(32, 11)

    def forward(self, x):
        x = self.pool(self.stem(x))
        x = self.factorised(torch.relu(x + self.plain(x)))
        return self.head(nn.functional.adaptive_avg_pool3d(x, 1).flatten(1))
