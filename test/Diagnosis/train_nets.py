#!/usr/bin/python3
"""Trains small nets for `kiln diagnose`: healthy ones, and some that are broken in
one known way each. Needs Debian's python3-torch (scripts/install-deps.sh --zoo).

    train_nets.py FOLDER

writes FOLDER/NAME.onnx, the batches of FOLDER/data and FOLDER/shifted, and
FOLDER/nets.json. Nets made by this very script already are not trained again.

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import hashlib
import json
import pathlib
import sys
import warnings

SKIP = 77  # ctest's SKIP_RETURN_CODE
try:
    import numpy as np
    import torch
    from torch import nn
except ImportError as error:
    print(f"skipped: {error}; scripts/install-deps.sh --zoo installs it")
    sys.exit(SKIP)

CLASSES = 5
SIZE = 12
HEALTHY = 20


def pictures(count, seed):
    """Gratings of five directions, two channels. Contrast and brightness differ
    much from picture to picture: a few do not stand for all."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, CLASSES, count)
    angle = np.pi * labels / CLASSES + rng.normal(0, 0.08, count)
    phase = rng.uniform(0, 2 * np.pi, count)
    row, column = np.mgrid[0:SIZE, 0:SIZE]
    wave = np.sin(0.9 * (np.cos(angle)[:, None, None] * row +
                         np.sin(angle)[:, None, None] * column) +
                  phase[:, None, None])
    contrast = rng.uniform(0.4, 1.8, (count, 1, 1, 1))
    brightness = rng.normal(0.3, 0.8, (count, 2, 1, 1))
    images = (contrast * np.stack([wave, -0.5 * wave], 1) + brightness +
              rng.normal(0, 0.5, (count, 2, SIZE, SIZE)))
    return images.astype(np.float32), labels.astype(np.int64)


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride, residual, norm):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.norm = norm(outputs)
        self.residual = residual and inputs == outputs and stride == 1

    def forward(self, x):
        y = self.norm(self.conv(x))
        return torch.relu(y + x if self.residual else y)


class Net(nn.Module):
    """Some blocks, a hidden layer with a BN of its own where `head`, and `last`
    behind the logits."""

    def __init__(self, widths=(13, 18, 18, 22), residual=False, head=False,
                 outputs=CLASSES, last=None, norm=nn.BatchNorm2d):
        super().__init__()
        blocks, inputs = [], 2
        for i, width in enumerate(widths):
            blocks.append(Block(inputs, width, 2 if i == 1 else 1, residual, norm))
            inputs = width
        self.blocks = nn.Sequential(*blocks)
        self.hidden = (nn.Sequential(nn.Linear(inputs, 17), nn.BatchNorm1d(17),
                                     nn.ReLU()) if head else nn.Identity())
        self.classes = nn.Linear(17 if head else inputs, outputs)
        self.last = last or (lambda x: x)
        for module in self.modules():
            if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d)):
                with torch.no_grad():  # training keeps most of these signs
                    module.weight[::3] *= -1

    def logits(self, x):
        return self.classes(self.hidden(self.blocks(x).mean((2, 3))))

    def forward(self, x):
        return self.last(self.logits(x))


def train(net, seed, batch=32, steps=300, rate=1e-2, images=2048):
    x, y = map(torch.from_numpy, pictures(images, 1000 + seed))
    generator = torch.Generator().manual_seed(seed)
    optimiser = torch.optim.Adam(net.parameters(), rate)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, total_steps=steps)
    net.train()
    for _ in range(steps):
        pick = torch.randint(0, len(x), (batch,), generator=generator)
        logits = net.logits(x[pick])
        target = y[pick]
        loss = (nn.functional.cross_entropy(logits, target) if logits.shape[1] > 1 else
                nn.functional.binary_cross_entropy_with_logits(
                    logits[:, 0], (target < 2).float()))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
    return net.eval()


def accuracy(net, images, labels):
    with torch.no_grad():
        logits = net.logits(torch.from_numpy(images)).numpy()
    if logits.shape[1] == 1:
        return float(((logits[:, 0] > 0) == (labels < 2)).mean())
    return float((logits.argmax(1) == labels).mean())


def export(net, path, mode=torch.onnx.TrainingMode.PRESERVE, batch=None):
    """The batch stays open unless given."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(net, torch.zeros(batch or 4, 2, SIZE, SIZE), str(path), opset_version=15,
                          training=mode, do_constant_folding=False,
                          input_names=["image"], output_names=["y"],
                          dynamic_axes=None if batch else {"image": {0: "N"}, "y": {0: "N"}})


def norms(net):
    return [m for m in net.modules() if isinstance(m, (nn.BatchNorm1d, nn.BatchNorm2d))]


def never_updated(net):
    for norm in norms(net):
        norm.reset_running_stats()


def from_other_data(net):
    """Statistics of smooth pictures without gratings, all layers."""
    rng = np.random.default_rng(7)
    other = rng.normal(-0.6, 0.7, (512, 2, 1, 1)) + rng.normal(0, 0.2, (512, 2, SIZE, SIZE))
    loader = torch.utils.data.DataLoader(torch.from_numpy(other.astype(np.float32)), 64)
    torch.optim.swa_utils.update_bn(loader, net)
    net.eval()


def untracked(channels):
    return nn.BatchNorm2d(channels, track_running_stats=False)


def lagging(net):
    """As a momentum of 0.002 leaves them after 300 batches."""
    rest = 0.998 ** 300
    for norm in norms(net):
        norm.running_mean.mul_(1 - rest)
        norm.running_var.mul_(1 - rest).add_(rest)


def healthy_net(index):
    widths = [(13, 18, 18, 22), (9, 15, 15), (21, 27), (11, 11, 14, 14, 17)][index % 4]
    return train(Net(widths, residual=index % 3 == 0, head=index % 5 < 2), seed=index,
                 batch=(32, 16, 64)[index % 3], rate=(1e-2, 4e-3)[index % 2])


def broken_nets():
    """Name, net, what `diagnose` must name first, and how it is called."""
    softmax = lambda axis: lambda x: torch.softmax(x, axis)
    for name, spoil, cause in (("never_updated", never_updated, "never-updated"),
                               ("other_data", from_other_data, "domain-shift"),
                               ("lagging", lagging, "momentum")):
        net = train(Net(), seed=50)
        spoil(net)
        yield name, net, cause, {}
    yield "shifted_data", train(Net(), seed=51), "domain-shift", {"data": "shifted"}
    yield ("batch_of_2", train(Net(), seed=52, batch=2, steps=1500), "small-batches", {})
    # PyTorch 1.13 exports such a layer at a batch that it knows only.
    yield ("tracking_off", train(Net(norm=untracked), seed=53), "tracking-off",
           {"batch": 32})
    yield ("forgotten_eval", train(Net(), seed=54).train(), "forgotten-eval",
           {"mode": torch.onnx.TrainingMode.TRAINING})
    twice = lambda x: torch.softmax(torch.softmax(x, 1), 1)
    yield "doubled_softmax", train(Net(last=twice), seed=55), "doubled-softmax", {}
    yield ("softmax_before_loss", train(Net(last=softmax(1)), seed=56), "doubled-softmax",
           {"flags": ["--loss=ce"]})
    yield ("sigmoid_before_logits", train(Net(outputs=1, last=torch.sigmoid), seed=57),
           "sigmoid-before-loss", {"flags": ["--loss=bce-logits"]})
    yield ("softmax_over_batch", train(Net(last=softmax(0)), seed=58),
           "softmax-over-batch", {})
    yield ("softmax_over_one", train(Net(outputs=1, last=softmax(1)), seed=59),
           "softmax-over-one", {})


def write_data(folder, images):
    folder.mkdir(exist_ok=True)
    for i in range(0, len(images), 32):
        np.save(folder / f"batch{i // 32:02}.npy", images[i:i + 32])


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    recipe = hashlib.sha256(pathlib.Path(__file__).read_bytes() +
                            torch.__version__.encode()).hexdigest()
    index = folder / "nets.json"
    if index.exists() and json.loads(index.read_text())["recipe"] == recipe:
        print("train_nets: up to date")
        return
    torch.set_num_threads(1)
    images, labels = pictures(512, 1)
    write_data(folder / "data", images)
    write_data(folder / "shifted", 0.6 * images + 1.5)
    nets = []

    def add(name, net, cause, data="data", flags=(), **options):
        net_accuracy = accuracy(net, images, labels)
        export(net, folder / f"{name}.onnx", **options)
        nets.append({"name": name, "cause": cause, "data": data, "flags": list(flags),
                     "accuracy": net_accuracy})
        print(f"{name}: accuracy {net_accuracy:.3f}", flush=True)

    for i in range(HEALTHY):
        torch.manual_seed(i)
        add(f"healthy{i:02}", healthy_net(i), None)
    torch.manual_seed(99)
    for name, net, cause, options in broken_nets():
        add(name, net, cause, **options)
    index.write_text(json.dumps({"recipe": recipe, "nets": nets}, indent=2) + "\n")


if __name__ == "__main__":
    main()
