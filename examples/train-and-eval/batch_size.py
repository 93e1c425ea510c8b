#!/usr/bin/env python3
"""What the size of a batch does to its statistics, and to each estimate that inference
may use, for one channel of images whose pixels hang together. Needs NumPy.

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import numpy as np

IMAGES, PIXELS = 4096, 6 * 6
MEAN, DEVIATION = 4.0, 2.0
SHARED = 0.5  # of the variance lies between images, the rest between pixels


def images(rng):
    brightness = rng.standard_normal((IMAGES, 1)) * np.sqrt(SHARED)
    texture = rng.standard_normal((IMAGES, PIXELS)) * np.sqrt(1 - SHARED)
    return MEAN + DEVIATION * (brightness + texture)


def running(values, momentum=0.1, start=1.0):
    for value in values:
        start += momentum * (value - start)
    return start


def main():
    x = images(np.random.default_rng(0))
    print("batch  its mean is off by  its variance is  running  average  pooled")
    for size in (2, 4, 8, 16, 32, 128):
        batches = x.reshape(-1, size * PIXELS)
        means, biased = batches.mean(axis=1), batches.var(axis=1)
        unbiased = batches.var(axis=1, ddof=1)
        pooled = biased.mean() + means.var()
        print(f"{size:5}  {np.std(means) / DEVIATION:13.3f} dev.  "
              f"{biased.mean() / DEVIATION**2:8.3f} of it   "
              f"{running(unbiased) / DEVIATION**2:7.3f}  "
              f"{unbiased.mean() / DEVIATION**2:7.3f}  {pooled / DEVIATION**2:6.3f}")


if __name__ == "__main__":
    main()
