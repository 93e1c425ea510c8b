/*===- ort_api.h - The part of ONNX Runtime's C API used here ---*- C -*-===//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===--------------------------------------------------------------------===//
//
// The wheel from PyPI holds the library but not the header. The C API is a
table
// of functions that only ever grows at its end, so a function keeps its place
in
// it for all versions; these are the places of the ones called.
//
//===--------------------------------------------------------------------===*/
#ifndef KILN_BENCHMARKS_ORT_API_H
#define KILN_BENCHMARKS_ORT_API_H

#include <stddef.h>
#include <stdint.h>

enum ort_place {
  ORT_GetErrorMessage = 2,
  ORT_CreateEnv = 3,
  ORT_CreateSession = 7,
  ORT_Run = 9,
  ORT_CreateSessionOptions = 10,
  ORT_SetOptimizedModelFilePath = 11,
  ORT_SetSessionGraphOptimizationLevel = 23,
  ORT_SetIntraOpNumThreads = 24,
  ORT_SetInterOpNumThreads = 25,
  ORT_CreateTensorWithDataAsOrtValue = 49,
  ORT_CreateCpuMemoryInfo = 69,
  ORT_AddSessionConfigEntry = 130,
};

enum {
  ORT_API_VERSION_USED = 17,
  ORT_LOGGING_ERROR = 3,
  ORT_DISABLE_ALL = 0,
  ORT_ENABLE_ALL = 99,
  ORT_TENSOR_FLOAT = 1,
  ORT_DEVICE_ALLOCATOR = 0,
  ORT_MEMORY_DEFAULT = 0,
};

/* What OrtGetApiBase returns. */
struct ort_base {
  void **(*get_api)(uint32_t version);
  const char *(*version)(void);
};

/* Every function below returns NULL or an error. */
typedef void *ort_create_env(int level, const char *name, void **env);
typedef void *ort_create(void **made);
typedef void *ort_set_int(void *options, int value);
typedef void *ort_set_text(void *options, const char *value);
typedef void *ort_add_entry(void *options, const char *key, const char *value);
typedef void *ort_create_session(void *env, const char *path, void *options,
                                 void **session);
typedef void *ort_create_memory_info(int allocator, int type, void **info);
typedef void *ort_create_tensor(void *info, void *data, size_t bytes,
                                const int64_t *dims, size_t rank, int type,
                                void **value);
typedef void *ort_run(void *session, void *run_options,
                      const char *const *input_names, void *const *inputs,
                      size_t num_inputs, const char *const *output_names,
                      size_t num_outputs, void **outputs);

#endif
