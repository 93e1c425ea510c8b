"""Writes the outputs in f64 (.npz): by PyTorch where it is installed, else by
onnx's own evaluator, which takes minutes for a large net.

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import sys

import numpy as np
import onnx
from onnx import numpy_helper


def by_torch(simple, x):
    import torch

    from ..onnx_torch import OnnxModule
    with torch.no_grad():
        outputs = OnnxModule(simple).double()(torch.from_numpy(x))
    outputs = [outputs] if torch.is_tensor(outputs) else outputs
    return [output.numpy() for output in outputs]


def by_numpy(simple, x):
    from onnx.reference import ReferenceEvaluator
    model = onnx.load(simple)
    for weight in model.graph.initializer:
        if weight.data_type == onnx.TensorProto.FLOAT:
            wide = numpy_helper.to_array(weight).astype(np.float64)
            weight.CopyFrom(numpy_helper.from_array(wide, weight.name))
    for value in (*model.graph.input, *model.graph.output):
        value.type.tensor_type.elem_type = onnx.TensorProto.DOUBLE
    del model.graph.value_info[:]
    return ReferenceEvaluator(model).run(None, {model.graph.input[0].name: x})


def main():
    simple, picture, target = sys.argv[1:]
    value = onnx.load(simple).graph.input[0]
    shape = [dim.dim_value for dim in value.type.tensor_type.shape.dim]
    x = np.fromfile(picture, np.float32).reshape(shape).astype(np.float64)
    try:
        outputs = by_torch(simple, x)
    except ImportError:
        outputs = by_numpy(simple, x)
    np.savez(target, *outputs)


if __name__ == "__main__":
    main()
