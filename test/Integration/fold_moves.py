"""What a scale and shift becomes on the other side of an ONNX node, where the
two commute exactly: f(s * x + t) = s' * f(x) + t'.

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import numpy as np

from fold_graph import (MAX_ELEMENTS, Affine, attribute, is_scale_only, keeps_order, mapped,
                        varies_along)

SAME = {"Identity", "Dropout"}
HOMOGENEOUS = {"Relu", "LeakyRelu", "PRelu"}  # f(s * x) = s * f(x) for s >= 0
MAXIMA = {"MaxPool", "GlobalMaxPool"}
MEANS = {"AveragePool", "GlobalAveragePool", "Resize", "Upsample", "ReduceMean"}
VIEWS = {"Reshape", "Flatten", "Squeeze", "Unsqueeze"}


def commutes(graph, node, affine):
    """For the nodes that leave the affine as it is."""
    if node.op_type in SAME:
        return True
    if node.op_type in HOMOGENEOUS:
        return is_scale_only(affine) and keeps_order(affine)
    if node.op_type not in MAXIMA | MEANS or varies_along(affine) - {1}:
        return False
    if node.op_type in MAXIMA:
        return keeps_order(affine) and len(node.output) == 1
    if node.op_type == "ReduceMean":
        return 1 not in reduced_axes(graph, node) and attribute(node, "keepdims", 1) == 1
    if node.op_type == "AveragePool":
        counts = attribute(node, "count_include_pad", 0) and (
            any(attribute(node, "pads", [])) or
            attribute(node, "auto_pad", b"NOTSET") not in (b"NOTSET", b"VALID"))
        return not counts or is_scale_only(affine)
    return attribute(node, "coordinate_transformation_mode", b"") != b"tf_crop_and_resize"


def reduced_axes(graph, node):
    axes = attribute(node, "axes")
    if axes is None and len(node.input) > 1:
        axes = graph.constant(node.input[1])
    rank = len(graph.shapes.get(node.input[0], ()))
    return set(range(rank)) if axes is None else {int(a) % rank for a in axes}


def rearranged(graph, node, affine, source, target):
    """Through a node that only renames positions, from the tensor of shape
    `source` to that of shape `target`."""
    if np.prod(source) > MAX_ELEMENTS:
        return None
    return mapped(affine, lambda part: np.broadcast_to(part, source).reshape(target))


def depth_to_space(graph, node, back):
    """Shapes and permutations between which DepthToSpace or SpaceToDepth (the
    other way round) lies, as (split shape, permutation)."""
    n, c, *size = graph.shapes[node.output[0] if back else node.input[0]]
    deep = node.op_type == "DepthToSpace"
    block = attribute(node, "blocksize")
    if len(size) != 2:
        return None
    if deep and not back:
        last = attribute(node, "mode", b"DCR") == b"CRD"
        split = (n, c // block**2, block, block, *size) if last \
            else (n, block, block, c // block**2, *size)
        return split, (0, 1, 4, 2, 5, 3) if last else (0, 3, 4, 1, 5, 2)
    if deep:  # from the result back
        last = attribute(node, "mode", b"DCR") == b"CRD"
        return (n, c, size[0] // block, block, size[1] // block, block), \
            (0, 1, 3, 5, 2, 4) if last else (0, 3, 5, 1, 2, 4)
    if not back:
        return (n, c, size[0] // block, block, size[1] // block, block), (0, 3, 5, 1, 2, 4)
    return (n, block, block, c // block**2, *size), (0, 3, 4, 1, 5, 2)


def permuted_blocks(graph, node, affine, back):
    found = depth_to_space(graph, node, back)
    source = graph.shapes[node.output[0] if back else node.input[0]]
    target = graph.shapes[node.input[0] if back else node.output[0]]
    if found is None or np.prod(source) > MAX_ELEMENTS:
        return None
    split, order = found
    return mapped(affine, lambda part: np.broadcast_to(part, source).reshape(split)
                  .transpose(order).reshape(target))


def slice_bounds(graph, node, rank):
    """Python slices of a Slice node, or None."""
    if graph.opset < 10:
        starts, ends = attribute(node, "starts"), attribute(node, "ends")
        axes, steps = attribute(node, "axes") or range(len(starts)), [1] * len(starts)
    else:
        rest = [graph.constant(name) if name else None for name in node.input[1:]]
        if any(value is None for value, name in zip(rest, node.input[1:]) if name):
            return None
        rest += [None] * (4 - len(rest))
        starts, ends = rest[0], rest[1]
        axes = range(len(starts)) if rest[2] is None else rest[2]
        steps = [1] * len(starts) if rest[3] is None else rest[3]
    bounds = [slice(None)] * rank
    for start, end, axis, step in zip(starts, ends, axes, steps):
        if step < 1:
            return None
        bounds[int(axis) % rank] = slice(int(start), int(end), int(step))
    return bounds


def padded(graph, node, affine, back):
    """A constant border that the affine would change must be one value."""
    if attribute(node, "mode", b"constant") != b"constant" or graph.opset < 11:
        return None
    pads = graph.constant(node.input[1])
    value = graph.constant(node.input[2]) if len(node.input) > 2 and node.input[2] else 0.0
    if pads is None or value is None:
        return None
    rank = len(pads) // 2
    if any(pads[axis] or pads[axis + rank] for axis in varies_along(affine)):
        return None
    old = float(np.asarray(value).reshape(-1)[0]) if np.size(value) else 0.0
    if not back and (affine.scale == 0).any():
        return None
    border = affine.scale * old + affine.shift if back else (old - affine.shift) / affine.scale
    exact = (border == border.flat[0]).all() and np.float32(border.flat[0]) == border.flat[0]
    return affine if exact else None


def moves_backward(graph, node, affine):
    """[(value before the node, affine of it)] that together amount to the
    affine behind it; None where that is not exact."""
    if any(name and name not in graph.shapes for name in [*node.input[:1], node.output[0]]):
        return None
    source, result = graph.shapes[node.input[0]], graph.shapes[node.output[0]]
    if commutes(graph, node, affine):
        return [(node.input[0], affine)]
    if node.op_type in VIEWS:
        moved = rearranged(graph, node, affine, result, source)
    elif node.op_type == "Transpose":
        order = attribute(node, "perm", list(range(len(source)))[::-1])
        moved = mapped(affine, lambda part: part.transpose(np.argsort(order)))
    elif node.op_type in ("DepthToSpace", "SpaceToDepth"):
        moved = permuted_blocks(graph, node, affine, back=True)
    elif node.op_type == "Pad":
        moved = padded(graph, node, affine, back=True)
    elif node.op_type == "Concat":
        return split_over_branches(graph, node, affine)
    elif node.op_type in ("Add", "Sub", "Sum") and len(node.input) == 2:
        if any(graph.shapes.get(name) != result for name in node.input):
            return None
        return [(node.input[0], affine),
                (node.input[1], Affine(affine.scale, np.zeros_like(affine.shift)))]
    elif node.op_type == "Slice":
        bounds = slice_bounds(graph, node, len(source))
        moved = None if bounds is None else embedded(affine, source, bounds)
    else:
        return None
    return None if moved is None else [(node.input[0], moved)]


def embedded(affine, shape, bounds):
    """The affine at `bounds` of a tensor, identity where it does not reach."""
    def spread(part, filler):
        axes = {axis for axis, size in enumerate(part.shape) if size > 1}
        whole = np.full([size if axis in axes else 1 for axis, size in enumerate(shape)], filler)
        whole[tuple(bound if axis in axes else slice(None)
                    for axis, bound in enumerate(bounds))] = part
        return whole
    axes = varies_along(affine)
    if any(bounds[axis].step not in (None, 1) for axis in axes):
        return None
    both = np.broadcast_arrays(affine.scale, affine.shift)
    return Affine(spread(both[0], 1.0), spread(both[1], 0.0))


def concat_bounds(graph, node):
    rank = len(graph.shapes[node.output[0]])
    axis, first = attribute(node, "axis") % rank, 0
    for name in node.input:
        size = graph.shapes[name][axis]
        yield name, axis, slice(first, first + size)
        first += size


def split_over_branches(graph, node, affine):
    if any(name not in graph.shapes for name in node.input):
        return None
    def cut(part, axis, bounds):
        index = [slice(None)] * part.ndim
        if part.shape[axis] > 1:
            index[axis] = bounds
        return part[tuple(index)]
    return [(name, mapped(affine, lambda part: cut(part, axis, bounds)))
            for name, axis, bounds in concat_bounds(graph, node)]


def moves_forward(graph, node, value, affine):
    """[(result of the node, affine of it)] that the affine before it amounts
    to; None where that is not exact."""
    if node.input[0] != value and node.op_type != "Concat" or \
            any(name not in graph.shapes for name in [value, *node.output[:1]]):
        return None
    source, result = graph.shapes[value], graph.shapes[node.output[0]]
    if commutes(graph, node, affine):
        return [(node.output[0], affine)]
    if node.op_type in VIEWS:
        moved = rearranged(graph, node, affine, source, result)
    elif node.op_type == "Transpose":
        order = attribute(node, "perm", list(range(len(source)))[::-1])
        moved = mapped(affine, lambda part: part.transpose(order))
    elif node.op_type in ("DepthToSpace", "SpaceToDepth"):
        moved = permuted_blocks(graph, node, affine, back=False)
    elif node.op_type == "Pad":
        moved = padded(graph, node, affine, back=False)
    elif node.op_type == "Concat":
        return joined(graph, node, value, affine)
    elif node.op_type == "Slice":
        bounds = slice_bounds(graph, node, len(source))
        moved = None if bounds is None else mapped(
            affine, lambda part: np.broadcast_to(part, source)[tuple(bounds)])
    elif node.op_type == "Split":
        return split_results(graph, node, affine)
    else:
        return None
    return None if moved is None else [(node.output[0], moved)]


def joined(graph, node, value, affine):
    """The other inputs of the concatenation must stay as they are."""
    if list(node.input).count(value) != 1 or any(n not in graph.shapes for n in node.input):
        return None
    bounds = next((axis, cut) for name, axis, cut in concat_bounds(graph, node) if name == value)
    axis, cut = bounds
    shape = graph.shapes[node.output[0]]
    index = [slice(None)] * len(shape)
    index[axis] = cut
    part = graph.shapes[value]
    spread = [size if d == axis else 1 for d, size in enumerate(part)]
    both = np.broadcast_arrays(affine.scale, affine.shift, np.empty(spread))[:2]
    moved = embedded(Affine(*both), shape, index)
    return None if moved is None else [(node.output[0], moved)]


def split_results(graph, node, affine):
    axis, first, moved = attribute(node, "axis", 0), 0, []
    for name in node.output:
        if name not in graph.shapes:
            return None
        axis %= len(graph.shapes[name])
        size = graph.shapes[name][axis]
        cut = slice(first, first + size)
        first += size
        moved.append((name, mapped(affine, lambda part: part if part.shape[axis] == 1 else
                                   part[(slice(None),) * axis + (cut,)])))
    return moved
