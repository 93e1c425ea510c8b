/*===- openvino_runner.c - OpenVINO by its C API ----------------*- C -*-===//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===--------------------------------------------------------------------===//
//
// The settings: f32 (bf16 is otherwise taken by itself where the CPU has it),
// latency, one stream, the job's threads. Option: cache, a folder for its
cached
// models.
//
//===--------------------------------------------------------------------===*/
#include "harness.h"

#include <openvino/c/openvino.h>
#include <stdio.h>

static void check(ov_status_e status, const char *what) {
  if (status != OK)
    fail("%s: %s (%s)", what, ov_get_error_info(status), ov_get_last_err_msg());
}

static ov_tensor_t *tensor_of(const struct tensor *from) {
  ov_shape_t shape;
  check(ov_shape_create(from->rank, from->dims, &shape), "shape");
  ov_tensor_t *tensor;
  check(ov_tensor_create_from_host_ptr(F32, shape, from->data, &tensor),
        from->name);
  ov_shape_free(&shape);
  return tensor;
}

static void *create(const struct job *job) {
  ov_core_t *core;
  check(ov_core_create(&core), "core");
  const char *cache = job_option(job, "cache", NULL);
  if (cache)
    check(ov_core_set_property(core, "CPU", "CACHE_DIR", cache), "cache");
  char threads[16];
  snprintf(threads, sizeof threads, "%d", job->threads);
  ov_compiled_model_t *model;
  check(ov_core_compile_model_from_file(
            core, job->model, "CPU", 12, &model, "INFERENCE_PRECISION_HINT",
            "f32", "PERFORMANCE_HINT", "LATENCY", "NUM_STREAMS", "1",
            "INFERENCE_NUM_THREADS", threads, "ENABLE_CPU_PINNING", "NO",
            "CPU_DENORMALS_OPTIMIZATION", job->flush ? "YES" : "NO"),
        job->model);
  ov_infer_request_t *request;
  check(ov_compiled_model_create_infer_request(model, &request), "request");
  for (int i = 0; i < job->num_inputs; ++i)
    check(ov_infer_request_set_tensor(request, job->inputs[i].name,
                                      tensor_of(&job->inputs[i])),
          job->inputs[i].name);
  for (int i = 0; i < job->num_outputs; ++i)
    check(ov_infer_request_set_tensor(request, job->outputs[i].name,
                                      tensor_of(&job->outputs[i])),
          job->outputs[i].name);
  return request;
}

static void run(void *state) { check(ov_infer_request_infer(state), "infer"); }

int main(int argc, char **argv) {
  static const struct contender openvino = {create, run};
  if (argc != 2)
    fail("usage: openvino_runner JOB");
  return run_job(argv[1], &openvino);
}
