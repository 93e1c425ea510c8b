"""A compiled net's library, called through its C interface.

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import contextlib
import ctypes

from support import np

I64 = ctypes.c_int64
POINTERS = ctypes.POINTER(ctypes.c_void_p)
TASK = ctypes.CFUNCTYPE(None, ctypes.c_void_p, I64, I64, ctypes.c_int32)
PARALLEL_FOR = ctypes.CFUNCTYPE(None, ctypes.c_void_p, TASK, ctypes.c_void_p, I64)


class Executor(ctypes.Structure):
    """kiln_executor of the generated headers."""

    _fields_ = [("context", ctypes.c_void_p), ("workers", ctypes.c_int32),
                ("parallel_for", PARALLEL_FOR)]


class Library:
    """The functions of a net's library by their names without the prefix."""

    def __init__(self, path, prefix):
        library = ctypes.CDLL(str(path))
        for name, result, *arguments in (
                ("abi_version", ctypes.c_int), ("num_inputs", ctypes.c_int),
                ("num_outputs", ctypes.c_int),
                ("input_name", ctypes.c_char_p, ctypes.c_int),
                ("output_name", ctypes.c_char_p, ctypes.c_int),
                ("input_rank", ctypes.c_int, ctypes.c_int),
                ("output_rank", ctypes.c_int, ctypes.c_int),
                ("input_shape", ctypes.POINTER(I64), ctypes.c_int),
                ("output_shape", ctypes.POINTER(I64), ctypes.c_int),
                ("input_type", ctypes.c_int, ctypes.c_int),
                ("output_type", ctypes.c_int, ctypes.c_int),
                ("arena_size", I64, ctypes.POINTER(I64)),
                ("arena_size_for", I64, ctypes.POINTER(I64), ctypes.c_int32),
                ("run", ctypes.c_int, ctypes.POINTER(I64), POINTERS, POINTERS, ctypes.c_void_p),
                ("run_with", ctypes.c_int, ctypes.POINTER(I64), POINTERS, POINTERS,
                 ctypes.c_void_p, ctypes.POINTER(Executor)),
                ("pool_create", ctypes.c_int, ctypes.c_int, POINTERS),
                ("pool_executor", ctypes.POINTER(Executor), ctypes.c_void_p),
                ("pool_destroy", None, ctypes.c_void_p),
                ("error_text", ctypes.c_char_p, ctypes.c_int)):
            function = getattr(library, f"{prefix}_{name}")
            function.restype, function.argtypes = result, arguments
            setattr(self, name, function)

    def arena(self, workers=1):
        """Memory of the asked size, and its first address on 64 bytes."""
        memory = np.zeros(self.arena_size_for(None, workers) + 64, np.uint8)
        return memory, memory.ctypes.data + -memory.ctypes.data % 64

    @contextlib.contextmanager
    def pool(self, threads):
        """The executor of a pool."""
        pool = ctypes.c_void_p()
        code = self.pool_create(threads, ctypes.byref(pool))
        if code != 0:
            raise RuntimeError(f"pool_create returns {code}: {self.error_text(code).decode()}")
        try:
            yield self.pool_executor(pool)[0]
        finally:
            self.pool_destroy(pool)

    def run_floats(self, inputs, executor=None):
        """One run at the compiled shapes, all tensors f32: the outputs by name.
        `inputs` are arrays by name."""
        names = [self.input_name(i).decode() for i in range(self.num_inputs())]
        arrays = [np.ascontiguousarray(inputs[name], np.float32) for name in names]
        outputs = {}
        for i in range(self.num_outputs()):
            shape = [self.output_shape(i)[axis] for axis in range(self.output_rank(i))]
            outputs[self.output_name(i).decode()] = np.full(shape, np.nan, np.float32)
        memory, address = self.arena(executor.workers if executor else 1)
        code = self.run_with(None, pointers(arrays), pointers(outputs.values()), address,
                             ctypes.byref(executor) if executor else None)
        if code != 0:
            raise RuntimeError(f"run returns {code}: {self.error_text(code).decode()}")
        return outputs


def pointers(arrays):
    return (ctypes.c_void_p * len(arrays))(*(array.ctypes.data for array in arrays))
