"""An ONNX file as foldable.py sees it: who makes and who uses each value, what
is constant, which nodes are a scale and shift, and what such an affine becomes
on the other side of a node it commutes with.

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import collections

import numpy as np
import onnx
import onnx.reference
from onnx import numpy_helper

# A shift before a padded layer is a constant for each position of its result:
# larger ones are not worth their memory.
MAX_BORDER = 1 << 20
MAX_ELEMENTS = 1 << 24  # of an affine spread over all of a tensor, or a constant computed
NEVER_CONSTANT = {"RandomNormal", "RandomUniform", "Conv", "Loop", "If", "Scan"}

Affine = collections.namedtuple("Affine", "scale shift")  # broadcast to the tensor's shape


def compress(array):
    """The same array with size 1 where it does not vary."""
    for axis, size in enumerate(array.shape):
        first = np.take(array, [0], axis) if size else array
        if size > 1 and (array == first).all():
            array = first
    return array


def mapped(affine, change):
    return Affine(compress(change(affine.scale)), compress(change(affine.shift)))


def varies_along(affine):
    """The axes along which it differs."""
    return {axis for part in affine for axis, size in enumerate(part.shape) if size > 1}


def is_scale_only(affine):
    return not affine.shift.any()


def keeps_order(affine):
    return (affine.scale >= 0).all()


class Graph:
    def __init__(self, path, mode, shapes=None):
        model = onnx.load(str(path))
        self.graph = model.graph
        self.mode = mode
        self.opset = max([entry.version for entry in model.opset_import if entry.domain == ""],
                         default=1)
        self.outputs = {output.name for output in self.graph.output}
        self.constants = {t.name: t for t in self.graph.initializer}
        self.makers, self.users_of = {}, collections.defaultdict(list)
        for node in self.graph.node:
            for output in node.output:
                self.makers[output] = node
            for name in node.input:
                if name:
                    self.users_of[name].append(node)
        self.infer_shapes(model, shapes or {})

    def infer_shapes(self, model, inputs):
        """Shapes by value; what they leave unknown for want of a constant that
        is computed from other shapes is inferred again with that constant."""
        light = without_weights(model, inputs)
        known = -1
        self.shapes, self.values = {}, {}
        while len(self.shapes) > known:
            known = len(self.shapes)
            self.shapes = shapes_of(light)
            self.values = {name: v for name, v in self.values.items() if v is not None}
            for node in light.graph.node:
                if node.op_type in ("Reshape", "Expand", "Resize", "Slice", "Pad"):
                    for i, name in enumerate(node.input[1:], 1):
                        value = self.constant(name) if name in self.makers else None
                        if value is not None and np.size(value) <= 64:
                            node.input[i] = f"computed {name}"
                            light.graph.initializer.append(
                                numpy_helper.from_array(np.asarray(value), node.input[i]))

    def batch_norms(self):
        for index, node in enumerate(self.graph.node):
            if node.op_type == "BatchNormalization":
                yield node.name or f"{node.op_type}_{index}", node

    def producer(self, value):
        return self.makers.get(value)

    def consumers(self, value):
        return self.users_of[value]

    def users(self, value):
        return len(self.users_of[value]) + (value in self.outputs)

    def constant(self, value):
        """Its value as f64, where it is known when compiling; else None."""
        if value not in self.values:
            self.values[value] = None
            self.values[value] = self.evaluate(value)
        return self.values[value]

    def evaluate(self, value):
        if value in self.constants:
            return numpy_helper.to_array(self.constants[value])
        node = self.makers.get(value)
        if node is None:
            return None
        if node.op_type == "Constant":
            return attribute_value(node)
        if node.op_type == "Shape":
            shape = self.shapes.get(node.input[0])
            return None if shape is None or node.attribute else np.asarray(shape, np.int64)
        inputs = {name: self.constant(name) for name in node.input if name}
        if not inputs or node.op_type in NEVER_CONSTANT or \
                any(value is None or np.size(value) > MAX_ELEMENTS for value in inputs.values()):
            return None
        def declare(name):
            return onnx.helper.make_tensor_value_info(name, onnx.TensorProto.UNDEFINED, None)

        # A node by itself would be taken as one of the newest opset.
        graph = onnx.helper.make_graph([node], "node", [declare(name) for name in inputs],
                                       [declare(value)])
        evaluator = onnx.reference.ReferenceEvaluator(graph, opsets={"": max(self.opset, 6)})
        return evaluator.run(None, inputs)[0]

    def source(self, node):
        """The operand of an affine node that is not constant."""
        return next(name for name in node.input if self.constant(name) is None)

    def affine(self, node):
        """The affine that the node is of one operand, by constants; or None."""
        if node.op_type == "BatchNormalization":
            return self.batch_norm_affine(node)
        if node.op_type not in ("Mul", "Add", "Sub", "Div"):
            return None
        operands = [self.constant(name) for name in node.input]
        shape = self.shapes.get(node.output[0])
        if shape is None or (operands[0] is None) == (operands[1] is None):
            return None
        first = operands[0] is not None
        value = np.asarray(operands[0] if first else operands[1])
        if value.dtype.kind != "f" or (first and node.op_type == "Div"):
            return None
        value = value.astype(np.float64)
        value = compress(value.reshape((1,) * (len(shape) - value.ndim) + value.shape))
        other = self.shapes.get(node.input[1 if first else 0])
        if other != shape or sum(size > 1 for size in value.shape) > 1:
            return None
        one, zero = np.ones_like(value), np.zeros_like(value)
        return {"Mul": Affine(value, zero), "Div": Affine(1 / value, zero),
                "Add": Affine(one, value),
                "Sub": Affine(-one, value) if first else Affine(one, -value)}[node.op_type]

    def batch_norm_affine(self, node):
        parameters = [self.constant(name) for name in node.input[1:5]]
        shape = self.shapes.get(node.input[0])
        if shape is None or any(p is None for p in parameters) or \
                (self.mode == "keep" and self.is_training(node)):
            return None
        scale, offset, mean, variance = (np.asarray(p, np.float64) for p in parameters)
        factor = scale / np.sqrt(variance + attribute(node, "epsilon", 1e-5))
        along = (1, -1) + (1,) * (len(shape) - 2)
        return Affine(compress(factor.reshape(along)),
                      compress((offset - mean * factor).reshape(along)))

    def is_training(self, node):
        if self.opset >= 14:
            return attribute(node, "training_mode", 0) == 1
        if self.opset >= 7:
            return len(node.output) > 1
        return attribute(node, "is_test", 0) == 0

    def layer_takes(self, node, affine, is_input):
        """Whether the weights and bias of a layer can take the affine of its
        input, or of its result."""
        weights = self.shapes.get(node.input[1])
        result = self.shapes.get(node.output[0])
        if self.constant(node.input[1]) is None or weights is None or result is None or \
                any(self.constant(bias) is None for bias in node.input[2:] if bias):
            return False
        if node.op_type == "MatMul":
            return len(weights) == 2 and varies_along(affine) <= {len(result) - 1}
        if varies_along(affine) - {1} or attribute(node, "transA", 0):
            return False
        if node.op_type == "Gemm" or not is_input or is_scale_only(affine):
            return True
        pads = any(attribute(node, "pads", [])) or \
            attribute(node, "auto_pad", b"NOTSET") in (b"SAME_UPPER", b"SAME_LOWER")
        has_border = pads or node.op_type == "ConvTranspose"
        return not has_border or np.prod(result[1:]) <= MAX_BORDER


def attribute(node, name, default=None):
    for entry in node.attribute:
        if entry.name == name:
            return onnx.helper.get_attribute_value(entry)
    return default


def attribute_value(node):
    value = onnx.helper.get_attribute_value(node.attribute[0])
    return numpy_helper.to_array(value) if isinstance(value, onnx.TensorProto) \
        else np.asarray(value)


def without_weights(model, shapes):
    """A copy whose large weights are inputs, for the sake of their shapes;
    dimensions that are left open are those of `shapes`, or 1."""
    light = onnx.ModelProto()
    light.CopyFrom(model)
    del light.graph.initializer[:]
    known = {value.name for value in model.graph.input}
    for tensor in model.graph.initializer:
        if np.prod(tensor.dims) <= 1024:
            light.graph.initializer.append(tensor)
        elif tensor.name not in known:
            light.graph.input.append(onnx.helper.make_tensor_value_info(
                tensor.name, tensor.data_type, list(tensor.dims)))
    for value in light.graph.input:
        given = shapes.get(value.name)
        for i, dim in enumerate(value.type.tensor_type.shape.dim):
            if dim.dim_value <= 0:
                dim.dim_value = given[i] if given else 1
    del light.graph.value_info[:]
    for value in light.graph.output:
        value.type.tensor_type.ClearField("shape")
    return light


def shapes_of(light):
    graph = onnx.shape_inference.infer_shapes(light, data_prop=True).graph
    shapes = {tensor.name: tuple(tensor.dims) for tensor in graph.initializer}
    for value in [*graph.input, *graph.value_info, *graph.output]:
        if value.type.tensor_type.HasField("shape"):
            dims = [dim.dim_value for dim in value.type.tensor_type.shape.dim]
            if all(dims):
                shapes[value.name] = tuple(dims)
    return shapes
