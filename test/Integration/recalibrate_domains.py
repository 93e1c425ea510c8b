#!/usr/bin/env python3
"""kiln recalibrate --adapt on pictures of other domains, over five seeds: contrast
and brightness lose most of their harm; what is left of blur and noise is printed.

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import digits
import support
from support import np

SEEDS = range(5)
LEAST_COST = 0.10
LEAST_RECOVERY = 0.70


def contrast(images, random):
    """Weaker, around each picture's mean."""
    mean = images.mean((2, 3), keepdims=True)
    return mean + random.uniform(0.3, 0.5) * (images - mean)


def brightness(images, random):
    return images + random.uniform(0.3, 0.5)


def blur(images, random):
    sigma = random.uniform(0.7, 0.9)
    weights = np.exp(-np.arange(-3, 4) ** 2 / (2 * sigma ** 2))
    weights /= weights.sum()
    for axis in (2, 3):
        padding = [(3, 3) if a == axis else (0, 0) for a in range(4)]
        padded = np.pad(images, padding, mode="edge")
        images = sum(w * np.take(padded, range(i, i + 8), axis)
                     for i, w in enumerate(weights))
    return images


def noise(images, random):
    return images + random.uniform(0.3, 0.4) * random.standard_normal(images.shape)


# What must be recovered of a domain's harm; nothing where it is only stated.
DOMAINS = ((contrast, LEAST_RECOVERY), (brightness, LEAST_RECOVERY), (blur, None),
           (noise, None))


def adapted(kiln, seed, images, labels):
    right = 0
    for estimate, classify in digits.halves(seed, len(images)):
        data = digits.save_batches(kiln, images[estimate], len(estimate))
        path = kiln.scratch("new.onnx")
        kiln.call("recalibrate", digits.NET, "--adapt", f"--data={data}", "-o", path)
        right += digits.correct(path, images[classify], labels[classify])
    return right


def main():
    arguments = support.parse_arguments(__doc__)
    kiln = support.Kiln(arguments.kiln)
    checks = support.Checks()
    images, labels = digits.load()
    original = digits.correct(digits.NET, images, labels)
    for domain, least in DOMAINS:
        shares = []
        for seed in SEEDS:
            random = np.random.default_rng(seed)
            # Pictures stay between black and white.
            other = np.clip(domain(images, random), 0, 1).astype(np.float32)
            before = digits.correct(digits.NET, other, labels)
            after = adapted(kiln, seed, other, labels)
            shares.append((after - before) / (original - before))
            checks.that(original - before >= LEAST_COST * len(images),
                        f"{domain.__name__}, seed {seed}: {original} right, {before} in the "
                        f"domain, {after} adapted: {shares[-1]:.0%} recovered")
        if least is not None:
            checks.that(min(shares) >= least, f"{domain.__name__}: at least {min(shares):.0%}")
        print(f"     {domain.__name__}: {np.mean(shares):.0%} recovered "
              f"({min(shares):.0%} to {max(shares):.0%})")
    checks.finish()


if __name__ == "__main__":
    main()
