#!/usr/bin/python3
"""Exports the zoo to ONNX: torchvision's classics and nets made by hand, BN left
in, random weights. Needs Debian's python3-torchvision (install-deps.sh --zoo).

    export_nets.py FOLDER [NET ...]

A net that lies there already, of this very recipe, is not exported again.

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import hashlib
import json
import pathlib
import sys
import warnings
import zlib

SKIP = 77  # ctest's SKIP_RETURN_CODE
try:
    import numpy
    import torch
    import torchvision
except ImportError as error:
    print(f"skipped: {error}; scripts/install-deps.sh --zoo installs it")
    sys.exit(SKIP)

import handmade
from randomise import images, randomise

HERE = pathlib.Path(__file__).resolve().parent
IMAGE = (1, 3, 224, 224)


class Net:
    """How a net is made, for which input, and in which opset it is exported."""

    def __init__(self, make, shape=IMAGE, opset=13, outputs=("y",)):
        self.make, self.shape, self.opset, self.outputs = make, shape, opset, outputs


def classic(name, *rest, **options):
    """A classifier of torchvision."""
    build = getattr(torchvision.models, name)
    return Net(lambda: build(weights=None, **options), *rest)


class Segmenter(torch.nn.Module):
    """torchvision's segmentation nets answer by a dictionary."""

    def __init__(self, net):
        super().__init__()
        self.net = net

    def forward(self, x):
        return self.net(x)["out"]


def segmenter(name, *rest):
    build = getattr(torchvision.models.segmentation, name)
    return Net(lambda: Segmenter(build(weights=None, weights_backbone=None)), *rest)


NETS = {
    "alexnet": classic("alexnet", IMAGE, 11),
    "vgg11": classic("vgg11"),
    "vgg16_bn": classic("vgg16_bn"),
    "resnet18": classic("resnet18", (1, 3, 224, 224), 9),
    "resnet50": classic("resnet50"),
    "resnext50_32x4d": classic("resnext50_32x4d"),
    "densenet121": classic("densenet121"),
    "squeezenet1_1": classic("squeezenet1_1", IMAGE, 12),
    "mobilenet_v2": classic("mobilenet_v2", IMAGE, 11),
    "mobilenet_v3_small": classic("mobilenet_v3_small", IMAGE, 13),
    "mobilenet_v3_large": classic("mobilenet_v3_large", IMAGE, 14),
    "efficientnet_b0": classic("efficientnet_b0"),
    "efficientnet_v2_s": classic("efficientnet_v2_s", IMAGE, 16),
    "shufflenet_v2_x1_0": classic("shufflenet_v2_x1_0", IMAGE, 11),
    "googlenet": classic("googlenet", aux_logits=False, init_weights=False),
    "inception_v3": classic("inception_v3", (1, 3, 299, 299), aux_logits=False,
                            init_weights=False),
    "mnasnet0_5": classic("mnasnet0_5", IMAGE, 15),
    "regnet_y_400mf": classic("regnet_y_400mf"),
    "convnext_tiny": classic("convnext_tiny", IMAGE, 17),
    "deeplabv3_mobilenet_v3_large": segmenter("deeplabv3_mobilenet_v3_large", (1, 3, 256, 224)),
    "fcn_resnet50": segmenter("fcn_resnet50", (1, 3, 224, 192), 11),
    "lraspp_mobilenet_v3_large": segmenter("lraspp_mobilenet_v3_large", (1, 3, 320, 256)),
    "unet": Net(handmade.UNet, (1, 3, 160, 208), 11),
    "srresnet": Net(handmade.SRResNet, (1, 3, 56, 44)),
    "yolo_head": Net(handmade.YoloHead, (1, 3, 224, 288), 12, ("boxes", "scores")),
    "gan_generator": Net(handmade.generator, (3, 100, 1, 1), 14),
    "conv1d": Net(handmade.Conv1d, (3, 9, 501)),
    "conv3d": Net(handmade.Conv3d, (1, 3, 9, 56, 72)),
}
# Exported when named: what benchmarks/ measures besides.
MORE = {"vgg16": classic("vgg16")}


def recipe():
    """Changes with whatever an exported file depends on."""
    text = f"{torch.__version__} {torchvision.__version__}"
    for source in sorted(HERE.glob("*.py")):
        if source.name in ("export_nets.py", "handmade.py", "randomise.py"):
            text += source.read_text()
    return hashlib.sha256(text.encode()).hexdigest()


def export(name, net, folder):
    seed = zlib.crc32(name.encode())
    torch.manual_seed(seed)
    module = randomise(net.make(), (4, *net.shape[1:]))
    x = images(*net.shape)
    numpy.save(folder / f"{name}.npy", x.numpy())
    partial = folder / f"{name}.partial"
    torch.onnx.export(module, x, partial, opset_version=net.opset,
                      training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=False,
                      input_names=["x"], output_names=list(net.outputs))
    partial.rename(folder / f"{name}.onnx")


def main():
    warnings.filterwarnings("ignore")
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(2)
    for name in sys.argv[2:] or NETS:
        net, stamp = (NETS | MORE)[name], folder / f"{name}.json"
        made = {"recipe": recipe(), "shape": net.shape,
                "opset": net.opset, "torchvision": torchvision.__version__}
        if stamp.exists() and json.loads(stamp.read_text()) == json.loads(json.dumps(made)):
            continue
        export(name, net, folder)
        stamp.write_text(json.dumps(made))
        print(f"exported {name}", flush=True)


if __name__ == "__main__":
    main()
