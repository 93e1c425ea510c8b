"""Where things lie.

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import os
import pathlib

HERE = pathlib.Path(__file__).resolve().parents[1]
ROOT = HERE.parent
BUILD = pathlib.Path(os.environ.get("KILN_BENCHMARKS_BUILD", ROOT / "build/benchmarks"))
RUNNERS = HERE / "runners"
RESULTS = HERE / "results"
MODELS = pathlib.Path(os.environ.get("KILN_SHARED_DIR", ROOT.parent / "shared")) / "models"
