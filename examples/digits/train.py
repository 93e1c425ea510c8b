#!/usr/bin/env python3
"""Trains the digits net and writes everything that stands beside this file.

Data: the 1797 handwritten digits, 8x8 pixels, that scikit-learn ships. A fixed,
stratified fifth is held out as the test set and never seen in training.
Needs scripts/requirements-train.txt (scripts/setup-python.sh --train).

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import collections
import json
import pathlib

import numpy as np
import onnx
import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import nn

from net import Digits

HERE = pathlib.Path(__file__).resolve().parent
SEED = 20
EPOCHS = 60
OPSET = 17


def load():
    data = load_digits()
    images = (data.images / 16.0).astype(np.float32)[:, None]
    return train_test_split(images, data.target.astype(np.int64), test_size=0.2,
                            stratify=data.target, random_state=SEED)


def shifted(batch, generator):
    """Moves each picture by up to one pixel: the only augmentation."""
    padded = nn.functional.pad(batch, (1, 1, 1, 1))
    offsets = torch.randint(0, 3, (len(batch), 2), generator=generator)
    return torch.stack([p[:, y:y + 8, x:x + 8] for p, (y, x) in
                        zip(padded, offsets.tolist())])


def train(net, images, labels):
    generator = torch.Generator().manual_seed(SEED)
    optimiser = torch.optim.AdamW(net.parameters(), lr=4e-3, weight_decay=1e-3)
    steps = EPOCHS * (len(images) // 64)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 4e-3, total_steps=steps)
    net.train()
    for _ in range(EPOCHS):
        order = torch.randperm(len(images), generator=generator)
        for start in range(0, len(images) - 63, 64):
            pick = order[start:start + 64]
            logits = net(shifted(images[pick], generator))
            loss = nn.functional.cross_entropy(logits, labels[pick], label_smoothing=0.05)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
    net.eval()


def export(net, path):
    # PRESERVE keeps the net in eval and its BNs as nodes of their own; the
    # exporter's EVAL would fold them.
    torch.onnx.export(net, (torch.zeros(2, 1, 8, 8),), str(path), dynamo=False,
                      training=torch.onnx.TrainingMode.PRESERVE, opset_version=OPSET,
                      do_constant_folding=False, input_names=["image"],
                      output_names=["logits"],
                      dynamic_axes={"image": {0: "N"}, "logits": {0: "N"}})
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    ops = collections.Counter(node.op_type for node in model.graph.node)
    norms = [n for n in model.graph.node if n.op_type == "BatchNormalization"]
    expected = sum(isinstance(m, (nn.BatchNorm1d, nn.BatchNorm2d)) for m in net.modules())
    assert len(norms) == expected, "the exporter folded a BN"
    assert all(len(n.output) == 1 for n in norms), "a BN is in training form"
    return ops


def main():
    torch.manual_seed(SEED)
    torch.use_deterministic_algorithms(True)
    torch.set_num_threads(1)
    trainX, testX, trainY, testY = load()
    net = Digits()
    train(net, torch.from_numpy(trainX), torch.from_numpy(trainY))
    with torch.no_grad():
        logits = net(torch.from_numpy(testX)).numpy()
    correct = int((logits.argmax(1) == testY).sum())
    ops = export(net, HERE / "digits.onnx")

    first = [int(np.flatnonzero(testY == digit)[0]) for digit in range(10)]
    for name, array in (("test_images", testX), ("test_labels", testY),
                        ("test_logits", logits), ("samples", testX[first]),
                        ("sample_labels", testY[first])):
        np.save(HERE / f"{name}.npy", np.ascontiguousarray(array))
    gammas = torch.cat([m.weight.detach() for m in net.modules()
                        if isinstance(m, (nn.BatchNorm1d, nn.BatchNorm2d))])
    record = {
        "accuracy": correct / len(testY),
        "correct": correct,
        "test_pictures": len(testY),
        "train_pictures": len(trainY),
        "batch_norms": ops["BatchNormalization"],
        "bn_channels": len(gammas),
        "bn_negative_scales": int((gammas < 0).sum()),
        "ops": dict(sorted(ops.items())),
        "opset": OPSET,
        "seed": SEED,
        "epochs": EPOCHS,
        "torch": torch.__version__,
        "data": "scikit-learn load_digits (UCI optical recognition of handwritten digits)",
    }
    (HERE / "digits.json").write_text(json.dumps(record, indent=2) + "\n")
    print(json.dumps(record, indent=2))


if __name__ == "__main__":
    main()
