//===- ObjectStages.h - The steps of object emission ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Each step works on one LLVM module, in the order in which they stand here.
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_CODEGEN_CPU_OBJECTSTAGES_H
#define KILN_LIB_CODEGEN_CPU_OBJECTSTAGES_H

#include "kiln/CodeGen/CPU/TargetDescription.h"
#include "kiln/Support/NetInterface.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/Error.h"
#include "llvm/Target/TargetMachine.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace kiln::cpu {

/// "K0501: <message>".
llvm::Error codeGenError(const llvm::Twine &message);

/// The net's own function, by contract with the kernels phase.
inline constexpr llvm::StringLiteral kMainName = "kiln_main";
inline constexpr llvm::StringLiteral kConstantsName = "kiln_constants";

/// LLVM's code generator for position-independent ELF code.
llvm::Expected<std::unique_ptr<llvm::TargetMachine>>
createTargetMachine(const TargetDescription &target);

/// Links the nets for the sets of shapes into one module, in which they share
/// the constants of the last. Gives each one's own function in `mains`.
llvm::Expected<std::unique_ptr<llvm::Module>>
linkNets(llvm::MutableArrayRef<std::unique_ptr<llvm::Module>> nets,
         llvm::SmallVectorImpl<llvm::Function *> &mains);

/// The bits of CpuFeatures.def that the machine's code may use; 0 on other
/// architectures.
uint64_t requiredCpuFeatures(const llvm::TargetMachine &machine);

/// Makes all functions of the module code for the target.
void setTargetAttributes(llvm::Module &module, const TargetDescription &target);

/// Links in the artifact runtime; its C interface part stays code for the
/// architecture's baseline, so that it may run on any CPU.
llvm::Error linkRuntime(llvm::Module &module, const TargetDescription &target);

/// Adds the descriptor and the functions of the C interface around `mains`, the
/// nets' own functions, one for each set of shapes that is served, and this for
/// each target: `cpuFeatures` holds what each needs.
llvm::Error addInterface(llvm::Module &module, const NetInterface &interface,
                         llvm::ArrayRef<llvm::Function *> mains,
                         llvm::ArrayRef<uint64_t> cpuFeatures);

/// True for the symbols that an artifact shows.
bool isInterfaceSymbol(llvm::StringRef symbol, const NetInterface &interface);

/// A module divided into parts that compile independently of each other; the
/// first holds the interface. The parts do not depend on the number of threads.
class PartitionedModule {
public:
  /// Makes all but `kernels`, the interface and what must exist once local, and
  /// keeps the module as bitcode.
  PartitionedModule(llvm::Module &module,
                    llvm::ArrayRef<llvm::Function *> kernels,
                    const NetInterface &interface);

  size_t size() const { return groups.size() + 1; }

  /// May be called from several threads at once, each with its own context.
  llvm::Expected<std::unique_ptr<llvm::Module>>
  load(size_t index, llvm::LLVMContext &context) const;

private:
  llvm::SmallVector<char> bitcode;
  llvm::StringSet<> kernelNames;
  /// Names of the kernels of each part but the first.
  llvm::SmallVector<std::vector<std::string>> groups;
};

/// Runs LLVM's pipeline.
void optimize(llvm::Module &module, llvm::TargetMachine &machine,
              unsigned optLevel);

/// The code of `module` in `stream`.
llvm::Error emitFile(llvm::Module &module, llvm::TargetMachine &machine,
                     llvm::raw_pwrite_stream &stream,
                     llvm::CodeGenFileType type);

/// Relocatable ELF, on its way to being an artifact.
using ObjectBytes = llvm::SmallVector<char, 0>;

/// Optimises and compiles each part, on as many threads as `numThreads` says
/// (0: one for each CPU of this process).
llvm::Expected<std::vector<ObjectBytes>>
compileParts(const PartitionedModule &parts, const TargetDescription &target,
             unsigned numThreads);

/// Links the parts' objects into one, in which `constants` are the contents of
/// kConstantsName. Nothing but the interface stays global, and nothing
/// undefined.
llvm::Expected<std::vector<std::byte>>
linkParts(std::vector<ObjectBytes> parts, llvm::ArrayRef<char> constants,
          const TargetDescription &target);

} // namespace kiln::cpu

#endif // KILN_LIB_CODEGEN_CPU_OBJECTSTAGES_H
