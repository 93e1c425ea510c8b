"""A compiled net's library at any of the shapes that it serves.

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import ctypes

from support import np

I64 = ctypes.c_int64
DIMS = ctypes.POINTER(I64)
POINTERS = ctypes.POINTER(ctypes.c_void_p)
BAD_DIMS, NULL_POINTER = -1, -2


def dims_of(arrays):
    return [size for array in arrays for size in array.shape]


def as_dims(values):
    return None if values is None else (I64 * max(1, len(values)))(*values)


def pointers(arrays):
    return (ctypes.c_void_p * max(1, len(arrays)))(*(array.ctypes.data for array in arrays))


class ShapedLibrary:
    """All tensors are f32. `dims` are lists of integers, or None for NULL."""

    def __init__(self, path, prefix):
        library = ctypes.CDLL(str(path))
        for name, result, *arguments in (
                ("num_inputs", ctypes.c_int), ("num_outputs", ctypes.c_int),
                ("input_rank", ctypes.c_int, ctypes.c_int),
                ("output_rank", ctypes.c_int, ctypes.c_int),
                ("input_shape", DIMS, ctypes.c_int), ("output_shape", DIMS, ctypes.c_int),
                ("num_shapes", ctypes.c_int), ("shape_dims", DIMS, ctypes.c_int),
                ("output_dims", ctypes.c_int, DIMS, DIMS), ("arena_size", I64, DIMS),
                ("run", ctypes.c_int, DIMS, POINTERS, POINTERS, ctypes.c_void_p),
                ("error_text", ctypes.c_char_p, ctypes.c_int)):
            function = getattr(library, f"{prefix}_{name}")
            function.restype, function.argtypes = result, arguments
            setattr(self, "_" + name, function)
        self.ranks = [self._output_rank(i) for i in range(self._num_outputs())]

    def input_shape(self, i):
        return [self._input_shape(i)[d] for d in range(self._input_rank(i))]

    def output_shape(self, i):
        return [self._output_shape(i)[d] for d in range(self._output_rank(i))]

    def shapes(self):
        """The input shapes of each set, all in one list."""
        rank = sum(self._input_rank(i) for i in range(self._num_inputs()))
        return [[self._shape_dims(i)[d] for d in range(rank)] for i in range(self._num_shapes())]

    def arena_size(self, dims):
        return self._arena_size(as_dims(dims))

    def output_dims(self, dims):
        """The code, and the shapes of the outputs."""
        flat = (I64 * (sum(self.ranks) + 1))()
        code, rest = self._output_dims(as_dims(dims), flat), list(flat)
        shapes = []
        for rank in self.ranks:
            shapes.append(rest[:rank])
            rest = rest[rank:]
        return code, shapes

    def run_code(self, dims):
        """The code of a call with no tensors at all: what it thinks of dims."""
        return self._run(as_dims(dims), None, None, None)

    def run(self, *inputs):
        """The outputs of one call; behind each must lie what lay there."""
        inputs = [np.ascontiguousarray(array, np.float32) for array in inputs]
        dims = dims_of(inputs)
        code, shapes = self.output_dims(dims)
        if code != 0:
            raise RuntimeError(f"output_dims({dims}) returns {code}")
        guarded = [np.full(int(np.prod(shape)) + 16, np.nan, np.float32) for shape in shapes]
        memory = np.zeros(self.arena_size(dims) + 64, np.uint8)
        address = memory.ctypes.data + -memory.ctypes.data % 64
        code = self._run(as_dims(dims), pointers(inputs), pointers(guarded), address)
        if code != 0:
            raise RuntimeError(f"run returns {code}: {self._error_text(code).decode()}")
        if not all(np.isnan(array[-16:]).all() for array in guarded):
            raise RuntimeError("run writes behind an output")
        return [array[:-16].reshape(shape) for array, shape in zip(guarded, shapes)]
