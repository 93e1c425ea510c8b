"""Constants and shapes: wrong lengths, types and values, and data kept where
it must not be read.

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import os

from cases import (COMPILE, TensorProto, case, give, helper, node, np, put, replace_act, tensor,
                   value, variants)

F32 = np.float32
WRAP = 2**40 + 1


# -- the bytes of a constant -------------------------------------------------
@variants({"short": slice(0, -1), "half": slice(0, 216), "empty": slice(0, 0)}, error=r"\bw\b")
def raw_data(m, part):
    tensor(m, "w").raw_data = tensor(m, "w").raw_data[part]


@case(error=r"\bw\b")
def raw_data_too_long(m, _):
    tensor(m, "w").raw_data += bytes(4)


@case(error=r"\bw\b")
def no_data(m, _):
    tensor(m, "w").ClearField("raw_data")


@case(error=r"\bb\b")
def float_data_of_another_count(m, _):
    tensor(m, "b").ClearField("raw_data")
    tensor(m, "b").float_data.extend([1.0] * 5)


@case(error=r"\bb\b")
def data_in_two_fields(m, _):
    tensor(m, "b").float_data.extend([1.0] * 4)


@case(error=r"\bb\b")
def data_in_the_wrong_field(m, _):
    tensor(m, "b").ClearField("raw_data")
    tensor(m, "b").int64_data.extend([1] * 4)


@variants({"negative": [-4, 3, 3, 3], "overflow": [2**32, 2**32, 2, 2], "petabyte": [2**40, 64],
           "largest": [2**63 - 1],
           # Both factors are far too large, but modulo 2^64 their product is
           # the 108 elements that are there.
           "product_wraps": [4 * WRAP, 27 * pow(WRAP, -1, 2**62) % 2**62],
           "thousand_dimensions": [1] * 1000 + [108]}, error=r"\bw\b|n_conv")
def constant_dims(m, dims):
    del tensor(m, "w").dims[:]
    tensor(m, "w").dims.extend(dims)


@variants({"undefined": 0, "unknown": 99, "negative": -7}, exits=(1, 4), error=r"\bw\b")
def constant_type(m, element):
    tensor(m, "w").data_type = element


@variants({"float8": TensorProto.FLOAT8E5M2, "uint4": TensorProto.UINT4,
           "complex": TensorProto.COMPLEX128}, exits=(1, 4), error=r"\bw\b")
def constant_type_not_taken(m, element):
    tensor(m, "w").data_type = element


@case(exits=(1, 4), error=r"\bb\b|n_conv")
def constant_of_strings(m, _):
    del m.graph.initializer[1]
    m.graph.initializer.append(helper.make_tensor("b", TensorProto.STRING, [4], [b"a"] * 4))


@case(exits=(1, 4), error=r"\bw\b")
def constant_in_segments(m, _):
    tensor(m, "w").segment.begin = 0
    tensor(m, "w").segment.end = 4


# -- statistics that no net may have ------------------------------------------
VARIANCES = {"negative": -0.5, "nan": np.nan, "infinite": np.inf, "minus_infinite": -np.inf}


@variants(VARIANCES, error="n_norm")
def variance(m, content):
    put(m, "var", np.array([1.0, content, 0.3, 0.7], F32))


@variants(VARIANCES, error="n_norm", arguments=(*COMPILE, "--no-fold"))
def variance_not_folded(m, content):
    put(m, "var", np.array([1.0, content, 0.3, 0.7], F32))


@case(error="n_norm")
def variance_and_epsilon_zero(m, _):
    put(m, "var", np.array([1.0, 0.0, 0.3, 0.7], F32))
    give(m, "n_norm", epsilon=0.0)


# -- shapes and types at odds ---------------------------------------------------
@variants({
    "w_rank_three": ("w", np.ones((4, 3, 3), F32)), "w_rank_five": ("w", np.ones((4, 3, 3, 3, 3), F32)),
    "w_channels": ("w", np.ones((4, 2, 3, 3), F32)), "w_no_filters": ("w", np.ones((0, 3, 3, 3), F32)),
    "w_empty_kernel": ("w", np.ones((4, 3, 0, 3), F32)), "w_double": ("w", np.ones((4, 3, 3, 3))),
    "b_length": ("b", np.ones(3, F32)),
    "b_rank": ("b", np.ones((4, 1), F32)), "b_double": ("b", np.ones(4)),
}, error="n_conv")
def conv_operand(m, name_and_array):
    put(m, *name_and_array)


@variants({"w": ("w", np.ones((4, 3, 3, 3), np.int32)), "offset": ("offset", np.ones(4, np.int64))},
          exits=(1, 4), error="n_conv|n_norm")
def operand_of_integers(m, name_and_array):
    put(m, *name_and_array)


@variants({"scale_length": ("scale", np.ones(5, F32)), "mean_rank": ("mean", np.ones((1, 4), F32)),
           "var_scalar": ("var", np.float32(1)), "var_empty": ("var", np.ones(0, F32))},
          error="n_norm")
def norm_operand(m, name_and_array):
    put(m, *name_and_array)


@variants({"add": ("Add", (3, 1, 1)), "mul_rank": ("Mul", (2, 1, 3, 5, 7)),
           "matmul": ("MatMul", (5, 2)), "concat": ("Concat", (1, 4, 5, 6))}, error="n_act")
def operand_does_not_fit(m, op_and_shape):
    op, shape = op_and_shape
    more = {"axis": 1} if op == "Concat" else {}
    replace_act(m, op, "k", constants={"k": np.ones(shape, F32)}, **more)


@case(exits=(1, 4), error="n_act")
def relu_of_truth_values(m, _):
    m.graph.node.insert(2, helper.make_node("Cast", ["n"], ["t"], name="n_cast",
                                            to=TensorProto.BOOL))
    node(m, "n_act").input[0] = "t"


@variants({"channels": (1, 5, 5, 7), "rank": (1, 4, 35), "spatial": (1, 4, 5, 6)},
          error=r"\by\b|n_act")
def declared_output(m, dims):
    del m.graph.output[:]
    m.graph.output.append(value("y", dims))


@case(error=r"\by\b|n_act")
def declared_output_type(m, _):
    m.graph.output[0].type.tensor_type.elem_type = TensorProto.DOUBLE


@case(exits=(0, 1), error=r"\bc\b|n_conv")
def declared_inner_value(m, _):
    """Shapes of inner values are hints: a wrong one may be overlooked."""
    m.graph.value_info.append(value("c", (1, 9, 5, 7)))


@variants({"negative": (1, 3, -5, 7), "overflow": (1, 3, 2**40, 2**40),
           "bytes_overflow": (1, 3, 2**31, 2**30), "largest": (2**63 - 1, 3, 5, 7),
           "scalar": (), "rank_three": (1, 3, 5), "channels": (1, 4, 5, 7)},
          error=r"\bx\b|n_conv")
def input_dims(m, dims):
    m.graph.input[0].CopyFrom(value("x", dims))


@case(exits=(1, 2), error=r"(?s)(?=.*\bx\b)(?=.*\bbatch\b)(?=.*--shapes)")
def dynamic_dimension_not_given(m, _):
    m.graph.input[0].CopyFrom(value("x", ("batch", 3, 5, 7)))
    m.graph.output[0].CopyFrom(value("y", ("batch", 4, 5, 7)))


@case(exits=(1, 2), error=r"\bx\b")
def input_without_a_shape(m, _):
    m.graph.input[0].CopyFrom(value("x", None))


# -- external data ----------------------------------------------------------------
def external(m, **entries):
    """Keeps w's data in another file; returns its bytes."""
    w = tensor(m, "w")
    data = w.raw_data
    w.ClearField("raw_data")
    w.data_location = TensorProto.EXTERNAL
    for key, content in entries.items():
        w.external_data.add(key=key, value=content)
    return data


@case(exits=0)
def external_data_as_it_should_be(m, folder):
    (folder / "weights.bin").write_bytes(bytes(16) + external(
        m, location="weights.bin", offset="16", length="432"))


@variants({"parent": "../outside.bin", "parent_behind_folder": "sub/../../outside.bin",
           "absolute": "/etc/passwd", "device": "/dev/zero", "missing": "nowhere.bin",
           "empty": "", "folder": ".", "newline": "a\nerror: b", "nul": "weights.bin\0.txt",
           "url": "http://example.org/weights.bin", "backslash": "..\\outside.bin",
           "very_long": "a" * 100000}, error=r"\bw\b")
def external_location(m, location):
    external(m, location=location)


@case(error=r"\bw\b", arguments=("compile", "{dir}/inner/model.onnx", "-o", "{out}/net.so"))
def external_data_in_the_parent_folder(m, folder):
    """The file is there and right: only the rule refuses it."""
    (folder / "inner").mkdir()
    (folder / "weights.bin").write_bytes(external(m, location="../weights.bin"))
    (folder / "inner/model.onnx").write_bytes(m.SerializeToString())
    return False


def outside(folder, data):
    place = folder.parent / f"outside_{folder.name}.bin"
    place.write_bytes(data)
    return place


@case(error=r"\bw\b")
def external_data_behind_a_link(m, folder):
    place = outside(folder, external(m, location="weights.bin"))
    (folder / "weights.bin").symlink_to(place)


@case(error=r"\bw\b")
def external_data_behind_a_linked_folder(m, folder):
    data = external(m, location="sub/weights.bin")
    elsewhere = folder.parent / f"outside_{folder.name}"
    elsewhere.mkdir()
    (elsewhere / "weights.bin").write_bytes(data)
    (folder / "sub").symlink_to(elsewhere)


@case(error=r"\bw\b")
def external_data_is_a_device(m, folder):
    external(m, location="weights.bin", length="432")
    (folder / "weights.bin").symlink_to("/dev/zero")


@case(error=r"\bw\b")
def external_data_is_a_pipe(m, folder):
    external(m, location="weights.bin", length="432")
    os.mkfifo(folder / "weights.bin")


@variants({"offset_negative": {"offset": "-4"}, "offset_beyond": {"offset": "4096"},
           "offset_near_the_end": {"offset": "8"}, "offset_overflow": {"offset": str(2**64 - 8)},
           "offset_word": {"offset": "twelve"}, "offset_with_tail": {"offset": "0x10"},
           "length_beyond": {"length": "4096"}, "length_short": {"length": "4"},
           "length_negative": {"length": "-432"}, "length_overflow": {"length": str(2**64)},
           "sum_overflows": {"offset": str(2**63 - 1), "length": str(2**63 - 1)}},
          error=r"\bw\b")
def external_range(m, entries, folder):
    (folder / "weights.bin").write_bytes(external(m, location="weights.bin", **entries))


@case(error=r"\bw\b")
def external_without_a_location(m, _):
    external(m, offset="0")


@case(error=r"\bw\b")
def external_and_raw_data(m, folder):
    data = external(m, location="weights.bin")
    tensor(m, "w").raw_data = data
    (folder / "weights.bin").write_bytes(data)
