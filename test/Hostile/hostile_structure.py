"""Graphs that are malformed, contradictory or hold what Kiln does not take.

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

from cases import (TensorProto, case, free_output, helper, node, np, numpy_helper, onnx, put,
                   replace_act, set_opset, value, variants)

UNSUPPORTED = 4


@case(exits=0)
def the_sound_net(m, _):
    """What all the others spoil: were it refused, they would prove nothing."""


@case(error="(?i)graph")
def no_graph(m, _):
    m.ClearField("graph")


@case(error="(?i)output")
def no_outputs(m, _):
    del m.graph.output[:]


@case(error=r"\by\b")
def output_never_computed(m, _):
    del m.graph.node[-1]


@case(error="n_act.*nowhere|nowhere.*n_act")
def input_never_computed(m, _):
    node(m, "n_act").input[0] = "nowhere"


@case(error="n_conv")
def missing_weight(m, _):
    del m.graph.initializer[0]


@case(error="(?i)(n_conv|n_norm|n_act|cycle)")
def cycle_of_three(m, _):
    node(m, "n_conv").input[0] = "y"


@case(error="n_act|(?i:cycle)")
def node_feeds_itself(m, _):
    node(m, "n_act").input[0] = "y"


@case(error="n_act|n_norm")
def two_nodes_write_one_value(m, _):
    node(m, "n_act").output[0] = "n"


@case(error="n_act")
def node_writes_the_input(m, _):
    node(m, "n_act").output[0] = "x"


@case(error="n_act")
def node_writes_a_constant(m, _):
    node(m, "n_act").output[0] = "w"


@case(error=r"\bw\b")
def constant_twice(m, _):
    m.graph.initializer.append(numpy_helper.from_array(np.zeros((4, 3, 3, 3), np.float32), "w"))


@case(error=r"\bx\b")
def input_twice(m, _):
    m.graph.input.append(value("x", (1, 3, 5, 7)))


@case(exits=(0, 1), error=r"\by\b")
def output_twice(m, _):
    m.graph.output.append(value("y", (1, 4, 5, 7)))


@case(error="(?i)opset")
def no_opset(m, _):
    del m.opset_import[:]


@case(error="(?i)opset|operator set")
def opsets_contradict(m, _):
    m.opset_import.append(helper.make_opsetid("", 9))


@variants({"zero": 0, "negative": -3}, exits=(1, UNSUPPORTED), error="(?i)opset")
def opset(m, version):
    set_opset(m, version)


@variants({"next": 99, "largest": 2**63 - 1}, exits=UNSUPPORTED, error="(?i)opset")
def opset_of_the_future(m, version):
    set_opset(m, version)


@case(exits=(1, UNSUPPORTED), error="(?i)opset|domain")
def domain_without_opset(m, _):
    node(m, "n_act").domain = "org.example"


@case(exits=UNSUPPORTED, error="n_act.*Relu|Relu.*n_act")
def unknown_domain(m, _):
    node(m, "n_act").domain = "org.example"
    m.opset_import.append(helper.make_opsetid("org.example", 1))


@case(exits=UNSUPPORTED, error="(?s)n_act.*Frobnicate|Frobnicate.*n_act")
def unknown_op(m, _):
    node(m, "n_act").op_type = "Frobnicate"


@case(exits=UNSUPPORTED, error="(?s)(?=.*Foo)(?=.*Bar)(?=.*Baz)")
def three_unknown_ops_listed_together(m, _):
    for n, op in zip(m.graph.node, ("Foo", "Bar", "Baz")):
        n.op_type = op


@case(exits=(1, UNSUPPORTED), error="n_act")
def op_without_a_type(m, _):
    node(m, "n_act").op_type = ""


@case(exits=UNSUPPORTED, error="n_act")
def op_newer_than_its_opset(m, _):
    node(m, "n_act").op_type = "Gelu"  # since opset 20; the file says 17


@case(exits=UNSUPPORTED, error="n_act.*If|If.*n_act")
def control_flow(m, _):
    branch = helper.make_graph([helper.make_node("Relu", ["n"], ["r"])], "branch", [],
                               [value("r", None)])
    # A constant condition would be decided at import.
    m.graph.input.append(helper.make_tensor_value_info("which", TensorProto.BOOL, []))
    del m.graph.node[-1]
    m.graph.node.append(helper.make_node("If", ["which"], ["y"], name="n_act",
                                         then_branch=branch, else_branch=branch))


@variants({"loop": "Loop", "scan": "Scan", "lstm": "LSTM", "sequence": "SequenceEmpty",
           "quantised": "QLinearConv", "string": "StringNormalizer", "random": "RandomNormal"},
          exits=(1, UNSUPPORTED), error="n_act")
def op_outside_a_cnn(m, op):
    node(m, "n_act").op_type = op


@case(exits=UNSUPPORTED, error="(?i)sparse")
def sparse_constant(m, _):
    del m.graph.initializer[1]
    values = numpy_helper.from_array(np.ones(2, np.float32), "b")
    where = numpy_helper.from_array(np.array([0, 2], np.int64), "where")
    m.graph.sparse_initializer.append(helper.make_sparse_tensor(values, where, [4]))


@case(exits=(1, UNSUPPORTED), error=r"\bx\b")
def input_is_a_sequence(m, _):
    m.graph.input[0].type.CopyFrom(helper.make_sequence_type_proto(m.graph.input[0].type))


@case(exits=(1, UNSUPPORTED), error=r"\bx\b")
def input_without_a_type(m, _):
    m.graph.input[0].ClearField("type")


@case(exits=(1, UNSUPPORTED), error=r"\bx\b")
def input_without_an_element_type(m, _):
    m.graph.input[0].type.tensor_type.ClearField("elem_type")


@variants({"one": ["x"], "four": ["x", "w", "b", "b"], "none": [], "no_weight": ["x", "", "b"]},
          error="n_conv")
def conv_inputs(m, inputs):
    del node(m, "n_conv").input[:]
    node(m, "n_conv").input.extend(inputs)


@case(error="n_conv|n_norm.*'c'")
def conv_without_outputs(m, _):
    del node(m, "n_conv").output[:]


@case(error="n_act")
def relu_with_three_outputs(m, _):
    node(m, "n_act").output.extend(["y2", "y3"])


@case(error="n_norm")
def norm_with_three_inputs(m, _):
    del node(m, "n_norm").input[3:]


@variants({"14_five_outputs": (14, 5), "15_extra_outputs_in_inference": (15, 3),
           "9_six_outputs": (9, 6)}, error="n_norm")
def norm_outputs_of_opset(m, version_and_count):
    version, count = version_and_count
    set_opset(m, version)
    node(m, "n_norm").output.extend(f"extra{i}" for i in range(count - 1))


@case(exits=(1, UNSUPPORTED), error="n_norm.*spatial|spatial.*n_norm")
def norm_not_spatial(m, _):
    set_opset(m, 7)
    node(m, "n_norm").attribute.append(helper.make_attribute("spatial", 0))


@case(exits=(0, 1, UNSUPPORTED))
def weight_behind_20000_identities(m, _):
    """Sound but long: nothing may recurse along it."""
    chain = [helper.make_node("Identity", ["w" if i == 0 else f"w{i}"], [f"w{i + 1}"])
             for i in range(20000)]
    node(m, "n_conv").input[1] = "w20000"
    nodes = chain + list(m.graph.node)
    del m.graph.node[:]
    m.graph.node.extend(nodes)


@case(exits=(0, 1, UNSUPPORTED))
def chain_of_3000_activations(m, _):
    nodes = [helper.make_node("Tanh" if i % 2 else "Relu", [f"y{i}" if i else "n"],
                              [f"y{i + 1}" if i < 2999 else "y"]) for i in range(3000)]
    del m.graph.node[-1]
    m.graph.node.extend(nodes)


@case(exits=(0, 1, UNSUPPORTED))
def concat_of_one_value_3000_times(m, _):
    del m.graph.node[-1]
    m.graph.node.append(helper.make_node("Concat", ["n"] * 3000, ["y"], name="n_act", axis=2))
    free_output(m)


@case(exits=(0, 1, UNSUPPORTED))
def pool_of_a_million_padded_places(m, _):
    replace_act(m, "AveragePool", kernel_shape=[1, 1000000], pads=[0, 999999, 0, 999999])


@case(exits=(1, UNSUPPORTED), error="d[0-9]+")
def constant_doubled_70_times(m, _):
    """Each Concat is sound; together they ask for 2^72 elements."""
    names = ["b"] + [f"d{i}" for i in range(70)]
    m.graph.node.extend(helper.make_node("Concat", [a, a], [b], name=b, axis=0)
                        for a, b in zip(names, names[1:]))
    m.graph.output.append(value(names[-1], None))


@case(exits=(1, UNSUPPORTED), error="n_act")
def constant_filled_to_a_petabyte(m, _):
    put(m, "huge", np.array([1 << 25, 1 << 25], np.int64))
    del m.graph.node[-1]
    m.graph.node.append(helper.make_node("ConstantOfShape", ["huge"], ["y"], name="n_act"))
    free_output(m)


@case(error="n_act")
def constant_node_without_a_value(m, _):
    del m.graph.node[-1]
    m.graph.node.append(helper.make_node("Constant", [], ["y"], name="n_act"))


@case(error="n_act")
def constant_node_with_two_values(m, _):
    del m.graph.node[-1]
    m.graph.node.append(helper.make_node("Constant", [], ["y"], name="n_act", value_float=1.0,
                                         value_ints=[1, 2]))
    free_output(m)


@case(error="n_act")
def attribute_refers_to_no_function(m, _):
    replace_act(m, "LeakyRelu")
    attribute = onnx.AttributeProto(name="alpha", ref_attr_name="slope",
                                    type=onnx.AttributeProto.FLOAT)
    node(m, "n_act").attribute.append(attribute)


@variants({"float8": TensorProto.FLOAT8E4M3FN, "int4": TensorProto.INT4,
           "complex": TensorProto.COMPLEX64, "string": TensorProto.STRING},
          exits=(1, UNSUPPORTED), error=r"\bx\b|n_conv")
def input_of_type(m, element):
    m.graph.input[0].type.tensor_type.elem_type = element


@variants({"ninety_nine": 99, "minus_one": -1}, exits=(1, UNSUPPORTED), error=r"\bx\b")
def input_of_unknown_type(m, element):
    m.graph.input[0].type.tensor_type.elem_type = element
