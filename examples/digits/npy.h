/*===- npy.h - Reads a .npy file of one known element type -----*- C -*-===//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===--------------------------------------------------------------------===*/
#ifndef KILN_EXAMPLES_NPY_H
#define KILN_EXAMPLES_NPY_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  int rank;
  int64_t dims[8];
  int64_t count; /* elements in all */
  void *data;    /* malloc'ed; C order, little endian */
} NpyArray;

/* Ends the program: an example has no better answer to a bad file. */
static void npyFail(const char *path, const char *why) {
  fprintf(stderr, "error: %s: %s\n", path, why);
  exit(1);
}

/* Takes the dimensions out of "(360, 1, 8, 8)". */
static void npyParseShape(const char *path, const char *text, NpyArray *array) {
  const char *at = strchr(text, '(');
  if (!at)
    npyFail(path, "no shape in the header");
  for (++at; *at && *at != ')';) {
    char *end;
    long long dim = strtoll(at, &end, 10);
    if (end == at || dim < 0 || dim > 1 << 24 || array->rank == 8)
      npyFail(path, "unreadable shape");
    array->dims[array->rank++] = dim;
    array->count *= dim;
    if (array->count > 1 << 28)
      npyFail(path, "too large");
    at = end + strspn(end, ", ");
  }
}

/* Reads a version 1 file whose elements are `descr` ("<f4", "<i8"). */
static NpyArray npyRead(const char *path, const char *descr,
                        size_t elementSize) {
  NpyArray array = {0, {0}, 1, NULL};
  unsigned char prefix[10];
  FILE *file = fopen(path, "rb");
  if (!file)
    npyFail(path, "cannot be opened");
  if (fread(prefix, 1, 10, file) != 10 || memcmp(prefix, "\x93NUMPY\x01", 7))
    npyFail(path, "not a version 1 .npy file");
  size_t headerSize = prefix[8] | (size_t)prefix[9] << 8;
  char *header = calloc(headerSize + 1, 1);
  if (!header || fread(header, 1, headerSize, file) != headerSize)
    npyFail(path, "truncated header");
  const char *shape = strstr(header, "'shape'");
  if (!strstr(header, descr) || !strstr(header, "'fortran_order': False") ||
      !shape)
    npyFail(path, "other element type or order than expected");
  npyParseShape(path, shape, &array);
  free(header);
  array.data = malloc((size_t)array.count * elementSize + 1);
  if (!array.data || fread(array.data, elementSize, (size_t)array.count,
                           file) != (size_t)array.count)
    npyFail(path, "truncated data");
  fclose(file);
  return array;
}

#endif /* KILN_EXAMPLES_NPY_H */
