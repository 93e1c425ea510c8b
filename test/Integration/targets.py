#!/usr/bin/env python3
"""Artifacts for other processors, on processors in software: AArch64 code, and
one artifact for x86-64-v4 and -v3, which chooses as it runs and says where the
machine has neither. All outputs agree with the f64 interpreter.

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import pathlib
import platform
import shutil
import subprocess

import support
from support import np

ROOT = support.ROOT
# net, the input's name, its file and the rows of it that are taken, shape flags
NETS = {
    "tutorial": (ROOT / "examples/tutorial/eval.onnx", ROOT / "examples/tutorial/x.npy", 32, []),
    "digits": (ROOT / "examples/digits/digits.onnx", ROOT / "examples/digits/test_images.npy", 3,
               ["--shapes=image:3x1x8x8"]),
}
# Reads the input, runs, writes the output; the code of run is the exit code.
PROGRAM = r"""
#include "net.h"
#include <stdio.h>
#include <stdlib.h>
static size_t count(int rank, const int64_t *dims) {
  size_t n = 1;
  for (int i = 0; i < rank; ++i) n *= dims[i];
  return n;
}
int main(int argc, char **argv) {
  size_t in = count(net_input_rank(0), net_input_shape(0));
  size_t out = count(net_output_rank(0), net_output_shape(0));
  float *x = malloc(in * 4), *y = malloc(out * 4);
  void *arena = aligned_alloc(64, (net_arena_size(0) + 127) / 64 * 64);
  FILE *file = fopen(argv[1], "rb");
  if (argc != 3 || fread(x, 4, in, file) != in) return 100;
  fclose(file);
  const void *inputs[] = {x};
  void *outputs[] = {y};
  int code = net_run(0, inputs, outputs, arena);
  if (code) return -code;
  file = fopen(argv[2], "wb");
  return fwrite(y, 4, out, file) == out && !fclose(file) ? 0 : 101;
}
"""
CPU_LACKS_FEATURE = 4


class Target:
    """How to compile for a processor, and to run on it."""

    def __init__(self, name, flags, compiler, runner, code=0):
        self.name, self.flags, self.compiler = name, flags, compiler
        self.runner, self.code = runner, code


def targets():
    """Those whose tools are there."""
    x86 = ["--mtriple=x86_64-linux-gnu", "--mcpu=generic"]
    arm = ["--mtriple=aarch64-linux-gnu", "--mcpu=generic"]
    all_targets = [
        Target("AArch64", arm, "aarch64-linux-gnu-gcc",
               ["qemu-aarch64", "-L", "/usr/aarch64-linux-gnu"]),
    ]
    if platform.machine() == "x86_64":
        all_targets += [
            Target("x86-64 with AVX2", x86, "clang-22", ["qemu-x86_64", "-cpu", "Haswell"]),
            Target("x86-64 without AVX", x86, "clang-22", ["qemu-x86_64", "-cpu", "Nehalem"],
                   CPU_LACKS_FEATURE),
            Target("this machine", x86, "clang-22", ["env"]),
        ]
    return [target for target in all_targets
            if shutil.which(target.compiler) and shutil.which(target.runner[0])]


def build(kiln, target, net, shapes):
    library = kiln.scratch("net.so")
    kiln.call("compile", net, "-o", library, "--net-name=net", "--mode=eval", *shapes,
              *target.flags)
    source = library.with_name("main.c")
    source.write_text(PROGRAM)
    program = library.with_name("main")
    subprocess.run([target.compiler, "-std=c11", "-D_GNU_SOURCE", f"-I{library.parent}", source,
                    library, f"-Wl,-rpath,{library.parent}", "-o", program], check=True)
    return program


def run(target, program, image):
    data, result = program.with_name("x"), program.with_name("y")
    data.write_bytes(image.tobytes())
    code = subprocess.run([*target.runner, program, data, result]).returncode
    return code, np.fromfile(result, np.float32) if code == 0 else None


def has_avx2():
    flags = pathlib.Path("/proc/cpuinfo")
    return flags.exists() and " avx2 " in flags.read_text()


def main():
    arguments = support.parse_arguments(__doc__)
    kiln = support.Kiln(arguments.kiln)
    checks = support.Checks()
    found = targets()
    if not found:
        support.skip("no compiler and emulator for another processor")
    for name, (net, file, rows, shapes) in NETS.items():
        image = np.ascontiguousarray(np.load(file)[:rows].astype(np.float32))
        given, exact = kiln.scratch("x.npy"), kiln.scratch("y.npy")
        np.save(given, image)
        kiln.call("run", net, f"--input=@{given}", f"--output=@{exact}", "--mode=eval", *shapes,
                  *support.EXACT)
        expected = np.load(exact).ravel()
        for target in found:
            if target.name == "this machine" and not has_avx2():
                continue
            code, output = run(target, build(kiln, target, net, shapes), image)
            checks.that(code == target.code, f"{name} on {target.name}: code {code}")
            if code == 0:
                checks.at_most(support.max_error(output, expected), 1e-5,
                               f"{name} on {target.name}: difference from the interpreter")
    checks.finish()


if __name__ == "__main__":
    main()
