//===- Header.cpp - The C header of an artifact ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ArtifactImpl.h"
#include "kiln/Runtime/Net.h"
#include "kiln/Support/Names.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace kiln {

/// A name as it may stand in a C comment: nothing ends the comment, begins
/// another, or is a trigraph.
static std::string inComment(StringRef name) {
  std::string text = escapeName(name);
  for (size_t i = 1; i < text.size(); ++i)
    if ((text[i] == '/' && text[i - 1] == '*') ||
        (text[i] == '*' && text[i - 1] == '/') ||
        (text[i] == '?' && text[i - 1] == '?'))
      text.insert(i++, "\\");
  return text;
}

static StringRef cType(ElementType type) {
  switch (type) {
  case ElementType::F32:
    return "float";
  case ElementType::F64:
    return "double";
  case ElementType::F16:
    return "IEEE binary16, as uint16_t";
  case ElementType::BF16:
    return "bfloat16, as uint16_t";
  case ElementType::I8:
    return "int8_t";
  case ElementType::U8:
    return "uint8_t";
  case ElementType::I16:
    return "int16_t";
  case ElementType::U16:
    return "uint16_t";
  case ElementType::I32:
    return "int32_t";
  case ElementType::U32:
    return "uint32_t";
  case ElementType::I64:
    return "int64_t";
  case ElementType::U64:
    return "uint64_t";
  case ElementType::Bool:
    return "bool, one byte of 0 or 1";
  }
  llvm_unreachable("unknown element type");
}

/// "[1 x 3 x 8]"; the batch as "N", or as "49*N" where an image has 49 rows.
static void writeShape(raw_ostream &os, const ServedShape &shape) {
  os << "[";
  for (auto [i, size] : llvm::enumerate(shape.dims)) {
    os << (i ? " x " : "");
    if (i != 0 || !shape.isBatched)
      os << size;
    else if (size == 1)
      os << "N";
    else
      os << size << "*N";
  }
  os << "]";
}

/// Each tensor, and below it its shape in each set that the net serves.
static void writeTensors(raw_ostream &os, StringRef kind,
                         const std::vector<TensorInterface> &tensors,
                         const std::vector<ServedShapes> &served,
                         std::vector<ServedShape> ServedShapes::*list) {
  os << " *\n * " << kind << ":\n";
  for (auto [i, tensor] : llvm::enumerate(tensors)) {
    os << " *   " << i << ": \"" << inComment(tensor.name) << "\", "
       << cType(tensor.type);
    const char *separator = ", shape ";
    for (const ServedShapes &shapes : served) {
      const ServedShape &shape = (shapes.*list)[i];
      os << separator;
      writeShape(os, shape);
      os << ", " << *elementCount(shape.dims) * elementSize(tensor.type)
         << (shape.isBatched ? " bytes an image" : " bytes");
      separator = "\n *      or ";
    }
    if (!tensor.dependsOnBatch.empty())
      os << ";\n *      depends on the rest of its batch: \""
         << inComment(tensor.dependsOnBatch)
         << "\" normalises by the\n *      statistics of the whole batch";
    os << "\n";
  }
}

static bool hasOpenBatch(const NetInterface &net) {
  return llvm::any_of(net.served, [](const ServedShapes &shapes) {
    return llvm::any_of(shapes.inputs, [](const ServedShape &shape) {
      return shape.isBatched;
    });
  });
}

static void writeOverview(raw_ostream &os, const NetInterface &net) {
  os << "/* " << net.identifier
     << ".h - C interface of a net compiled by Kiln\n";
  writeTensors(os, "Inputs", net.inputs, net.served, &ServedShapes::inputs);
  writeTensors(os, "Outputs", net.outputs, net.served, &ServedShapes::outputs);
  if (hasOpenBatch(net))
    os << " *\n * N is the batch, from 1 to " << KILN_GREATEST_BATCH
       << " and the same for all. An image's outputs do not\n"
          " * depend on the images beside it. The arena is the same for "
          "every N.\n";
  os << R"( *
 * Tensors are dense, in C order (the last dimension is contiguous), in the
 * machine's byte order, and aligned as their element type. All memory is the
 * caller's: no function here but pool_create allocates or keeps a pointer. Every
 * function may be called from several threads at once; each call of run needs
 * outputs and an arena of its own. The library needs no other library.
 */
)";
}

static void writeQueries(raw_ostream &os, StringRef net) {
  for (const char *kind : {"input", "output"}) {
    os << "\n/* How many " << kind
       << "s; and of each by its index: its name as "
       << "in the file that the\n * net came from, rank, shape (rank numbers), "
          "and one of the element types above.\n * An index out of range gives "
          "NULL, or -1. The memory is the library's. */\n";
    os << "int " << net << "_num_" << kind << "s(void);\n"
       << "const char *" << net << "_" << kind << "_name(int index);\n"
       << "int " << net << "_" << kind << "_rank(int index);\n"
       << "const int64_t *" << net << "_" << kind << "_shape(int index);\n"
       << "int " << net << "_" << kind << "_type(int index);\n";
  }
}

static void writeConstants(raw_ostream &os, StringRef prefix) {
  os << "\n/* Element types. */\nenum {\n";
  const ElementType types[] = {
      ElementType::F32, ElementType::F64, ElementType::F16, ElementType::BF16,
      ElementType::I8,  ElementType::U8,  ElementType::I16, ElementType::U16,
      ElementType::I32, ElementType::U32, ElementType::I64, ElementType::U64,
      ElementType::Bool};
  const char *separator = "";
  for (ElementType type : types) {
    std::string name = StringRef(elementTypeName(type)).upper();
    os << separator << "  " << prefix << "_" << name << " = "
       << static_cast<int32_t>(type);
    separator = ",\n";
  }
  os << "\n};\n\n/* Error codes; " << prefix
     << "_error_text gives their text. */\nenum {\n"
     << "  " << prefix << "_OK = " << KILN_OK << ",\n"
     << "  " << prefix << "_BAD_DIMS = " << KILN_BAD_DIMS << ",\n"
     << "  " << prefix << "_NULL_POINTER = " << KILN_NULL_POINTER << ",\n"
     << "  " << prefix << "_MISALIGNED_ARENA = " << KILN_MISALIGNED_ARENA
     << ",\n"
     << "  " << prefix << "_CPU_LACKS_FEATURE = " << KILN_CPU_LACKS_FEATURE
     << ",\n  " << prefix << "_BAD_EXECUTOR = " << KILN_BAD_EXECUTOR << ",\n  "
     << prefix << "_NO_THREADS = " << KILN_NO_THREADS << "\n};\n";
}

static void writeShapes(raw_ostream &os, StringRef net) {
  os << R"(
/* How many sets of shapes the net serves, and the input shapes of each, one
 * after another, -1 for an open batch; NULL out of range. */
int )"
     << net << "_num_shapes(void);\nconst int64_t *" << net
     << R"(_shape_dims(int index);

/* In what follows `dims` is the shapes of all inputs, one after another. NULL
 * stands for the shapes stated above where there is one set of them and no open
 * batch. Of sets that overlap the first is taken. */

/* Writes the shapes of all outputs, one after another, to `output_dims`.
 * Returns 0 or an error code. */
int )"
     << net << R"(_output_dims(const int64_t *dims, int64_t *output_dims);

/* Bytes of scratch memory that one call of run needs, or a negative error code.
 */
int64_t )"
     << net << "_arena_size(const int64_t *dims);\n"
     << R"(
/* The same for a call of run_with by an executor of so many workers. */
int64_t )"
     << net << "_arena_size_for(const int64_t *dims, int32_t workers);\n";
}

/// The same in the header of every net: a program may include several.
static void writeExecutorType(raw_ostream &os) {
  os << R"(
#ifndef KILN_EXECUTOR
#define KILN_EXECUTOR
/* Spreads the work of a net over threads: a pool's, or the caller's own. One
 * may serve any number of nets of this interface's version. */
typedef struct kiln_executor {
  void *context;
  /* How many ranges of tasks may run at a time, 1 to )"
     << KILN_GREATEST_WORKERS << R"(. */
  int32_t workers;
  /* Calls task(data, begin, end, worker) for ranges that cover [0, count) once,
   * on any threads and in any order, and returns when all are done. `worker` is
   * in [0, workers), and no two ranges have it at the same time. */
  void (*parallel_for)(void *context,
                       void (*task)(void *data, int64_t begin, int64_t end,
                                    int32_t worker),
                       void *data, int64_t count);
} kiln_executor;

/* Threads that wait for work. */
typedef struct kiln_pool kiln_pool;
#endif
)";
}

static void writeThreads(raw_ostream &os, StringRef net) {
  os << R"(
/* As run, with the work spread by `executor`; NULL: in the calling thread alone.
 * `arena` has arena_size_for(dims, executor->workers) bytes. Outputs are the
 * same, to the bit, for any executor. An executor that has not run each task
 * once gives BAD_EXECUTOR, and outputs that hold anything. */
int )"
     << net << R"(_run_with(const int64_t *dims, const void *const *inputs,
    void *const *outputs, void *arena, const kiln_executor *executor);

/* Makes a pool of `threads` threads, the calling one among them, 0 for one on
 * each core that this process may use. Its executor lives as long as it does,
 * and any number of threads may use it at once. Destroy it when no run uses it,
 * and before the library is unloaded; NULL is ignored. */
int )"
     << net << R"(_pool_create(int threads, kiln_pool **pool);
const kiln_executor *)"
     << net << R"(_pool_executor(const kiln_pool *pool);
void )"
     << net << R"(_pool_destroy(kiln_pool *pool);
)";
}

static void writeRun(raw_ostream &os, StringRef net) {
  os << R"(
/* Runs the net once. `inputs` and `outputs` point to one pointer for each
 * tensor, in the order above; `arena` has arena_size(dims) bytes, is aligned to
 * )" << KILN_ARENA_ALIGNMENT
     << R"(, and need hold nothing. Inputs, outputs and
 * arena must not overlap. Returns 0, or an error code: then no output has been
 * written. Subnormal numbers count as zero in it; the calling thread's
 * floating-point state is as it was afterwards. */
int )"
     << net << R"(_run(const int64_t *dims, const void *const *inputs,
    void *const *outputs, void *arena);

/* The text of an error code, in English; never NULL. */
const char *)"
     << net << "_error_text(int code);\n";
}

std::string emitHeader(const NetInterface &net) {
  std::string text;
  StringRef prefix = net.identifier;
  raw_string_ostream os(text);
  writeOverview(os, net);
  os << "\n#ifndef KILN_NET_" << net.identifier << "_H\n#define KILN_NET_"
     << net.identifier << "_H\n\n#include <stdint.h>\n"
     << "\n#ifdef __cplusplus\nextern \"C\" {\n#endif\n";
  os << "\n/* The version of this interface that the header was made for. */\n"
     << "#define " << prefix << "_ABI_VERSION " << KILN_ABI_VERSION << "\n"
     << "\n/* The library's version: must equal " << prefix
     << "_ABI_VERSION. */\nint " << net.identifier << "_abi_version(void);\n";
  writeExecutorType(os);
  writeConstants(os, prefix);
  writeQueries(os, net.identifier);
  writeShapes(os, net.identifier);
  writeRun(os, net.identifier);
  writeThreads(os, net.identifier);
  os << "\n#ifdef __cplusplus\n}\n#endif\n\n#endif /* KILN_NET_"
     << net.identifier << "_H */\n";
  return text;
}

} // namespace kiln
