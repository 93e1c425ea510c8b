#!/usr/bin/env python3
"""Element types from end to end: integers and casts exactly as numpy says (and
as docs/element-types.md does where numpy is silent), nets stored in f16, bf16
and f64 within their rounding of the interpreter.

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import support
from support import np, onnx
from onnx import TensorProto, helper, numpy_helper

INTEGERS = [np.dtype(f"{sign}int{bits}") for bits in (8, 16, 32, 64) for sign in ("", "u")]
# With F16C and without: the latter calls the runtime's own conversions.
TARGETS = ((), ("--mcpu=x86-64",), ("--mcpu=x86-64", "--mattr=+avx2,+f16c"))


def model(kiln, nodes, inputs, outputs, constants=(), opset=18):
    """Saves a net; inputs and outputs by name and array or ONNX type."""
    def info(name, what):
        if isinstance(what, int):
            return helper.make_tensor_value_info(name, what, None)
        return helper.make_tensor_value_info(
            name, helper.np_dtype_to_tensor_dtype(what.dtype), what.shape)
    graph = helper.make_graph(nodes, "types", [info(n, a) for n, a in inputs.items()],
                              [info(n, t) for n, t in outputs.items()], list(constants))
    path = kiln.scratch("net.onnx")
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)],
                                ir_version=9), path)
    return path


def wrapped(values, dtype):
    """Python integers modulo 2^bits."""
    bits = 8 * dtype.itemsize
    result = []
    for value in values:
        value %= 1 << bits
        if dtype.kind == "i" and value >= 1 << (bits - 1):
            value -= 1 << bits
        result.append(value)
    return np.array(result, dtype)


def divide(a, b):
    return 0 if b == 0 else (abs(a) // abs(b)) * (1 if (a < 0) == (b < 0) else -1)


BINARY = {
    "Add": (lambda a, b: a + b, {}), "Sub": (lambda a, b: a - b, {}),
    "Mul": (lambda a, b: a * b, {}), "Div": (divide, {}),
    "Mod": (lambda a, b: a % b if b else 0, {}),
    "Max": (max, {}), "Min": (min, {}),
    "BitwiseAnd": (lambda a, b: a & b, {}), "BitwiseOr": (lambda a, b: a | b, {}),
    "BitwiseXor": (lambda a, b: a ^ b, {}),
    "Less": (lambda a, b: a < b, {}), "Greater": (lambda a, b: a > b, {}),
    "LessOrEqual": (lambda a, b: a <= b, {}), "GreaterOrEqual": (lambda a, b: a >= b, {}),
    "Equal": (lambda a, b: a == b, {}),
}
UNARY = {"Abs": abs, "Neg": lambda a: -a, "Sign": lambda a: (a > 0) - (a < 0),
         "BitwiseNot": lambda a: ~a}


def integers(kiln, checks, rng, dtype):
    info = np.iinfo(dtype)
    edges = [info.min, info.min + 1, 0, 1, 2, 7, info.max - 1, info.max] + [-1] * (info.min < 0)
    pairs = [(a, b) for a in edges for b in edges]
    more = rng.integers(info.min, info.max, (2, 40), dtype=dtype, endpoint=True)
    a = np.array([p[0] for p in pairs] + list(more[0]), dtype)
    b = np.array([p[1] for p in pairs] + list(more[1]), dtype)
    nodes, outputs, expected = [], {}, {}

    def add(op, inputs, values, attributes):
        name = op + "fmod" * bool(attributes)
        nodes.append(helper.make_node(op, inputs, [name], name=name, **attributes))
        result = np.array(values) if isinstance(values[0], bool) else wrapped(values, dtype)
        outputs[name] = helper.np_dtype_to_tensor_dtype(result.dtype)
        expected[name] = result

    xs, ys = [int(v) for v in a], [int(v) for v in b]
    for op, (function, attributes) in BINARY.items():
        add(op, ["a", "b"], [function(x, y) for x, y in zip(xs, ys)], attributes)
    add("Mod", ["a", "b"], [x - y * divide(x, y) if y else 0 for x, y in zip(xs, ys)],
        {"fmod": 1})
    for op, function in UNARY.items():
        if op != "Neg" or info.min < 0:
            add(op, ["a"], [function(x) for x in xs], {})
    if dtype.itemsize >= 4:
        nodes.append(helper.make_node("Clip", ["e", "zero", "five"], ["exponent"]))
        nodes.append(helper.make_node("Pow", ["a", "exponent"], ["Pow"], name="Pow"))
        outputs["Pow"] = helper.np_dtype_to_tensor_dtype(dtype)
        expected["Pow"] = wrapped([x ** min(max(y, 0), 5) for x, y in zip(xs, ys)], dtype)
        nodes[-2].input[0] = "b"
    constants = [numpy_helper.from_array(np.array(v, dtype), n)
                 for n, v in (("zero", 0), ("five", 5))]
    path = model(kiln, nodes, {"a": a, "b": b}, outputs, constants)
    for flags in TARGETS[:2]:
        got = kiln.run(path, {"a": a, "b": b}, list(outputs), *flags)
        for name, want in expected.items():
            wrong = int(np.sum(got[name] != want)) + (got[name].dtype != want.dtype)
            checks.at_most(wrong, 0, f"{dtype} {name} {' '.join(flags)}: elements that differ")
    if dtype.itemsize <= 4:
        got = kiln.run(path, {"a": a, "b": b}, list(outputs), "--interpret")
        for name, want in expected.items():
            if name != "Pow":  # whose exact value is beyond 2^53
                checks.at_most(int(np.sum(got[name] != want.astype(np.float64))), 0,
                               f"{dtype} {name}, interpreted: elements that differ")


def cast(value, dtype):
    """Towards zero, drawn into the range; NaN is 0; integers keep low bits."""
    if dtype.kind == "b":
        return value != 0
    if dtype.kind == "f":
        with np.errstate(over="ignore"):
            return dtype.type(value)
    if isinstance(value, int):
        return wrapped([value], dtype)[0]
    info = np.iinfo(dtype)
    if np.isnan(value):
        return dtype.type(0)
    if np.isinf(value):
        return dtype.type(info.max if value > 0 else info.min)
    return dtype.type(min(max(int(value), info.min), info.max))


def casts(kiln, checks, rng):
    types = [*INTEGERS, np.dtype(bool), *(np.dtype(t) for t in ("float16", "float32", "float64"))]
    for source in types:
        if source.kind == "f":
            array = np.array([0, -0.0, 0.5, -0.5, 1.75, -1.75, 127.9, -128.9, 255.5, 3e4, -3e4,
                              65503.0, 3e9, -3e9, 1e19, -1e19, 1.9e19, np.inf, -np.inf, np.nan,
                              *(rng.standard_normal(40) * 300)])
            with np.errstate(over="ignore"):
                array = array.astype(source)
            values = [float(v) for v in array]
        else:
            low, high = (0, 1) if source.kind == "b" else (np.iinfo(source).min,
                                                           np.iinfo(source).max)
            array = np.array([low, high, 0, 1, high // 2, *map(int, rng.integers(
                low, high, 40, dtype=source if source.kind != "b" else int, endpoint=True))],
                             source)
            values = [int(v) for v in array]
        targets = [t for t in types if t != source]
        nodes = [helper.make_node("Cast", ["x"], [str(t)], name=str(t),
                                  to=helper.np_dtype_to_tensor_dtype(t)) for t in targets]
        outputs = {str(t): helper.np_dtype_to_tensor_dtype(t) for t in targets}
        path = model(kiln, nodes, {"x": array}, outputs)
        for flags in TARGETS:
            got = kiln.run(path, {"x": array}, list(outputs), *flags)
            for target in targets:
                want = np.array([cast(v, target) for v in values], target)
                equal = (got[str(target)] == want) | ((want != want) & (got[str(target)] != got[str(target)]))
                checks.at_most(int(np.sum(~equal)), 0,
                               f"cast {source} to {target} {' '.join(flags)}: elements that differ")


def wide_integers(kiln, checks):
    """Compiled code is exact in 64 bits; the interpreter, in f64, to 2^53."""
    x = np.array([2 ** 53 + 1, -(2 ** 53) - 1, 2 ** 62 + 3, 2 ** 53 - 2], np.int64)
    one = np.array([1], np.int64)
    path = model(kiln, [helper.make_node("Add", ["x", "one"], ["y"])], {"x": x},
                 {"y": TensorProto.INT64}, [numpy_helper.from_array(one, "one")])
    checks.at_most(int(np.sum(kiln.run(path, {"x": x}, ["y"])["y"] != x + 1)), 0,
                   "64 bits, compiled: elements that differ")
    interpreted = kiln.run(path, {"x": x}, ["y"], "--interpret")["y"]
    checks.at_most(abs(int(interpreted[3]) - (2 ** 53 - 1)), 0, "below 2^53, interpreted")
    checks.at_most(int(np.max(np.abs(interpreted[:3] / (x[:3] + 1).astype(np.float64) - 1)) > 1e-15),
                   0, "beyond 2^53, interpreted: only rounded")


def stored_net(kiln, dtype, rng):
    """Convolution, BN, activation, pooling, a residual and a classifier whose
    weights and activations are `dtype`; f32 at the border, which numpy has."""
    nodes, constants = [], []

    def weight(shape, scale=1.0, positive=False):
        array = rng.standard_normal(shape) * scale
        array = np.abs(array) + 0.3 if positive else array
        name = f"w{len(constants)}"
        constants.append(helper.make_tensor(name, dtype, array.shape, array.flatten())
                         if dtype == TensorProto.BFLOAT16 else numpy_helper.from_array(
                             array.astype(helper.tensor_dtype_to_np_dtype(dtype)), name))
        return name

    def node(op, inputs, **attributes):
        name = f"t{len(nodes)}"
        nodes.append(helper.make_node(op, inputs, [name], name=f"{op}{len(nodes)}", **attributes))
        return name

    def batch_norm(x, channels):
        return node("BatchNormalization", [x, weight(channels), weight(channels),
                                           weight(channels), weight(channels, 1, True)])

    x = node("Cast", ["x"], to=dtype)
    x = node("Conv", [x, weight((6, 3, 3, 3), 0.3), weight(6)], pads=[1, 1, 1, 1])
    x = node("Relu", [batch_norm(x, 6)])
    y = node("Conv", [x, weight((6, 2, 3, 3), 0.3)], group=3, pads=[1, 1, 1, 1])
    x = node("Add", [node("Sigmoid", [batch_norm(y, 6)]), x])
    x = batch_norm(x, 6)
    x = node("MaxPool", [x], kernel_shape=[3, 2], strides=[2, 2], pads=[1, 0, 1, 0])
    x = node("ConvTranspose", [x, weight((6, 5, 3, 2), 0.2)], strides=[2, 1])
    x = node("AveragePool", [x], kernel_shape=[2, 2])
    x = node("ReduceMean", [node("Transpose", [x], perm=[0, 2, 3, 1])], axes=[1, 2], keepdims=0)
    x = node("Gemm", [x, weight((5, 7)), weight(7)])
    x = node("Softmax", [x], axis=1)
    nodes.append(helper.make_node("Cast", [x], ["y"], to=TensorProto.FLOAT, name="last"))
    array = rng.standard_normal((2, 3, 11, 9)).astype(np.float32)
    return model(kiln, nodes, {"x": array}, {"y": TensorProto.FLOAT}, constants, opset=13), array


def stored_nets(kiln, checks, rng):
    # Each stored value is rounded to 11, 8 or 53 bits: a few roundings deep.
    for name, dtype, bound in (("f16", TensorProto.FLOAT16, 8 * 2.0 ** -11),
                               ("bf16", TensorProto.BFLOAT16, 8 * 2.0 ** -8),
                               ("f64", TensorProto.DOUBLE, 1e-7)):
        for round_ in range(3):
            path, array = stored_net(kiln, dtype, rng)
            exact = kiln.run(path, {"x": array}, ["y"], *support.EXACT)["y"]
            for flags in TARGETS:
                for fold in ((), ("--no-fold",)):
                    got = kiln.run(path, {"x": array}, ["y"], *flags, *fold)["y"]
                    checks.at_most(support.max_error(got, exact), bound,
                                   f"{name} net {round_} {' '.join(flags + fold)}")


def main():
    arguments = support.parse_arguments(__doc__, seed=20261122)
    print(f"seed {arguments.seed}")
    rng = np.random.default_rng(arguments.seed)
    kiln, checks = support.Kiln(arguments.kiln), support.Checks()
    for dtype in INTEGERS:
        integers(kiln, checks, rng, dtype)
    casts(kiln, checks, rng)
    wide_integers(kiln, checks)
    stored_nets(kiln, checks, rng)
    checks.finish()


if __name__ == "__main__":
    main()
