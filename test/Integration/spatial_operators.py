#!/usr/bin/env python3
"""Operators over spatial dimensions against ONNX's reference implementation.

Every case is one node with odd sizes; the cases of an opset share a net, so
that each is compiled once. The interpreter and the compiled net are compared
with onnx.reference within 1e-5 of each output's largest magnitude; with
onnxruntime where the reference fails or does not follow the specification.

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import collections
import dataclasses

import support
from support import np, onnx
from onnx import helper, numpy_helper
from onnx.reference import ReferenceEvaluator

import spatial_cases

LIMIT = 1e-5


@dataclasses.dataclass
class Net:
    """The cases of one opset as one net."""

    opset: int
    nodes: list
    constants: list
    inputs: dict
    outputs: dict  # of each output: its case and element type

    def model(self):
        def info(name, array):
            return helper.make_tensor_value_info(
                name, helper.np_dtype_to_tensor_dtype(array.dtype), array.shape)

        # Shapes of outputs are left to whoever reads the net.
        outputs = [helper.make_tensor_value_info(name, kind, None)
                   for name, (_, kind) in self.outputs.items()]
        graph = helper.make_graph(self.nodes, "spatial",
                                  [info(n, a) for n, a in self.inputs.items()],
                                  outputs, self.constants)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", self.opset)],
                                 ir_version=8)


def net_of(opset, cases):
    net = Net(opset, [], [], {}, {})
    for number, case in enumerate(cases):
        rng = np.random.default_rng((opset, number))
        names = []
        for k, operand in enumerate(case.operands):
            name = "" if operand is None else f"c{number}_{k}"
            names.append(name)
            if operand is None:
                continue
            if isinstance(operand, spatial_cases.Input):
                net.inputs[name] = operand.make(rng)
            else:
                net.constants.append(numpy_helper.from_array(operand, name))
        results = [f"c{number}_y{k}" for k in range(len(case.kinds))]
        for name, kind in zip(results, case.kinds):
            net.outputs[name] = (case, kind)
        net.nodes.append(helper.make_node(case.op, names, results,
                                          name=f"case{number}", **case.attributes))
    return net


def relative_error(actual, expected):
    if actual.shape != expected.shape:
        return float("inf")
    largest = max(1.0, float(np.abs(expected).max(initial=0)))
    return support.max_error(actual, expected) / largest


def expected_of(kiln, net):
    """Of each output, node by node: what the case's oracle computes."""
    expected = {}
    for node in net.nodes:
        inputs = {n: net.inputs[n] for n in node.input if n in net.inputs}
        outputs = {n: net.outputs[n] for n in node.output}
        constants = [c for c in net.constants if c.name in node.input]
        model = Net(net.opset, [node], constants, inputs, outputs).model()
        if outputs[node.output[0]][0].oracle == "onnxruntime":
            path = kiln.scratch("node.onnx")
            onnx.save(model, path)
            expected |= support.onnxruntime_outputs(path, inputs)
        else:
            values = ReferenceEvaluator(model).run(None, inputs)
            expected |= dict(zip(outputs, map(np.asarray, values)))
    return expected


def check_wild(kiln, checks):
    """The interpreter fails on a position outside of a tensor; the compiled net
    must agree with it, but for what is reflected: f32 cannot say where."""
    cases = list(spatial_cases.wild_cases())
    for opset in sorted({case.opset for case in cases}):
        net = net_of(opset, [case for case in cases if case.opset == opset])
        path = kiln.scratch("net.onnx")
        onnx.save(net.model(), path)
        exact = kiln.run(path, net.inputs, net.outputs, *support.EXACT)
        compiled = kiln.run(path, net.inputs, net.outputs)
        for name, (case, _) in net.outputs.items():
            what = f"{case.op} {opset} {case.attributes}: wild coordinates"
            if case.attributes.get("padding_mode") == "reflection":
                checks.that(compiled[name].shape == exact[name].shape, what)
                continue
            checks.that(np.allclose(compiled[name], exact[name], rtol=LIMIT, atol=LIMIT,
                                    equal_nan=True), what)


def main():
    arguments = support.parse_arguments(__doc__)
    kiln = support.Kiln(arguments.kiln)
    checks = support.Checks()
    by_opset = collections.defaultdict(list)
    for case in spatial_cases.cases():
        by_opset[case.opset].append(case)
    for opset, cases in sorted(by_opset.items()):
        net = net_of(opset, cases)
        path = kiln.scratch("net.onnx")
        onnx.save(net.model(), path)
        expected = expected_of(kiln, net)
        exact = kiln.run(path, net.inputs, net.outputs, *support.EXACT)
        compiled = kiln.run(path, net.inputs, net.outputs)
        for name, (case, _) in net.outputs.items():
            what = f"{case.op} {opset} {case.attributes}"
            checks.at_most(relative_error(exact[name], expected[name]), LIMIT,
                           f"{what}: interpreter")
            checks.at_most(relative_error(compiled[name], expected[name]), LIMIT,
                           f"{what}: compiled")
    check_wild(kiln, checks)
    checks.finish()


if __name__ == "__main__":
    main()
