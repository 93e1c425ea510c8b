"""Do all contenders compute the same? Each one's outputs against f64.

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import numpy as np

from .nets import Missing

# A net of a hundred f32 layers is off by some 1e-6 of its greatest output; fast
# convolutions may take ten times a direct one's error. Beyond this it is another net.
LIMIT = 1e-3


def by_torch(net):
    import torch

    from .onnx_torch import OnnxModule
    with torch.no_grad():
        x = torch.from_numpy(net.inputs[0].read()).double()
        outputs = OnnxModule(net.simple).double()(x)
    outputs = [outputs] if torch.is_tensor(outputs) else outputs
    return [output.numpy() for output in outputs]


def by_numpy(net):
    """By onnx's own evaluator, minutes for a large net."""
    import onnx
    from onnx import numpy_helper
    from onnx.reference import ReferenceEvaluator
    model = onnx.load(str(net.simple))
    for weight in model.graph.initializer:
        if weight.data_type == onnx.TensorProto.FLOAT:
            wide = numpy_helper.to_array(weight).astype(np.float64)
            weight.CopyFrom(numpy_helper.from_array(wide, weight.name))
    for value in (*model.graph.input, *model.graph.output):
        value.type.tensor_type.elem_type = onnx.TensorProto.DOUBLE
    del model.graph.value_info[:]
    x = net.inputs[0].read().astype(np.float64)
    return ReferenceEvaluator(model).run(None, {net.inputs[0].name: x})


def reference(net):
    """The outputs in f64, kept in a file."""
    kept = net.folder / "reference.npz"
    if kept.exists() and kept.stat().st_mtime >= net.simple.stat().st_mtime:
        loaded = np.load(kept)
        return [loaded[f"arr_{i}"] for i in range(len(loaded.files))]
    try:
        outputs = by_torch(net)
    except ImportError:
        outputs = by_numpy(net)
    np.savez(kept, *outputs)
    return outputs


def error(actual, expected):
    """The greatest difference of an output over its greatest magnitude in f64."""
    if actual.shape != expected.shape or not np.isfinite(actual).all():
        return float("inf")
    return float(np.abs(actual - expected).max() / np.abs(expected).max())


def errors(net, folder):
    """Of one contender's outputs in `folder`: the greatest error over outputs."""
    expected = reference(net)
    found = [error(np.fromfile(folder / f"output{i}.raw", np.float32)
                   .reshape(tensor.shape).astype(np.float64), expected[i])
             for i, tensor in enumerate(net.outputs)]
    worst = max(found)
    if not worst <= LIMIT:
        raise Missing(f"its outputs are off by {worst:.1e} of the greatest")
    return worst
