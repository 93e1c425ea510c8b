"""What training.py measures: shapes, parameters, and the same net as nn IR.

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import numpy as np

BATCH, EPSILON, MOMENTUM = 32, 1e-5, 0.1
SHAPES = {"56": (BATCH, 64, 56, 56), "14": (BATCH, 256, 14, 14)}
KINDS = ("bn_relu", "bn_add_relu", "conv_bn_relu")
CASES = [f"{kind}_{size}" for kind in KINDS for size in SHAPES]


class Case:
    """Tensors of one case, the same in every process."""

    def __init__(self, name):
        self.kind, size = name.rsplit("_", 1)
        self.shape = SHAPES[size]
        rng = np.random.default_rng(20261123)
        channels = self.shape[1]

        def floats(*shape):
            return rng.standard_normal(shape).astype(np.float32)

        self.x = floats(*self.shape) * np.float32(1.5) + np.float32(0.7)
        self.skip = floats(*self.shape) if self.kind == "bn_add_relu" else None
        self.weights = None
        if self.kind == "conv_bn_relu":
            self.weights = floats(channels, channels, 3, 3) / np.float32(3 * channels**0.5)
        self.scale, self.offset = floats(channels), floats(channels)
        self.running_mean = floats(channels)
        self.running_variance = np.abs(floats(channels)) + np.float32(0.1)

    def inputs(self):
        """Of the net, in its order."""
        return [self.x, self.running_mean, self.running_variance] + (
            [self.skip] if self.skip is not None else [])

    def text(self):
        """The net as nn IR."""
        x, v = ("tensor<" + "x".join(map(str, dims)) + "xf32>"
                for dims in (self.shape, self.shape[1:2]))
        w = f"tensor<{self.shape[1]}x{self.shape[1]}x3x3xf32>"
        arguments = [f'%x: {x} {{nn.name = "x"}}', f'%rm: {v} {{nn.name = "mean_in"}}',
                     f'%rv: {v} {{nn.name = "variance_in"}}']
        lines = []
        source, value = "%x", "%n"
        if self.skip is not None:
            arguments.append(f'%skip: {x} {{nn.name = "skip"}}')
        if self.weights is not None:
            lines.append(f"%w = arith.constant {dense(self.weights)} : {w}")
            lines.append(
                "%c = nn.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, "
                "pad_low = array<i64: 1, 1>, pad_high = array<i64: 1, 1>, groups = 1 : i64} : "
                f"({x}, {w}) -> {x}")
            source = "%c"
        lines += [f"%s = arith.constant {dense(self.scale)} : {v}",
                  f"%o = arith.constant {dense(self.offset)} : {v}",
                  f"%n, %m, %v = nn.batch_norm_training {source}, %s, %o running(%rm, %rv) "
                  f"{{epsilon = {EPSILON:.17e} : f64, momentum = {MOMENTUM:.17e} : f64, "
                  "tracks_statistics, unbiased_variance} : "
                  f"({x}, {v}, {v}, {v}, {v}) -> ({x}, {v}, {v})"]
        if self.skip is not None:
            same = "affine_map<(n, c, h, w) -> (n, c, h, w)>"
            loops = ", ".join(['"parallel"'] * 4)
            lines.append(
                f"%e = tensor.empty() : {x}\n"
                f"%a = linalg.generic {{indexing_maps = [{same}, {same}, {same}], "
                f"iterator_types = [{loops}]}} ins(%n, %skip : {x}, {x}) outs(%e : {x}) {{\n"
                "^bb0(%p: f32, %q: f32, %r: f32):\n%t = arith.addf %p, %q : f32\n"
                f"linalg.yield %t : f32\n}} -> {x}")
            value = "%a"
        lines.append(f"%y = nn.relu {value} : {x}")
        return (f"func.func @training({', '.join(arguments)}) -> ({x} {{nn.name = \"y\"}}, "
                f"{v} {{nn.name = \"mean\"}}, {v} {{nn.name = \"variance\"}}) {{\n"
                + "\n".join(lines) + f"\nreturn %y, %m, %v : {x}, {v}, {v}\n}}\n")

    def expected(self):
        """Result, running mean and running variance after one run from the start, in
        f64, of some channels where there is a convolution."""
        x = self.x.astype(np.float64)
        channels = range(self.shape[1])
        if self.weights is not None:
            channels = range(0, self.shape[1], 37)
            x = np.stack([self.convolved(c) for c in channels], axis=1)
        channels = list(channels)
        mean = x.mean(axis=(0, 2, 3), keepdims=True)
        variance = x.var(axis=(0, 2, 3), keepdims=True)
        normal = (x - mean) / np.sqrt(variance + EPSILON)
        y = (normal * self.scale[channels].astype(np.float64)[:, None, None]
             + self.offset[channels].astype(np.float64)[:, None, None])
        if self.skip is not None:
            y += self.skip
        count = x[:, 0].size
        return channels, (np.maximum(y, 0), self.updated(self.running_mean, channels, mean),
                          self.updated(self.running_variance, channels,
                                       variance * (count / (count - 1))))

    @staticmethod
    def updated(running, channels, batch):
        old = running[channels].astype(np.float64)
        return (1 - MOMENTUM) * old + MOMENTUM * batch.reshape(-1)

    def convolved(self, channel):
        height, width = self.shape[2:]
        padded = np.pad(self.x, ((0, 0), (0, 0), (1, 1), (1, 1))).astype(np.float64)
        return sum(np.einsum("nchw,c->nhw", padded[:, :, i:i + height, j:j + width],
                             self.weights[channel, :, i, j].astype(np.float64))
                   for i in range(3) for j in range(3))


def dense(values):
    """A constant by its bytes, as MLIR writes it."""
    return f'dense<"0x{values.tobytes().hex().upper()}">'
