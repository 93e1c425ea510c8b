"""The tutorial net in training, and batches for it that are the same on any
machine: for the test of running statistics and for what records PyTorch's.

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import numpy as np

SHAPE = (32, 1, 19, 19)
CHECKPOINTS = (1, 10, 100)
# The weight of the new batch; None: every batch weighs the same.
MOMENTA = (0.0, 0.1, 1.0, None)
EPSILON = 1e-5
# The elements of an output that are recorded.
SAMPLE = (slice(None, None, 8), slice(None), slice(None, None, 6), slice(None, None, 6))
# Odd statistics: off the batches' own, one scale negative.
SCALE = np.float32([0.31, -0.23, 0.17])
OFFSET = np.float32([0.05, 0.11, -0.07])
RUNNING_MEAN = np.float32([-0.37, 0.29, 0.13])
RUNNING_VARIANCE = np.float32([0.71, 0.083, 1.9])
BIAS = np.float32([0.19, -0.42, 0.07])


def spread(count, start):
    """Numbers in [-1, 1), exact in f32, well spread: a Weyl sequence."""
    steps = np.arange(start, start + count, dtype=np.uint64) * np.uint64(2654435761)
    return ((steps % np.uint64(2**32)) >> np.uint64(8)).astype(np.float32) / 2**23 - 1


WEIGHTS = (spread(27, 977) * np.float32(0.4)).reshape(3, 1, 3, 3)


def batch(step):
    """The `step`-th batch: another range and another mean each time."""
    values = spread(int(np.prod(SHAPE)), 1 + step * 11557)
    scale, shift = np.float32(0.5 + 0.25 * (step % 7)), np.float32(0.125 * (step % 5))
    return (values * scale + shift).reshape(SHAPE)
