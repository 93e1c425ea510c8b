# Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Which of ONNX's backend cases a compiler for convolutional nets runs."""
import re

# The newest that Kiln takes: later cases are of forms that it cannot know.
NEWEST_OPSET = 25

# Operators that stand around the one that a case is about.
HELPERS = {"Constant", "Unsqueeze", "Squeeze", "Split", "Neg", "Add", "Mul", "Transpose"}

# Inputs that say how a node works, and are constants in every net that a static
# compiler takes: shapes, axes, sizes, bounds.
BOUND_INPUTS = {
    "CenterCropPad": [1],
    "Col2Im": [1, 2],
    "ConstantOfShape": [0],
    "CumSum": [1],
    "Dropout": [1],
    "Expand": [1],
    "Pad": [1, 3],
    "Reshape": [1],
    "Resize": [1, 2, 3],
    "Slice": [1, 2, 3, 4],
    "Split": [1],
    "Squeeze": [1],
    "Tile": [1],
    "TopK": [1],
    "Unsqueeze": [1],
    "Upsample": [1],
}
for kind in "L1 L2 LogSum LogSumExp Max Mean Min Prod Sum SumSquare".split():
    BOUND_INPUTS["Reduce" + kind] = [1]

# Cases of libonnx-testdata that must pass: all of these operators ...
REQUIRED = set(
    """
    Abs Add ArgMax AveragePool BatchNormalization Cast Ceil Celu Clip Concat Constant
    ConstantOfShape Conv ConvTranspose DepthToSpace Div Dropout Elu Erf Exp Expand
    Flatten Floor Gather Gemm GlobalAveragePool GlobalMaxPool HardSigmoid HardSwish
    Identity InstanceNormalization LRN LeakyRelu Log LogSoftmax MatMul Max MaxPool Mean
    Min Mul Neg PRelu Pad Pow Reciprocal ReduceL2 ReduceMax ReduceMean ReduceMin
    ReduceSum Relu Reshape Resize Selu Shape Sigmoid Sign Size Slice Softmax Softplus
    Softsign SpaceToDepth Split Sqrt Squeeze Sub Sum Tanh ThresholdedRelu Tile Transpose
    Unsqueeze Upsample
    """.split()
)
# ... but for these forms, which are optional,
RARE_FORMS = re.compile(
    r"node/test_("
    r"batchnorm_.*_training_mode"
    r"|cast_.*BFLOAT16.*"
    r"|(max|min)_(u?int\d+|float16|float64)"
    r"|maxpool_2d_uint8|maxpool_with_argmax_.*"
    r"|pow_types_.*"
    r"|resize_downsample_scales_(cubic|linear)_align_corners|resize_tf_crop_and_resize"
    r")$"
)
# and for these, which no net of tensors in inference has.
OUTSIDE = re.compile(
    r"node/test_(cast_.*STRING.*|training_dropout.*|identity_(opt|sequence))$"
)

# Operators around convolutional nets: detection heads, statistics, sampling.
OPTIONAL = set(
    """
    ArgMin CumSum Einsum GatherElements GatherND GridSample Hardmax LayerNormalization
    MeanVarianceNormalization NonMaxSuppression ReduceL1 ReduceLogSum ReduceLogSumExp
    ReduceProd ReduceSumSquare RoiAlign Round ScatterND Shrink TopK
    """.split()
)

# Operators that came or changed in opsets 14 to 25, in the cases of PyPI's onnx.
NEWER = set(
    """
    Add ArgMax ArgMin AveragePool BatchNormalization Cast CastLike CenterCropPad Clip
    Col2Im Concat Conv ConvTranspose DeformConv DepthToSpace Div Elu Equal Gather Gelu
    Gemm GlobalAveragePool GlobalMaxPool GridSample GroupNormalization HardSigmoid
    HardSwish InstanceNormalization LayerNormalization LeakyRelu LogSoftmax LpNormalization
    LpPool Max MaxPool MeanVarianceNormalization Min Mish Mod Mul PRelu Pad Pow
    RMSNormalization ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean
    ReduceMin ReduceProd ReduceSum ReduceSumSquare Relu Reshape Resize Round Selu Shrink
    Sigmoid Slice Softmax Softplus SpaceToDepth Split Squeeze Sub Swish ThresholdedRelu
    Tile Transpose Unsqueeze Where
    """.split()
)
# 4-bit, 2-bit and 8-bit floats, and strings, have no place in a net of tensors here.
NARROW_OR_TEXT = re.compile(r"FLOAT8|FLOAT4|INT4|INT2|STRING|float8|int4|int2|string|e8m0", re.I)


# Cases whose own numbers are not what ONNX defines, with the reason.
WRONG_NUMBERS = {
    "node/test_cast_FLOAT_to_BFLOAT16": "the case cuts the last bits off, where "
    "ONNX rounds to the nearest bf16 (later releases correct the case)",
}


def must_pass(case, operator):
    return (
        operator in REQUIRED
        and not RARE_FORMS.match(case)
        and not OUTSIDE.match(case)
    )


def is_optional(case, operator):
    return operator in OPTIONAL or bool(operator in REQUIRED and RARE_FORMS.match(case))


def is_newer(case, operator):
    return operator in NEWER and not OUTSIDE.match(case) and not NARROW_OR_TEXT.search(case)
