#!/usr/bin/env python3
"""A compile of ppocr3_rec_en (9 MB) takes under 20 s and 2 GB.

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import os
import subprocess
import time

import support

SECONDS = 20
BYTES = 2e9


def main():
    arguments = support.parse_arguments(__doc__)
    model = support.shared_models() / "ppocr3_rec_en/model.onnx"
    kiln = support.Kiln(arguments.kiln)
    checks = support.Checks()
    library = kiln.scratch("net.so")
    started = time.monotonic()
    process = subprocess.Popen([str(arguments.kiln), "compile", str(model), "-o", str(library),
                                support.shape_flag("x", (1, 3, 48, 320))],
                               stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    checks.that(process.returncode == 0, f"exit code {process.returncode}")
    checks.that(library.exists(), "the library is written")
    checks.at_most(seconds, SECONDS, "seconds")
    checks.at_most(usage.ru_maxrss * 1024, BYTES, "bytes of memory")
    checks.finish()


if __name__ == "__main__":
    main()
