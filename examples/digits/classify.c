/*===- classify.c - Reads digits with the compiled net ---------*- C -*-===//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===--------------------------------------------------------------------===//
//
// The whole of what a program needs to use a compiled net: the generated
// header, the library, and memory of its own. The net is compiled for one
// picture at a time:
//
//   kiln compile digits.onnx --shapes=image:1x1x8x8 -o digits.so
//   cc classify.c digits.so -o classify
//   ./classify draw samples.npy sample_labels.npy
//   ./classify check test_images.npy test_labels.npy test_logits.npy 354
//
// `check` fails unless exactly the given number of pictures is read right and
// no logit is further than 1e-4 from the training framework's.
//
//===--------------------------------------------------------------------===*/

#include "digits.h"
#include "npy.h"

#include <math.h>

enum { side = 8, pixels = side * side, classes = 10 };
static const double tolerance = 1e-4;

static void fail(const char *why) {
  fprintf(stderr, "error: %s\n", why);
  exit(1);
}

/* The net must be the one this program was written for. */
static void checkInterface(void) {
  static const int64_t image[4] = {1, 1, side, side};
  static const int64_t logits[2] = {1, classes};
  if (digits_num_inputs() != 1 || digits_num_outputs() != 1 ||
      digits_input_rank(0) != 4 || digits_output_rank(0) != 2 ||
      memcmp(digits_input_shape(0), image, sizeof(image)) ||
      memcmp(digits_output_shape(0), logits, sizeof(logits)))
    fail("the library's shapes are not 1x1x8x8 -> 1x10");
}

static void *allocateArena(void) {
  int64_t size = digits_arena_size(NULL);
  if (size < 0)
    fail("the library gives no arena size");
  void *arena = aligned_alloc(64, ((size_t)size + 64) / 64 * 64);
  if (!arena)
    fail("out of memory");
  return arena;
}

/* Runs the net on one picture; returns the likeliest digit. */
static int classify(const float *image, float *logits, void *arena) {
  const void *inputs[1] = {image};
  void *outputs[1] = {logits};
  int code = digits_run(NULL, inputs, outputs, arena);
  if (code)
    fail(digits_error_text(code));
  int best = 0;
  for (int i = 1; i < classes; ++i)
    if (logits[i] > logits[best])
      best = i;
  return best;
}

/* One row of a picture, two characters a pixel. */
static void drawRow(const float *row) {
  static const char shades[] = " .:-=+*#%@";
  for (int x = 0; x < side; ++x) {
    float ink = fmaxf(0.0f, fminf(1.0f, row[x]));
    char shade = shades[(int)(ink * 9.0f + 0.5f)];
    putchar(shade), putchar(shade);
  }
  fputs("   ", stdout);
}

/* Pictures in lines of five, each over what was read and what it is. */
static void draw(const float *images, const int64_t *labels, int64_t count,
                 void *arena) {
  enum { across = 5 };
  float logits[classes];
  for (int64_t first = 0; first < count; first += across) {
    int64_t end = first + across < count ? first + across : count;
    for (int y = 0; y < side; ++y, putchar('\n'))
      for (int64_t n = first; n < end; ++n)
        drawRow(images + n * pixels + y * side);
    for (int64_t n = first; n < end; ++n) {
      int predicted = classify(images + n * pixels, logits, arena);
      printf("read %d, is %d%-9s", predicted, (int)labels[n],
             predicted == labels[n] ? "" : " (wrong)");
    }
    puts("\n");
  }
}

static int check(const float *images, const int64_t *labels, int64_t count,
                 const float *expectedLogits, int64_t expectedCorrect,
                 void *arena) {
  float logits[classes];
  int64_t correct = 0, far = 0;
  double greatest = 0.0;
  for (int64_t n = 0; n < count; ++n) {
    correct += classify(images + n * pixels, logits, arena) == labels[n];
    for (int i = 0; i < classes; ++i) {
      double difference =
          fabs((double)logits[i] - expectedLogits[n * classes + i]);
      greatest = fmax(greatest, difference);
      far += !(difference <= tolerance); /* a NaN is far */
    }
  }
  printf("accuracy: %lld of %lld (%.2f %%); the training framework: %lld\n",
         (long long)correct, (long long)count,
         100.0 * (double)correct / (double)count, (long long)expectedCorrect);
  printf("greatest difference of a logit from the framework's: %g\n", greatest);
  if (far)
    printf("%lld logits are further than %g\n", (long long)far, tolerance);
  return correct == expectedCorrect && !far ? 0 : 3;
}

int main(int argc, char **argv) {
  int drawing = argc == 4 && !strcmp(argv[1], "draw");
  if (!drawing && !(argc == 6 && !strcmp(argv[1], "check"))) {
    fprintf(stderr, "usage: classify draw IMAGES LABELS\n"
                    "       classify check IMAGES LABELS LOGITS CORRECT\n");
    return 2;
  }
  checkInterface();
  NpyArray images = npyRead(argv[2], "'<f4'", 4);
  NpyArray labels = npyRead(argv[3], "'<i8'", 8);
  int64_t count = labels.count;
  if (images.count != count * pixels || count == 0)
    fail("as many labels as pictures of 8x8 are needed");
  void *arena = allocateArena();
  int code = 0;
  if (drawing) {
    draw(images.data, labels.data, count, arena);
  } else {
    NpyArray logits = npyRead(argv[4], "'<f4'", 4);
    if (logits.count != count * classes)
      fail("ten logits for each picture are needed");
    code = check(images.data, labels.data, count, logits.data, atoll(argv[5]),
                 arena);
    free(logits.data);
  }
  free(arena);
  free(labels.data);
  free(images.data);
  return code;
}
