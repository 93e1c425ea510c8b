#!/usr/bin/env python3
"""The tutorial net in eval, in train and in eval without tracking: equal to
PyTorch's outputs, the first two apart, the last two together.

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import support
from support import np

FOLDER = support.ROOT / "examples/tutorial"
TOLERANCE = 1e-6
# (file, flags, whose recorded output it must give)
CASES = (
    ("eval", (), "eval"),
    ("train", (), "train"),
    ("eval_untracked", (), "eval_untracked"),
    ("eval", ("--mode=train",), "train"),
    ("train", ("--mode=eval",), "eval"),
    ("train", ("--mode=train",), "train"),
    ("eval_untracked", ("--mode=eval",), "eval_untracked"),
    ("eval_untracked", ("--mode=train",), "eval_untracked"),
)


def main():
    arguments = support.parse_arguments(__doc__)
    kiln = support.Kiln(arguments.kiln)
    checks = support.Checks()
    x = np.load(FOLDER / "x.npy")
    asked = {}
    for name, flags, expected in CASES:
        for how in ((), support.EXACT):
            y = kiln.run(FOLDER / f"{name}.onnx", {"x": x}, ["y"], *flags, *how)["y"]
            asked[name, flags, how] = y
            recorded = np.load(FOLDER / f"{expected}_y.npy")
            checks.at_most(support.max_error(y, recorded), TOLERANCE,
                           f"{name} {' '.join(flags + how)}: difference from PyTorch")
    apart = support.max_error(asked["eval", (), ()], asked["train", (), ()])
    together = support.max_error(asked["train", (), ()], asked["eval_untracked", (), ()])
    checks.that(apart > 0.5, f"eval and train differ: {apart:.3g}")
    checks.at_most(together, TOLERANCE, "train and eval without tracking agree")

    for name, flags, _ in CASES[:3]:
        _, entries = kiln.compile(FOLDER / f"{name}.onnx", *flags)
        folded = [e["action"] == "folded" for e in entries]
        checks.that(folded == [name == "eval"] and (name == "eval" or entries[0]["reason"]),
                    f"{name}: the ledger says {[(e['action'], e['reason']) for e in entries]}")
    checks.finish()


if __name__ == "__main__":
    main()
