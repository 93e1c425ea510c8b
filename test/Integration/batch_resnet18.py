#!/usr/bin/env python3
"""torchvision's ResNet-18 with an open batch gives at N = 1, 3 and 8 what three
nets compiled for these batches give, within 1e-6 of the largest output (it is
printed whether they agree to the bit), and what PyTorch gives.

PyTorch comes from Debian's packages: KILN_TORCH_PYTHON names the interpreter
that has them. Without it the test is skipped.

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import os
import subprocess

import support
from shaped_library import ShapedLibrary
from support import np

BATCHES = (1, 3, 8)
TORCH_PYTHON = os.environ.get("KILN_TORCH_PYTHON", "/usr/bin/python3")

# Statistics as after training, some scales negative: folding must count.
EXPORT = """
import sys
try:
    import numpy, torch, torchvision
except ImportError as error:
    print(error)
    sys.exit(77)
torch.manual_seed(7)
net = torchvision.models.resnet18()
for module in net.modules():
    if isinstance(module, torch.nn.BatchNorm2d):
        module.running_mean.normal_(0, 0.1)
        module.running_var.uniform_(0.5, 1.5)
        module.weight.data.uniform_(0.5, 1.5)
        module.weight.data[::7] *= -1
        module.bias.data.normal_(0, 0.1)
net.eval()
model, images, outputs = sys.argv[1:]
torch.onnx.export(net, torch.zeros(1, 3, 224, 224), model, opset_version=13,
                  training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=False,
                  input_names=["x"], output_names=["y"],
                  dynamic_axes={"x": {0: "N"}, "y": {0: "N"}})
with torch.no_grad():
    numpy.save(outputs, net(torch.from_numpy(numpy.load(images))).numpy())
"""


def export(kiln, images):
    """The net's file, and what PyTorch makes of the images."""
    model, given = kiln.scratch("resnet18.onnx"), kiln.scratch("images.npy")
    outputs = kiln.scratch("outputs.npy")
    np.save(given, images)
    done = subprocess.run([TORCH_PYTHON, "-c", EXPORT, model, given, outputs],
                          capture_output=True, text=True, timeout=500)
    if done.returncode == support.SKIP:
        support.skip(f"{TORCH_PYTHON} has no torchvision: {done.stdout.strip()}")
    if done.returncode != 0:
        raise RuntimeError(done.stderr[-4000:])
    return model, np.load(outputs)


def main():
    arguments = support.parse_arguments(__doc__)
    kiln = support.Kiln(arguments.kiln)
    checks = support.Checks()
    images = np.random.default_rng(20).standard_normal((8, 3, 224, 224)).astype(np.float32)
    model, expected = export(kiln, images)

    open_path, _ = kiln.compile(model, "--shapes=x:Nx3x224x224")
    library = ShapedLibrary(open_path, "resnet18")
    arenas = {library.arena_size([n, 3, 224, 224]) for n in (*BATCHES, 1000)}
    checks.that(len(arenas) == 1 and min(arenas) > 0, f"one arena for every N: {arenas}")
    limit = 1e-5 * float(np.abs(expected).max())
    whole = library.run(images)[0]
    checks.at_most(support.max_error(whole, expected), limit, "difference from PyTorch")
    for n in BATCHES:
        fixed_path, _ = kiln.compile(model, f"--shapes=x:{n}x3x224x224")
        fixed = ShapedLibrary(fixed_path, "resnet18").run(images[:n])[0]
        open_result = library.run(images[:n])[0]
        checks.that(np.array_equal(open_result, whole[:n]),
                    f"N = {n}: an image gives the same in a smaller batch, to the bit")
        difference = support.max_error(open_result, fixed)
        same = "to the bit" if np.array_equal(open_result, fixed) else "not to the bit"
        checks.at_most(difference, 1e-6 * float(np.abs(fixed).max()),
                       f"N = {n}: difference from the fixed artifact ({same})")
    checks.finish()


if __name__ == "__main__":
    main()
