"""Makes a net's file what every peer can use best: one static shape, and no
weights among the graph's inputs (they would keep a runtime from folding them).

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import onnx
import onnxruntime

# simplify() must not change a number: of the basic level only the evaluation of
# constants and the removal of what has no effect are left on.
FUSIONS = ["ConvAddFusion", "ConvMulFusion", "ConvBNFusion", "MatmulBNFusion", "PadFusion",
           "ReluClipFusion", "MatMulAddFusion", "GemmTransposeFusion", "GemmSumFusion"]


def clean(source, target, shape=None):
    """Writes `source` to `target` with its first input of the given shape."""
    model = onnx.load(str(source))
    graph = model.graph
    weights = {weight.name for weight in graph.initializer}
    inputs = [value for value in graph.input if value.name not in weights]
    del graph.input[:]
    graph.input.extend(inputs)
    # Weights that are no inputs exist since IR version 4.
    model.ir_version = max(model.ir_version, 4)
    if shape:
        dims = graph.input[0].type.tensor_type.shape.dim
        if len(dims) != len(shape):
            raise ValueError(f"{source}: rank {len(dims)}, not {len(shape)}")
        for dim, size in zip(dims, shape):
            dim.dim_value = size
        del graph.value_info[:]
        for value in graph.output:
            value.type.tensor_type.ClearField("shape")
    onnx.save(model, str(target))


def simplify(source, target):
    """Writes `source` to `target` with constants and shape arithmetic computed;
    every other operator stays as it is."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.optimized_model_filepath = str(target)
    options.log_severity_level = 3
    onnxruntime.InferenceSession(str(source), options, providers=["CPUExecutionProvider"],
                                 disabled_optimizers=FUSIONS)
    model = onnx.load(str(target))
    # onnxruntime lists the domains that it knows, used or not.
    used = {node.domain for node in model.graph.node} | {""}
    kept = [domain for domain in model.opset_import if domain.domain in used]
    del model.opset_import[:]
    model.opset_import.extend(kept)
    onnx.save(model, str(target))
