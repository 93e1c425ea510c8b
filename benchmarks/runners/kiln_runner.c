/*===- kiln_runner.c - A library that kiln compile wrote --------*- C -*-===//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===--------------------------------------------------------------------===//
//
// The net is compiled with --net-name=net: see docs/c-interface.md.
//
//===--------------------------------------------------------------------===*/
#include "harness.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

typedef int run_function(const int64_t *, const void *const *, void *const *,
                         void *);

/* kiln_executor and its pool are only handed from one function to another. */
typedef int run_with_function(const int64_t *, const void *const *,
                              void *const *, void *, const void *);

struct net {
  run_function *run;
  run_with_function *run_with;
  const void *executor; /* NULL: the calling thread alone */
  const char *(*error_text)(int);
  const void *inputs[MAX_TENSORS];
  void *outputs[MAX_TENSORS];
  void *arena;
};

static void *library;

static void *symbol(const char *name) {
  void *address = dlsym(library, name);
  if (!address)
    fail("the library has no %s", name);
  return address;
}

/* The job's tensor of that name: the two orders may differ. */
static void *data_of(const struct tensor *tensors, int count,
                     const char *name) {
  for (int i = 0; i < count; ++i)
    if (!strcmp(tensors[i].name, name))
      return tensors[i].data;
  fail("the job has no tensor %s", name);
}

static void make_pool(struct net *net, int threads) {
  int (*create)(int, void **) =
      (int (*)(int, void **))symbol("net_pool_create");
  const void *(*executor)(const void *) =
      (const void *(*)(const void *))symbol("net_pool_executor");
  void *pool;
  int code = create(threads, &pool);
  if (code != 0)
    fail("%s", net->error_text(code));
  net->run_with = (run_with_function *)symbol("net_run_with");
  net->executor = executor(pool);
}

static void *arena_for(const struct net *net, int threads) {
  int64_t bytes;
  if (threads > 1)
    bytes = ((int64_t (*)(const int64_t *, int32_t))symbol(
        "net_arena_size_for"))(NULL, threads);
  else
    bytes = ((int64_t (*)(const int64_t *))symbol("net_arena_size"))(NULL);
  if (bytes < 0)
    fail("%s", net->error_text((int)bytes));
  void *arena = aligned_alloc(64, ((size_t)bytes + 64) / 64 * 64);
  if (!arena)
    fail("no memory for the arena");
  return arena;
}

static void *create(const struct job *job) {
  library = dlopen(job->model, RTLD_NOW | RTLD_LOCAL);
  if (!library)
    fail("%s", dlerror());
  struct net *net = calloc(1, sizeof *net);
  if (!net)
    fail("no memory");
  net->run = (run_function *)symbol("net_run");
  net->error_text = (const char *(*)(int))symbol("net_error_text");
  int (*num_inputs)(void) = (int (*)(void))symbol("net_num_inputs");
  int (*num_outputs)(void) = (int (*)(void))symbol("net_num_outputs");
  const char *(*input_name)(int) =
      (const char *(*)(int))symbol("net_input_name");
  const char *(*output_name)(int) =
      (const char *(*)(int))symbol("net_output_name");
  for (int i = 0; i < num_inputs() && i < MAX_TENSORS; ++i)
    net->inputs[i] = data_of(job->inputs, job->num_inputs, input_name(i));
  for (int i = 0; i < num_outputs() && i < MAX_TENSORS; ++i)
    net->outputs[i] = data_of(job->outputs, job->num_outputs, output_name(i));
  if (job->threads > 1)
    make_pool(net, job->threads);
  net->arena = arena_for(net, job->threads);
  return net;
}

static void run(void *state) {
  struct net *net = state;
  int code = net->executor
                 ? net->run_with(NULL, net->inputs, net->outputs, net->arena,
                                 net->executor)
                 : net->run(NULL, net->inputs, net->outputs, net->arena);
  if (code != 0)
    fail("%s", net->error_text(code));
}

int main(int argc, char **argv) {
  static const struct contender kiln = {create, run};
  if (argc != 2)
    fail("usage: kiln_runner JOB");
  return run_job(argv[1], &kiln);
}
