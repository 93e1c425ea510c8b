//===- Memory.c - Memory blocks without libc ---*- C -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// LLVM may turn any copy into a call of memcpy, memmove or memset, so that an
// artifact must hold them. They are local to it and never meet libc's. Built
// with -fno-builtin: else these loops would become calls of themselves.
//===----------------------------------------------------------------------===//

#include <stddef.h>
#include <stdint.h>

/// May alias anything and lie anywhere.
typedef uint64_t __attribute__((may_alias, aligned(1))) Word;

void *memcpy(void *restrict to, const void *restrict from, size_t size) {
  unsigned char *target = to;
  const unsigned char *source = from;
  for (; size >= 32; size -= 32, target += 32, source += 32) {
    Word a = ((const Word *)source)[0], b = ((const Word *)source)[1];
    Word c = ((const Word *)source)[2], d = ((const Word *)source)[3];
    ((Word *)target)[0] = a, ((Word *)target)[1] = b;
    ((Word *)target)[2] = c, ((Word *)target)[3] = d;
  }
  for (; size >= 8; size -= 8, target += 8, source += 8)
    *(Word *)target = *(const Word *)source;
  for (; size; --size)
    *target++ = *source++;
  return to;
}

void *memmove(void *to, const void *from, size_t size) {
  unsigned char *target = to;
  const unsigned char *source = from;
  // Unsigned: a target below its source is "far" above it, and forward is safe.
  if ((uintptr_t)target - (uintptr_t)source >= size)
    return memcpy(to, from, size);
  for (; size >= 8; size -= 8)
    *(Word *)(target + size - 8) = *(const Word *)(source + size - 8);
  for (; size; --size)
    target[size - 1] = source[size - 1];
  return to;
}

void *memset(void *to, int value, size_t size) {
  unsigned char *target = to;
  Word word = 0x0101010101010101u * (uint64_t)(unsigned char)value;
  for (; size >= 8; size -= 8, target += 8)
    *(Word *)target = word;
  for (; size; --size)
    *target++ = (unsigned char)value;
  return to;
}
