#!/usr/bin/env python3
# ===- no_second_mlir.py - One copy of MLIR and LLVM in a process ---------===#
#
# Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------===#
"""Fails if a program defines core symbols of MLIR or LLVM, which it must take
from libMLIR.so and libLLVM.so: an archive linked by mistake brings a second
copy, with a second set of type identities, and ldd does not show it.

usage: no_second_mlir.py FOLDER     checks every program below it
"""

import pathlib
import shutil
import subprocess
import sys

# What every copy of the library defines, and no header does.
CORE = {
    "libLLVM.so": [
        "_ZN4llvm11LLVMContextC2Ev",  # LLVMContext::LLVMContext()
        "_ZN4llvm5ValueD2Ev",  # Value::~Value()
        "_ZN4llvm11raw_ostreamD2Ev",  # raw_ostream::~raw_ostream()
        "_ZN4llvm14TargetRegistry7targetsEv",
    ],
    "libMLIR.so": [
        # MLIRContext::MLIRContext(Threading)
        "_ZN4mlir11MLIRContextC2ENS0_9ThreadingE",
        "_ZN4mlir9Operation5eraseEv",
        "_ZN4mlir15OpPrintingFlagsC2Ev",
        # MlirOptMain(int, char **, StringRef, DialectRegistry &)
        "_ZN4mlir11MlirOptMainEiPPcN4llvm9StringRefERNS_15DialectRegistryE",
    ],
}


def defined(path, *flags):
    """The symbols that the file defines, without their versions."""
    output = subprocess.run(
        ["llvm-nm", "--defined-only", "--format=just-symbols", *flags, str(path)],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return {line.split("@")[0] for line in output.splitlines()}


def is_program(path):
    with open(path, "rb") as file:
        return file.read(4) == b"\x7fELF"


def main():
    libraries = pathlib.Path(shutil.which("llvm-nm")).resolve().parent.parent / "lib"
    # A name that no library defines would make this check pass for ever.
    errors = [
        f"{library} does not define {symbol}"
        for library, symbols in CORE.items()
        for symbol in symbols
        if symbol not in defined(libraries / library, "--dynamic")
    ]
    core = {symbol for symbols in CORE.values() for symbol in symbols}
    files = [path for path in pathlib.Path(sys.argv[1]).rglob("*") if path.is_file()]
    programs = sorted(filter(is_program, files))
    for program in programs:
        symbols = defined(program)
        if not symbols:
            errors.append(f"{program} is stripped: nothing to check")
        errors += [f"{program} defines {symbol}" for symbol in core & symbols]
    if not programs:
        errors.append(f"no programs in {sys.argv[1]}")
    for error in errors:
        print("error:", error)
    print(f"{len(programs)} programs checked, {len(errors)} errors")
    sys.exit(1 if errors else 0)


main()
