"""Times a peer that is called from Python: runners/harness.c does all that it
does for the others, and calls back for each run.

    python_runner.py HARNESS.so iree|tvm JOB

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import ctypes
import sys

import numpy as np

MAX_TENSORS, MAX_RANK, MAX_TEXT, MAX_OPTIONS = 16, 8, 512, 16


class Tensor(ctypes.Structure):
    """struct tensor of job.h"""
    _fields_ = [("name", ctypes.c_char * MAX_TEXT), ("path", ctypes.c_char * MAX_TEXT),
                ("dims", ctypes.c_int64 * MAX_RANK), ("rank", ctypes.c_int),
                ("elements", ctypes.c_size_t), ("data", ctypes.POINTER(ctypes.c_float))]

    def array(self):
        """The job's own memory."""
        return np.ctypeslib.as_array(self.data, tuple(self.dims[:self.rank]))


class Job(ctypes.Structure):
    """struct job of job.h, as far as it is used here"""
    _fields_ = [("mode", ctypes.c_int), ("model", ctypes.c_char * MAX_TEXT),
                ("threads", ctypes.c_int), ("flush", ctypes.c_int),
                ("seconds", ctypes.c_double), ("inputs", Tensor * MAX_TENSORS),
                ("outputs", Tensor * MAX_TENSORS), ("num_inputs", ctypes.c_int),
                ("num_outputs", ctypes.c_int)]


Create = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.POINTER(Job))
Run = ctypes.CFUNCTYPE(None, ctypes.c_void_p)


class Contender(ctypes.Structure):
    _fields_ = [("create", Create), ("run", Run)]


class Iree:
    """The local-sync driver on one thread, else local-task with a worker for
    each of the job's threads."""

    def __init__(self, job):
        from iree import runtime
        self.runtime = runtime
        if job.threads > 1:
            runtime.flags.parse_flags(f"--task_topology_group_count={job.threads}",
                                      "--task_topology_cpu_ids=" +
                                      ",".join(map(str, range(job.threads))))
        self.config = runtime.Config("local-sync" if job.threads == 1 else "local-task")
        module = runtime.VmModule.mmap(self.config.vm_instance, job.model.decode())
        context = runtime.SystemContext(vm_modules=[self.hal_module(), module],
                                        config=self.config)
        functions = [name for name in module.function_names
                     if not name.startswith("__") and not name.endswith("$async")]
        self.function = context.modules[module.name][functions[0]]
        self.inputs = [job.inputs[i].array() for i in range(job.num_inputs)]
        self.context = context

    def hal_module(self):
        return self.runtime.create_hal_module(self.config.vm_instance, self.config.device)

    def __call__(self):
        results = self.function(*self.inputs)
        results = results if isinstance(results, (list, tuple)) else [results]
        return [result.to_host() for result in results]


class Tvm:
    """Relax's virtual machine."""

    def __init__(self, job):
        import tvm
        from tvm import relax
        tvm.get_global_func("runtime.config_threadpool")(1, job.threads)
        cpu = tvm.cpu()
        self.function = relax.VirtualMachine(tvm.runtime.load_module(job.model.decode()),
                                             cpu)["main"]
        self.inputs = [tvm.runtime.tensor(job.inputs[i].array(), cpu)
                       for i in range(job.num_inputs)]

    def __call__(self):
        results = self.function(*self.inputs)
        results = [results] if hasattr(results, "numpy") else list(results)
        return [result.numpy() for result in results]


def main():
    library, which, path = sys.argv[1:]
    state = {}

    def create(job):
        job = job.contents
        state["call"] = {"iree": Iree, "tvm": Tvm}[which](job)
        state["outputs"] = [job.outputs[i].array() for i in range(job.num_outputs)]
        state["check"] = job.mode == 1
        return 1

    def run(_):
        results = state["call"]()
        if state["check"]:
            for target, result in zip(state["outputs"], results, strict=True):
                target[...] = result

    contender = Contender(Create(create), Run(run))
    harness = ctypes.CDLL(library)
    sys.exit(harness.run_job(path.encode(), ctypes.byref(contender)))


if __name__ == "__main__":
    main()
