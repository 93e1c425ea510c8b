/*===- onnxruntime_runner.c - ONNX Runtime by its C API ---------*- C -*-===//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===--------------------------------------------------------------------===//
//
// All graph optimisations, the job's threads within an operator, one between
// operators. Options: library, the path of libonnxruntime.so; optimised, where
to
// write the optimised model; cached, "1" where the model is such a one.
//
//===--------------------------------------------------------------------===*/
#include "harness.h"
#include "ort_api.h"

#include <dlfcn.h>
#include <stdlib.h>

struct session {
  void *session;
  ort_run *run;
  int num_inputs, num_outputs;
  const char *input_names[MAX_TENSORS], *output_names[MAX_TENSORS];
  void *inputs[MAX_TENSORS], *outputs[MAX_TENSORS];
};

static void **api;

static void check(void *error, const char *what) {
  if (error)
    fail("%s: %s", what,
         ((const char *(*)(void *))api[ORT_GetErrorMessage])(error));
}

static void load(const char *path) {
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (!library)
    fail("%s", dlerror());
  struct ort_base *(*base)(void) =
      (struct ort_base * (*)(void)) dlsym(library, "OrtGetApiBase");
  if (!base || !(api = base()->get_api(ORT_API_VERSION_USED)))
    fail("%s has no C API of version %d", path, ORT_API_VERSION_USED);
}

static void *options_of(const struct job *job) {
  void *options;
  check(((ort_create *)api[ORT_CreateSessionOptions])(&options), "options");
  int cached = *job_option(job, "cached", "0") == '1';
  check(((ort_set_int *)api[ORT_SetSessionGraphOptimizationLevel])(
            options, cached ? ORT_DISABLE_ALL : ORT_ENABLE_ALL),
        "optimisation level");
  check(((ort_set_int *)api[ORT_SetIntraOpNumThreads])(options, job->threads),
        "threads");
  check(((ort_set_int *)api[ORT_SetInterOpNumThreads])(options, 1), "threads");
  if (job->flush)
    check(((ort_add_entry *)api[ORT_AddSessionConfigEntry])(
              options, "session.set_denormal_as_zero", "1"),
          "flush to zero");
  const char *optimised = job_option(job, "optimised", NULL);
  if (optimised)
    check(((ort_set_text *)api[ORT_SetOptimizedModelFilePath])(options,
                                                               optimised),
          "optimised model");
  return options;
}

static void make_tensors(void *info, const struct tensor *from, int count,
                         const char **names, void **values) {
  for (int i = 0; i < count; ++i) {
    names[i] = from[i].name;
    check(((ort_create_tensor *)api[ORT_CreateTensorWithDataAsOrtValue])(
              info, from[i].data, from[i].elements * sizeof(float),
              from[i].dims, (size_t)from[i].rank, ORT_TENSOR_FLOAT, &values[i]),
          from[i].name);
  }
}

static void *create(const struct job *job) {
  load(job_option(job, "library", "libonnxruntime.so.1"));
  struct session *made = calloc(1, sizeof *made);
  if (!made)
    fail("no memory");
  void *env, *info;
  check(((ort_create_env *)api[ORT_CreateEnv])(ORT_LOGGING_ERROR, "benchmark",
                                               &env),
        "environment");
  check(((ort_create_session *)api[ORT_CreateSession])(
            env, job->model, options_of(job), &made->session),
        job->model);
  check(((ort_create_memory_info *)api[ORT_CreateCpuMemoryInfo])(
            ORT_DEVICE_ALLOCATOR, ORT_MEMORY_DEFAULT, &info),
        "memory");
  made->run = (ort_run *)api[ORT_Run];
  made->num_inputs = job->num_inputs;
  made->num_outputs = job->num_outputs;
  make_tensors(info, job->inputs, job->num_inputs, made->input_names,
               made->inputs);
  make_tensors(info, job->outputs, job->num_outputs, made->output_names,
               made->outputs);
  return made;
}

static void run(void *state) {
  struct session *s = state;
  check(s->run(s->session, NULL, s->input_names, s->inputs,
               (size_t)s->num_inputs, s->output_names, (size_t)s->num_outputs,
               s->outputs),
        "run");
}

int main(int argc, char **argv) {
  static const struct contender onnxruntime = {create, run};
  if (argc != 2)
    fail("usage: onnxruntime_runner JOB");
  return run_job(argv[1], &onnxruntime);
}
