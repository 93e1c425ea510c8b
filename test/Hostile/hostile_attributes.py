"""Attributes out of range, of the wrong type or length, or at odds.

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

from cases import (case, free_output, give, helper, node, np, onnx, put, replace_act, set_opset,
                   variants)

HUGE = 2**62


@variants({
    "strides_zero": {"strides": [0, 1]}, "strides_negative": {"strides": [1, -1]},
    "strides_three": {"strides": [1, 1, 1]}, "strides_float": {"strides": [1.5, 1.0]},
    "strides_string": {"strides": "11"}, "strides_number": {"strides": 1},
    "dilations_zero": {"dilations": [1, 0]}, "dilations_negative": {"dilations": [-2, 1]},
    "dilations_huge": {"dilations": [HUGE, HUGE]}, "dilations_three": {"dilations": [1, 1, 1]},
    "pads_three": {"pads": [1, 1, 1]}, "pads_negative": {"pads": [-3, -3, -3, -3]},
    "pads_overflow": {"pads": [HUGE] * 4}, "pads_wrap": {"pads": [2**63 - 1, 1, 2**63 - 1, 1]},
    "pads_huge": {"pads": [2**31] * 4}, "pads_float": {"pads": [1.0, 1.0, 1.0, 1.0]},
    "kernel_differs": {"kernel_shape": [5, 5]}, "kernel_zero": {"kernel_shape": [0, 3]},
    "kernel_one_number": {"kernel_shape": [3]}, "group_zero": {"group": 0},
    "group_negative": {"group": -1}, "group_divides_no_input": {"group": 2},
    "group_divides_no_output": {"group": 3}, "group_huge": {"group": 2**63 - 1},
    "group_float": {"group": 1.0}, "auto_pad_unknown": {"auto_pad": "SAME_SIDEWAYS"},
    "auto_pad_number": {"auto_pad": 3},
}, error="n_conv")
def conv(m, attributes):
    give(m, "n_conv", **attributes)


@case(exits=(1, 4), error="n_conv.*colour")
def conv_unknown_attribute(m, _):
    give(m, "n_conv", colour="red")


@case(error="n_conv")
def conv_window_larger_than_its_input(m, _):
    give(m, "n_conv", dilations=[4, 4])


@case(error="n_conv.*pads|pads.*n_conv")
def conv_attribute_twice(m, _):
    node(m, "n_conv").attribute.append(helper.make_attribute("pads", [0, 0, 0, 0]))


@case(error="n_conv")
def conv_attribute_whose_type_lies(m, _):
    for attribute in node(m, "n_conv").attribute:
        if attribute.name == "strides":
            attribute.type = onnx.AttributeProto.TENSOR


@variants({
    "output_padding_as_large_as_stride": {"output_padding": [1, 1]},
    "output_padding_negative": {"output_padding": [-1, 0]},
    "output_shape_negative": {"output_shape": [-5, -7]},
    "output_shape_unreachable": {"output_shape": [500, 700]},
    "strides_overflow": {"strides": [HUGE, HUGE]}, "group_divides_no_input": {"group": 3},
}, error="n_act")
def conv_transpose(m, attributes):
    replace_act(m, "ConvTranspose", "wt",
                constants={"wt": np.ones((4, 2, 3, 3), np.float32)}, **attributes)


@variants({"negative": -1.0, "nan": float("nan"), "infinite": float("inf")}, error="n_norm")
def norm_epsilon(m, epsilon):
    give(m, "n_norm", epsilon=epsilon)


@variants({"is_integer": {"epsilon": 1}, "is_string": {"epsilon": "small"}}, error="n_norm")
def norm_epsilon_type(m, attributes):
    give(m, "n_norm", **attributes)


@case(error="n_norm")
def norm_training_mode_seven(m, _):
    give(m, "n_norm", training_mode=7)


@case(error="n_norm")
def norm_training_with_one_output(m, _):
    give(m, "n_norm", training_mode=1)


@variants({
    "no_kernel": ("MaxPool", {}), "kernel_zero": ("MaxPool", {"kernel_shape": [0, 0]}),
    "kernel_negative": ("AveragePool", {"kernel_shape": [-2, -2]}),
    "kernel_three": ("MaxPool", {"kernel_shape": [2, 2, 2]}),
    "kernel_too_large": ("MaxPool", {"kernel_shape": [9, 9]}),
    "kernel_huge": ("AveragePool", {"kernel_shape": [HUGE, HUGE]}),
    "stride_zero": ("AveragePool", {"kernel_shape": [2, 2], "strides": [0, 0]}),
    "pads_negative": ("MaxPool", {"kernel_shape": [2, 2], "pads": [-1, -1, -1, -1]}),
    "window_of_padding_alone": ("MaxPool", {"kernel_shape": [2, 2], "pads": [5, 5, 5, 5]}),
}, error="n_act")
def pool(m, op_and_attributes):
    op, attributes = op_and_attributes
    replace_act(m, op, **attributes)


@variants({
    "softmax_axis": ("Softmax", {"axis": 4}), "softmax_axis_negative": ("Softmax", {"axis": -5}),
    "flatten_axis": ("Flatten", {"axis": 9}), "concat_axis": ("Concat", {"axis": 4}),
    "concat_without_axis": ("Concat", {}), "perm_repeats": ("Transpose", {"perm": [0, 1, 1, 3]}),
    "perm_beyond": ("Transpose", {"perm": [0, 1, 2, 4]}), "perm_short": ("Transpose", {"perm": [1, 0]}),
    "leaky_slope_string": ("LeakyRelu", {"alpha": "steep"}),
    "cast_without_type": ("Cast", {}),
    "reduce_keepdims_float": ("ReduceMean", {"axes": [2], "keepdims": 1.0}),
    "reduce_axis": ("ReduceMean", {"axes": [4]}),
}, error="n_act")
def layout(m, op_and_attributes):
    op, attributes = op_and_attributes
    replace_act(m, op, **attributes)


@case(exits=(1, 4), error="n_act")
def cast_to_an_unknown_type(m, _):
    replace_act(m, "Cast", to=77)


I64 = lambda *numbers: np.array(numbers, np.int64)


@variants({
    "reshape_two_unknowns": ("Reshape", I64(1, -1, -1)),
    "reshape_other_count": ("Reshape", I64(1, 4, 5, 8)),
    "reshape_negative": ("Reshape", I64(1, 4, -5, 7)),
    "reshape_overflow": ("Reshape", I64(2**32, 2**32, 35 * 4)),
    "reshape_copies_beyond": ("Reshape", I64(1, 4, 5, 7, 0)),
    "reshape_by_floats": ("Reshape", np.array([1, 140], np.float32)),
    "reshape_by_a_matrix": ("Reshape", np.array([[1, 140]], np.int64)),
    "unsqueeze_axis_twice": ("Unsqueeze", I64(1, 1)), "unsqueeze_axis": ("Unsqueeze", I64(9)),
    "squeeze_axis_of_four": ("Squeeze", I64(1)), "squeeze_axis": ("Squeeze", I64(7)),
    "expand_incompatible": ("Expand", I64(1, 3, 5, 7)),
    "expand_to_a_petabyte": ("Expand", I64(2**30, 4, 2**20, 5, 7)),
    "tile_negative": ("Tile", I64(1, 1, -1, 1)), "tile_short": ("Tile", I64(2)),
    "pad_short": ("Pad", I64(0, 0, 1)), "pad_to_nothing": ("Pad", I64(0, 0, -9, 0, 0, 0, 0, 0)),
    "gather_beyond": ("Gather", I64(5)), "gather_by_floats": ("Gather", np.ones(2, np.float32)),
}, exits=(1, 4), error="n_act")
def shape_operand(m, op_and_constant):
    op, constant = op_and_constant
    replace_act(m, op, "k", constants={"k": constant})


@case(error="n_act")
def slice_by_step_zero(m, _):
    replace_act(m, "Slice", "from", "to", "axes", "step",
                constants={"from": I64(0), "to": I64(3), "axes": I64(2), "step": I64(0)})


@case(error="n_act")
def slice_axes_of_other_length(m, _):
    replace_act(m, "Slice", "from", "to", "axes",
                constants={"from": I64(0), "to": I64(3), "axes": I64(2, 3)})


@variants({"zero": [1, 1, 0, 2], "negative": [1, 1, -1, 2], "nan": [1, 1, float("nan"), 2],
           "overflow": [1, 1, 3e38, 3e38], "three": [1, 1, 2]}, error="n_act")
def resize_scales(m, scales):
    replace_act(m, "Resize", "", "scales", constants={"scales": np.array(scales, np.float32)})


@variants({"mode": {"mode": "sharp"}, "transform": {"coordinate_transformation_mode": "odd"}},
          exits=(1, 4), error="n_act")
def resize_unknown(m, attributes):
    replace_act(m, "Resize", "", "scales",
                constants={"scales": np.array([1, 1, 2, 2], np.float32)}, **attributes)


@case(error="n_act")
def pad_mode_unknown(m, _):
    replace_act(m, "Pad", "k", constants={"k": I64(0, 0, 1, 1, 0, 0, 1, 1)}, mode="fuzzy")


@case(error="n_act")
def split_sizes_of_another_sum(m, _):
    set_opset(m, 13)
    replace_act(m, "Split", "sizes", constants={"sizes": I64(1, 2)}, axis=1)
    node(m, "n_act").output.append("y2")
    free_output(m)


@case(error="n_act")
def gemm_of_four_dimensions(m, _):
    put(m, "k", np.ones((7, 2), np.float32))
    replace_act(m, "Gemm", "k")


@case(error="n_act")
def prelu_slope_does_not_broadcast(m, _):
    replace_act(m, "PRelu", "slope", constants={"slope": np.ones((3, 1, 1), np.float32)})
