"""The digits net and its held-out pictures, for tests of its statistics.

The pictures are cut into two halves by a seed: statistics are estimated on one
half, without labels, and the other half is classified; then the reverse. So
each picture counts once, by statistics that have not seen it.

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import support
from support import np, onnx

FOLDER = support.ROOT / "examples/digits"
NET = FOLDER / "digits.onnx"


def load():
    return np.load(FOLDER / "test_images.npy"), np.load(FOLDER / "test_labels.npy")


def halves(seed, count):
    """Pairs of numbers of pictures: to estimate on, to classify."""
    order = np.random.default_rng(seed).permutation(count)
    a, b = order[:count // 2], order[count // 2:]
    return ((a, b), (b, a))


def shifted(images):
    """Each picture moved by up to one pixel: all that training has shown it."""
    padded = np.pad(images, ((0, 0), (0, 0), (1, 1), (1, 1)))
    return np.concatenate([padded[:, :, y:y + 8, x:x + 8]
                           for y in range(3) for x in range(3)])


def correct(model, images, labels):
    """How many pictures onnxruntime classifies right by the file."""
    logits = support.onnxruntime_outputs(model, {"image": images})["logits"]
    return int((logits.argmax(1) == labels).sum())


def save_batches(kiln, images, number):
    """A folder with the images in files of `number`."""
    folder = kiln.scratch("data")
    folder.mkdir()
    for i, start in enumerate(range(0, len(images), number)):
        np.save(folder / f"batch{i:04}.npy", images[start:start + number])
    return folder


def norms(model):
    return [n for n in model.graph.node if n.op_type == "BatchNormalization"]


def statistics(path):
    """(mean, variance) of each normalisation, in the graph's order."""
    model = onnx.load(path)
    stored = {t.name: onnx.numpy_helper.to_array(t) for t in model.graph.initializer}
    return [(stored[n.input[3]], stored[n.input[4]]) for n in norms(model)]


def spoil(kiln, seed):
    """The net with statistics that were never updated (seed 0), or random."""
    model = onnx.load(NET)
    random = np.random.default_rng(seed)
    tensors = {t.name: t for t in model.graph.initializer}
    for norm in norms(model):
        for name, number in ((norm.input[3], 0.0), (norm.input[4], 1.0)):
            shape = tuple(tensors[name].dims)
            values = np.full(shape, number)
            if seed:
                values += random.uniform(0, 2, shape)
            tensors[name].CopyFrom(
                onnx.numpy_helper.from_array(values.astype(np.float32), name))
    path = kiln.scratch("spoiled.onnx")
    onnx.save(model, path)
    return path
