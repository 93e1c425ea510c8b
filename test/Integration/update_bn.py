#!/usr/bin/python3
"""Statistics of the digits net by torch.optim.swa_utils.update_bn.

    update_bn.py IN.npz OUT.npz

IN holds `images`, the size of a `batch` and the net's tensors as `net.NAME`; OUT
the running statistics by name. Exit code 77 without PyTorch.

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import pathlib
import sys

SKIP = 77
try:
    import numpy as np
    import torch
except ImportError as error:
    print(f"{error}; scripts/install-deps.sh --zoo installs it")
    sys.exit(SKIP)

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "examples/digits"))
from net import Digits


def main(source, target):
    given = np.load(source)
    net = Digits()
    state = {name[4:]: torch.from_numpy(given[name]) for name in given.files
             if name.startswith("net.")}
    missing, unexpected = net.load_state_dict(state, strict=False)
    assert not unexpected and all("num_batches_tracked" in name for name in missing)
    images = torch.from_numpy(given["images"])
    torch.optim.swa_utils.update_bn(images.split(int(given["batch"])), net)
    np.savez(target, **{name: value.numpy() for name, value in net.named_buffers()})


if __name__ == "__main__":
    main(*sys.argv[1:])
