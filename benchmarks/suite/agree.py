"""Do all contenders compute the same? Each one's outputs against f64.

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import subprocess
import sys

import numpy as np

from .nets import Missing
from .paths import HERE

# A net of a hundred f32 layers is off by some 1e-6 of its greatest output; fast
# convolutions may take ten times a direct one's error. Beyond this it is another net.
LIMIT = 1e-3


def reference(net, prefix=()):
    """The outputs in f64, made under the command `prefix` where they are not yet."""
    kept = net.folder / "reference.npz"
    if not kept.exists() or kept.stat().st_mtime < net.simple.stat().st_mtime:
        subprocess.run([*prefix, sys.executable, "-m", "suite.prepare.reference",
                        str(net.simple), str(net.inputs[0].path), str(kept)],
                       cwd=HERE, check=True)
    loaded = np.load(kept)
    return [loaded[f"arr_{i}"] for i in range(len(loaded.files))]


def error(actual, expected):
    """The greatest difference of an output over its greatest magnitude in f64."""
    if actual.shape != expected.shape or not np.isfinite(actual).all():
        return float("inf")
    return float(np.abs(actual - expected).max() / np.abs(expected).max())


def errors(net, folder):
    """Of one contender's outputs in `folder`: the greatest error over outputs."""
    expected = reference(net)
    found = [error(np.fromfile(folder / f"output{i}.raw", np.float32)
                   .reshape(tensor.shape).astype(np.float64), expected[i])
             for i, tensor in enumerate(net.outputs)]
    worst = max(found)
    if not worst <= LIMIT:
        raise Missing(f"its outputs are off by {worst:.1e} of the greatest")
    return worst
