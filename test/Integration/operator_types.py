"""The table of operators tells the truth: each operator compiles at the newest
opset of each of its rows, and in the last of them for each element type stated.

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import concurrent.futures
import itertools
import os
import subprocess
import sys
import tempfile

import support
from support import np, onnx
from onnx import TensorProto, helper

NEWEST = 25
FLOATS = ["f16", "bf16", "f32", "f64"]
SETS = {"floats": FLOATS, "ints": ["i8", "i16", "i32", "i64"],
        "uints": ["u8", "u16", "u32", "u64"]}
SETS["any"] = [*itertools.chain(*SETS.values()), "bool"]
TYPES = {
    "f16": TensorProto.FLOAT16, "bf16": TensorProto.BFLOAT16,
    "f32": TensorProto.FLOAT, "f64": TensorProto.DOUBLE,
    "i8": TensorProto.INT8, "i16": TensorProto.INT16,
    "i32": TensorProto.INT32, "i64": TensorProto.INT64,
    "u8": TensorProto.UINT8, "u16": TensorProto.UINT16,
    "u32": TensorProto.UINT32, "u64": TensorProto.UINT64,
    "bool": TensorProto.BOOL,
}
IMAGE = (2, 4, 6, 6)


class Const:
    """An input that is a constant, of a type of its own."""

    def __init__(self, values, kind="i64"):
        self.values, self.kind = np.array(values), kind


class Typed:
    """An input computed at run time, of a type of its own."""

    def __init__(self, shape, kind):
        self.shape, self.kind = shape, kind


WINDOW = {"kernel_shape": [3, 3]}
# The inputs (a shape: of the type that is tried) and attributes of operators for
# which one image, or one for each input, is not enough. Callables get the opset.
FORMS = {
    "AffineGrid": ([(2, 2, 3), Const(IMAGE)], {}),
    "AveragePool": ([IMAGE], WINDOW),
    "BatchNormalization": ([IMAGE, (4,), (4,), (4,), (4,)], {}),
    "Cast": ([IMAGE], lambda opset: {"to": "FLOAT" if opset < 6 else TensorProto.FLOAT}),
    "CastLike": ([IMAGE, Typed((1,), "f32")], {}),
    "CenterCropPad": ([IMAGE, Const([2, 4, 3, 9])], {}),
    "Clip": lambda opset: ([IMAGE] + ([(), ()] if opset >= 11 else []), {}),
    "Col2Im": ([(1, 8, 9), Const([4, 4]), Const([2, 2])], {}),
    "Concat": ([IMAGE, IMAGE], {"axis": 1}),
    "Conv": ([IMAGE, (3, 4, 3, 3)], {}),
    "ConvTranspose": ([IMAGE, (4, 3, 3, 3)], {}),
    "CumSum": ([IMAGE, Const(1)], {}),
    "DeformConv": ([IMAGE, (3, 4, 3, 3), (2, 18, 4, 4)], {}),
    "DepthToSpace": ([IMAGE], {"blocksize": 2}),
    "Einsum": ([(2, 3), (3, 5)], {"equation": "ab,bc->ac"}),
    "Expand": ([(1, 3), Const([2, 3])], {}),
    "EyeLike": ([(3, 4)], {}),
    "Gather": ([IMAGE, Typed((3,), "i64")], {}),
    "GatherElements": ([(3, 4), Typed((2, 4), "i64")], {}),
    "GatherND": ([(3, 4), Typed((2, 1), "i64")], {}),
    "Gemm": ([(2, 3), (3, 5), (5,)], lambda opset: {"broadcast": 1} if opset < 7 else {}),
    "GridSample": ([IMAGE, (2, 5, 5, 2)], {}),
    "GroupNormalization": lambda opset: ([IMAGE, *[(2 if opset < 21 else 4,)] * 2], {"num_groups": 2}),
    "InstanceNormalization": ([IMAGE, (4,), (4,)], {}),
    "LRN": ([IMAGE], {"size": 3}),
    "LayerNormalization": ([IMAGE, (6,)], {}),
    "LpPool": ([IMAGE], WINDOW),
    "MatMul": ([(2, 3), (3, 5)], {}),
    "MaxPool": ([IMAGE], WINDOW),
    "Mod": lambda opset, kind: ([IMAGE, IMAGE], {"fmod": int(kind in FLOATS)}),
    "OneHot": ([(3,), Const(4), Typed((2,), "f32")], {}),
    "PRelu": ([IMAGE, (4, 1, 1)], {}),
    "Pad": lambda opset: (([IMAGE], {"paddings" if opset < 2 else "pads": [0, 0, 1, 1, 0, 0, 2, 1]})
                          if opset < 11 else ([IMAGE, Const([0, 0, 1, 1, 0, 0, 2, 1])], {})),
    "RMSNormalization": ([IMAGE, (6,)], {}),
    "Reshape": lambda opset: ([IMAGE], {"shape": [4, 72]}) if opset < 5 else ([IMAGE, Const([4, 72])], {}),
    "Resize": lambda opset: (([IMAGE, Const([1, 1, 2, 2], "f32")], {}) if opset < 11
                             else ([IMAGE, None, Const([1, 1, 2, 2], "f32")], {})),
    "RoiAlign": ([IMAGE, (3, 4), Typed((3,), "i64")], {"sampling_ratio": 2}),
    "Scatter": ([(3, 4), Typed((2, 4), "i64"), (2, 4)], {}),
    "ScatterElements": ([(3, 4), Typed((2, 4), "i64"), (2, 4)], {}),
    "ScatterND": ([(3, 4), Typed((2, 1), "i64"), (2, 4)], {}),
    "Slice": lambda opset: (([IMAGE], {"starts": [1], "ends": [3], "axes": [2]}) if opset < 10
                            else ([IMAGE, Const([1]), Const([3]), Const([2])], {})),
    "SpaceToDepth": ([IMAGE], {"blocksize": 2}),
    "Squeeze": lambda opset: ([(2, 1, 3)], {"axes": [1]}) if opset < 13 else ([(2, 1, 3), Const([1])], {}),
    "Tile": ([(2, 3), Const([2, 2])], {}),
    "TopK": lambda opset: ([IMAGE], {"k": 2}) if opset < 10 else ([IMAGE, Const([2])], {}),
    "Unsqueeze": lambda opset: ([IMAGE], {"axes": [1]}) if opset < 13 else ([IMAGE, Const([1])], {}),
    "Upsample": lambda opset: (([IMAGE], {"height_scale": 2.0, "width_scale": 2.0}) if opset < 7
                               else ([IMAGE], {"scales": [1.0, 1.0, 2.0, 2.0]}) if opset < 9
                               else ([IMAGE, Const([1, 1, 2, 2], "f32")], {})),
    "Where": ([Typed(IMAGE, "bool"), IMAGE, IMAGE], {}),
}
# Nothing of these is computed at run time.
CONSTANTS_ONLY = {"If", "Constant", "ConstantOfShape", "Range"}
# The operator's result has as many outputs as these make.
OUTPUTS = {"TopK": 2}


def rows(kiln):
    """(operator, newest opset, inputs, types) of each row of the table."""
    text = subprocess.run([kiln, "operators", "--markdown"], check=True,
                          capture_output=True, text=True).stdout
    for line in text.splitlines()[2:]:
        name, opsets, inputs, _, types, limits = (f.strip() for f in line.strip("|").split("|"))
        newest = opsets.split("-")[-1] or str(NEWEST)
        if limits.startswith("refused:"):  # there only to say why
            continue
        if not types:
            sys.exit(f"error: the table states no types for {name} {opsets}")
        yield name, int(newest), int(inputs.split("-")[0]), types


def tasks_of(table):
    """(operator, opset, inputs, type) to compile."""
    last = {name: opset for name, opset, _, _ in table}
    for name, opset, least, types in table:
        if name in CONSTANTS_ONLY:
            continue
        kinds = tried_types(types)
        # The types do not change with the opset: one is enough for older rows.
        for kind in kinds if opset == last[name] else kinds[:1]:
            yield name, opset, least, kind


def tried_types(types):
    """The types that stand for the one tried: of the first item that has no fixed
    type, for an operator such as Where, whose input 0 is always bool."""
    items = [item.split(":")[-1] for item in types.split()]
    if items[0] == "bool" and len(items) > 1:
        items = items[1:]
    return list(dict.fromkeys(itertools.chain(*(SETS.get(i, [i]) for i in items))))


def make_model(name, opset, least, kind):
    form = FORMS.get(name, ([IMAGE] * least, {}))
    if callable(form):
        form = form(opset, kind) if name == "Mod" else form(opset)
    inputs, attributes = form
    attributes = attributes(opset) if callable(attributes) else attributes
    names, declared, stored = [], [], []
    for i, given in enumerate(inputs):
        names.append("" if given is None else f"x{i}")
        if isinstance(given, Const):
            stored.append(helper.make_tensor(f"x{i}", TYPES[given.kind], given.values.shape,
                                             given.values.flatten().tolist()))
        elif given is not None:
            shape, own = (given.shape, given.kind) if isinstance(given, Typed) else (given, kind)
            declared.append(helper.make_tensor_value_info(f"x{i}", TYPES[own], shape))
    outputs = [f"y{i}" for i in range(OUTPUTS.get(name, 1))]
    node = helper.make_node(name, names, outputs, name="n", **attributes)
    made = [helper.ValueInfoProto(name=output) for output in outputs]
    for value in made:  # a tensor of whatever type comes out
        value.type.tensor_type.elem_type = 0
    graph = helper.make_graph([node], "g", declared, made, stored)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)])


def compiles(kiln, folder, name, opset, least, kind):
    """None, or why it does not compile."""
    path = os.path.join(folder, f"{name}_{opset}_{kind}.onnx")
    onnx.save(make_model(name, opset, least, kind), path)
    ended = subprocess.run([kiln, "compile", path, "-O0", "--emit=obj", "-o", path + ".o"],
                           capture_output=True, text=True, timeout=120)
    if ended.returncode == 0:
        return None
    return f"{name} (opset {opset}) of {kind}: {ended.stderr.strip()[:300]}"


def main():
    arguments = support.parse_arguments(__doc__.split("\n")[0], only="")
    tasks = [task for task in tasks_of(list(rows(arguments.kiln))) if arguments.only in task[0]]
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(2) as pool:
        ends = pool.map(lambda task: compiles(arguments.kiln, folder, *task), tasks)
        failures = [end for end in ends if end]
    for failure in failures:
        print(failure)
    print(f"{len(tasks) - len(failures)} of {len(tasks)} operators and types compile")
    return 1 if failures or not tasks else 0


if __name__ == "__main__":
    sys.exit(main())
