"""A compiled net's library, called through its C interface.

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import ctypes

from support import np

I64 = ctypes.c_int64
POINTERS = ctypes.POINTER(ctypes.c_void_p)


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
                ("run", ctypes.c_int, ctypes.POINTER(I64), POINTERS, POINTERS, ctypes.c_void_p),
                ("error_text", ctypes.c_char_p, ctypes.c_int)):
            function = getattr(library, f"{prefix}_{name}")
            function.restype, function.argtypes = result, arguments
            setattr(self, name, function)

    def arena(self):
        """Memory of the asked size, and its first address on 64 bytes."""
        memory = np.zeros(self.arena_size(None) + 64, np.uint8)
        return memory, memory.ctypes.data + -memory.ctypes.data % 64

    def run_floats(self, inputs):
        """One run at the compiled shapes, all tensors f32: the outputs by name.
        `inputs` are arrays by name."""
        names = [self.input_name(i).decode() for i in range(self.num_inputs())]
        arrays = [np.ascontiguousarray(inputs[name], np.float32) for name in names]
        outputs = {}
        for i in range(self.num_outputs()):
            shape = [self.output_shape(i)[axis] for axis in range(self.output_rank(i))]
            outputs[self.output_name(i).decode()] = np.full(shape, np.nan, np.float32)
        memory, address = self.arena()
        code = self.run(None, pointers(arrays), pointers(outputs.values()), address)
        if code != 0:
            raise RuntimeError(f"run returns {code}: {self.error_text(code).decode()}")
        return outputs


def pointers(arrays):
    return (ctypes.c_void_p * len(arrays))(*(array.ctypes.data for array in arrays))
