"""What the hostile cases are made with: a sound net, and a register of ways
to spoil it.

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import dataclasses
import sys

try:
    import numpy as np
    import onnx
    from onnx import TensorProto, helper, numpy_helper
except ImportError as error:
    print(f"skipped: {error}; scripts/setup-python.sh makes an environment with it")
    sys.exit(77)

COMPILE = ("compile", "{model}", "-o", "{out}/net.so")
RUN = ("run", "{model}", "--input=x=@{dir}/x.npy")
X_SHAPE = (1, 3, 5, 7)


@dataclasses.dataclass
class Case:
    name: str
    make: object  # (model, folder) -> None, another model, or the file's bytes
    exits: tuple
    error: str  # a pattern that standard error must match
    arguments: tuple


REGISTER = []


def case(exits=1, error="", arguments=COMPILE):
    """Registers a function that spoils the sound net given to it, or returns
    what stands in its place. The node names below never occur in a path, so
    an `error` that asks for one is met by the message alone."""
    def register(make):
        allowed = exits if isinstance(exits, tuple) else (exits,)
        REGISTER.append(Case(make.__name__, make, allowed, error, tuple(arguments)))
        return make
    return register


def variants(values, **options):
    """Registers `make(model, value)`, or `make(model, value, folder)`, once for
    each named value."""
    def register(make):
        with_folder = make.__code__.co_argcount == 3
        for name, value in values.items():
            one = lambda m, folder, value=value: (
                make(m, value, folder) if with_folder else make(m, value))
            one.__name__ = f"{make.__name__}_{name}"
            case(**options)(one)
        return make
    return register


def sound_net():
    """x -> n_conv -> n_norm -> n_act -> y, all of it right."""
    rng = np.random.default_rng(7)
    tensor = lambda name, array: numpy_helper.from_array(array.astype(np.float32), name)
    nodes = [
        helper.make_node("Conv", ["x", "w", "b"], ["c"], name="n_conv", pads=[1, 1, 1, 1],
                         strides=[1, 1], dilations=[1, 1], group=1, kernel_shape=[3, 3]),
        helper.make_node("BatchNormalization", ["c", "scale", "offset", "mean", "var"], ["n"],
                         name="n_norm", epsilon=1e-3),
        helper.make_node("Relu", ["n"], ["y"], name="n_act"),
    ]
    constants = [tensor("w", rng.standard_normal((4, 3, 3, 3)) * 0.3),
                 tensor("b", rng.standard_normal(4)), tensor("scale", rng.uniform(-1, 1, 4)),
                 tensor("offset", rng.standard_normal(4)), tensor("mean", rng.standard_normal(4)),
                 tensor("var", rng.uniform(0.1, 2, 4))]
    graph = helper.make_graph(nodes, "net", [value("x", X_SHAPE)], [value("y", (1, 4, 5, 7))],
                              constants)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def value(name, dims, element=TensorProto.FLOAT):
    return helper.make_tensor_value_info(name, element, dims)


def node(model, name):
    return next(n for n in model.graph.node if n.name == name)


def tensor(model, name):
    return next(t for t in model.graph.initializer if t.name == name)


def give(model, name, **attributes):
    """Sets attributes of a node, whatever their type was before."""
    target = node(model, name)
    for key, content in attributes.items():
        kept = [a for a in target.attribute if a.name != key]
        del target.attribute[:]
        target.attribute.extend(kept)
        target.attribute.append(helper.make_attribute(key, content))


def put(model, name, array):
    """Replaces a constant, or adds it."""
    kept = [t for t in model.graph.initializer if t.name != name]
    del model.graph.initializer[:]
    model.graph.initializer.extend(kept)
    model.graph.initializer.append(numpy_helper.from_array(array, name))


def replace_act(model, op, *more, constants=None, result=None, **attributes):
    """Puts another node, n_act still, in the place of the Relu."""
    del model.graph.node[-1]
    for name, array in (constants or {}).items():
        put(model, name, np.asarray(array))
    model.graph.node.append(
        helper.make_node(op, ["n", *more], ["y"], name="n_act", **attributes))
    free_output(model)


def free_output(model):
    """Takes the declared shape of y away, so that it contradicts nothing."""
    del model.graph.output[:]
    model.graph.output.append(value("y", None))


def set_opset(model, version):
    model.opset_import[0].version = version
