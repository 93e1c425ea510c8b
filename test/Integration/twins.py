#!/usr/bin/env python3
"""A net against its twin, whose BNs its own author folded: within 1e-4.

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import json

import support
from support import np


def main():
    arguments = support.parse_arguments(__doc__)
    models = support.shared_models()
    kiln = support.Kiln(arguments.kiln)
    checks = support.Checks()
    for name in ("rfb320", "slim320"):
        meta = json.loads((models / name / "reference/meta.json").read_text())
        inputs = {meta["input"]["name"]: np.load(models / name / "reference/input_0.npy")}
        outputs = [output["name"] for output in meta["outputs"]]
        ours = kiln.run(models / name / "model.onnx", inputs, outputs)
        twin = kiln.run(models / name / "model_folded.onnx", inputs, outputs)
        for output in outputs:
            checks.at_most(support.max_error(ours[output], twin[output]), 1e-4,
                           f"{name} {output}: difference from the folded twin")
    checks.finish()


if __name__ == "__main__":
    main()
