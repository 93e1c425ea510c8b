"""Scripts that compile a net for one peer, each run in a process of its own:

    python -m suite.prepare.NAME SIMPLE.onnx INPUT.raw OUTPUT

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""
