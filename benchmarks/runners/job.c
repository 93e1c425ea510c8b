/*===- job.c - Reads jobs and tensors ---------------------------*- C -*-===//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===--------------------------------------------------------------------===*/
#include "job.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void fail(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fputs("error: ", stderr);
  vfprintf(stderr, format, arguments);
  fputc('\n', stderr);
  va_end(arguments);
  exit(1);
}

static void copy_text(char *to, const char *from) {
  if (!from || strlen(from) >= MAX_TEXT)
    fail("a job's line lacks a word, or one is too long");
  strcpy(to, from);
}

/* The rest of a line: name, path, dimensions. */
static void read_tensor(struct tensor *tensors, int *count) {
  if (*count == MAX_TENSORS)
    fail("more than %d tensors", MAX_TENSORS);
  struct tensor *tensor = &tensors[(*count)++];
  copy_text(tensor->name, strtok(NULL, " \n"));
  copy_text(tensor->path, strtok(NULL, " \n"));
  tensor->elements = 1;
  for (const char *word; (word = strtok(NULL, " \n"));) {
    if (tensor->rank == MAX_RANK)
      fail("%s: more than %d dimensions", tensor->name, MAX_RANK);
    int64_t size = atoll(word);
    if (size <= 0)
      fail("%s: dimension %s", tensor->name, word);
    tensor->dims[tensor->rank++] = size;
    tensor->elements *= (size_t)size;
  }
  size_t bytes = tensor->elements * sizeof(float);
  tensor->data = aligned_alloc(64, (bytes + 63) / 64 * 64);
  if (!tensor->data)
    fail("%s: no memory for %zu bytes", tensor->name, bytes);
  memset(tensor->data, 0, bytes);
}

static void read_option(struct job *job) {
  if (job->num_options == MAX_OPTIONS)
    fail("more than %d options", MAX_OPTIONS);
  struct option *option = &job->options[job->num_options++];
  copy_text(option->name, strtok(NULL, " \n"));
  copy_text(option->value, strtok(NULL, " \n"));
}

static enum mode mode_of(const char *word) {
  if (word && !strcmp(word, "slice"))
    return MODE_SLICE;
  if (word && !strcmp(word, "check"))
    return MODE_CHECK;
  if (word && !strcmp(word, "start"))
    return MODE_START;
  fail("mode %s", word ? word : "missing");
}

static double number_of(const char *word) {
  if (!word)
    fail("a number is missing");
  return atof(word);
}

static void read_line(struct job *job, char *line) {
  const char *key = strtok(line, " \n");
  if (!key)
    return;
  if (!strcmp(key, "mode"))
    job->mode = mode_of(strtok(NULL, " \n"));
  else if (!strcmp(key, "model"))
    copy_text(job->model, strtok(NULL, " \n"));
  else if (!strcmp(key, "threads"))
    job->threads = (int)number_of(strtok(NULL, " \n"));
  else if (!strcmp(key, "flush"))
    job->flush = (int)number_of(strtok(NULL, " \n"));
  else if (!strcmp(key, "seconds"))
    job->seconds = number_of(strtok(NULL, " \n"));
  else if (!strcmp(key, "input"))
    read_tensor(job->inputs, &job->num_inputs);
  else if (!strcmp(key, "output"))
    read_tensor(job->outputs, &job->num_outputs);
  else if (!strcmp(key, "option"))
    read_option(job);
  else
    fail("a job's line begins with %s", key);
}

struct job *read_job(const char *path) {
  FILE *file = fopen(path, "r");
  if (!file)
    fail("cannot open %s", path);
  struct job *job = calloc(1, sizeof *job);
  if (!job)
    fail("no memory");
  char line[4 * MAX_TEXT];
  while (fgets(line, sizeof line, file))
    read_line(job, line);
  fclose(file);
  for (int i = 0; i < job->num_inputs; ++i) {
    struct tensor *input = &job->inputs[i];
    FILE *data = fopen(input->path, "rb");
    if (!data || fread(input->data, sizeof(float), input->elements, data) !=
                     input->elements)
      fail("%s does not hold %zu floats", input->path, input->elements);
    fclose(data);
  }
  return job;
}

const char *job_option(const struct job *job, const char *name,
                       const char *otherwise) {
  for (int i = 0; i < job->num_options; ++i)
    if (!strcmp(job->options[i].name, name))
      return job->options[i].value;
  return otherwise;
}

void write_outputs(const struct job *job) {
  for (int i = 0; i < job->num_outputs; ++i) {
    const struct tensor *output = &job->outputs[i];
    FILE *file = fopen(output->path, "wb");
    if (!file || fwrite(output->data, sizeof(float), output->elements, file) !=
                     output->elements)
      fail("cannot write %s", output->path);
    fclose(file);
  }
}
