//===- TargetDescription.cpp - What code is generated for ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/CodeGen/CPU/TargetDescription.h"

#include "kiln/Support/ErrorCodes.h"
#include "kiln/Support/Names.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/SubtargetFeature.h"
#include "llvm/TargetParser/Triple.h"

#include <memory>

using namespace llvm;

namespace kiln::cpu {

static Error unsupported(const Twine &message) {
  return createStringError(errorLabel(ErrorCode::UnsupportedTarget) + ": " +
                           message);
}

static std::string hostFeatures(StringRef more) {
  SubtargetFeatures features;
  for (const auto &feature : sys::getHostCPUFeatures())
    features.AddFeature(feature.first(), feature.second);
  SubtargetFeatures added(more);
  features.addFeaturesVector(added.getFeatures());
  return features.getString();
}

/// Each feature must be one of the target's, with its sign.
static Error checkFeatures(const MCSubtargetInfo &info, StringRef features) {
  for (StringRef feature : split(features, ',')) {
    if (feature.empty())
      continue;
    bool isSigned = feature[0] == '+' || feature[0] == '-';
    bool isKnown = llvm::any_of(
        info.getAllProcessorFeatures(), [&](const SubtargetFeatureKV &known) {
          return isSigned && feature.drop_front() == known.Key;
        });
    if (!isKnown)
      return unsupported("unknown feature '" + Twine(escapeName(feature)) +
                         "'; write +NAME or -NAME, with commas between");
  }
  return Error::success();
}

static void describeVectors(TargetDescription &target, const Triple &triple,
                            const MCSubtargetInfo &info) {
  if (triple.isX86()) {
    bool avx512 = info.checkFeatures("+avx512f,+avx512vl");
    target.vectorBits = avx512 ? 512 : info.checkFeatures("+avx") ? 256 : 128;
    target.numVectorRegisters = avx512 ? 32 : triple.isArch64Bit() ? 16 : 8;
  } else if (triple.isAArch64()) {
    target.numVectorRegisters = 32;
  }
}

Expected<TargetDescription> describeTarget(StringRef triple, StringRef cpu,
                                           StringRef features,
                                           unsigned optLevel) {
  InitializeAllTargetInfos();
  InitializeAllTargets();
  InitializeAllTargetMCs();

  Triple host(sys::getDefaultTargetTriple());
  Triple wanted(triple.empty() ? host.str() : Triple::normalize(triple));
  TargetDescription target;
  target.triple = wanted.str();
  target.features = features.str();
  target.optLevel = optLevel;
  bool isHost = wanted.getArch() == host.getArch();
  if (!cpu.empty() && cpu != "native") {
    target.cpu = cpu.str();
  } else if (isHost) {
    target.cpu = sys::getHostCPUName().str();
    target.features = hostFeatures(features);
  } else {
    target.cpu = "generic";
  }

  std::string error;
  const Target *backend = TargetRegistry::lookupTarget(wanted, error);
  if (!backend)
    return unsupported(error);
  if (!wanted.isArch64Bit() || !(wanted.isX86() || wanted.isAArch64()))
    return unsupported("no code generator for '" + Twine(wanted.str()) +
                       "'; x86-64 and AArch64 are supported");
  std::unique_ptr<MCSubtargetInfo> known(
      backend->createMCSubtargetInfo(wanted, "", ""));
  if (!known || !known->isCPUStringValid(target.cpu))
    return unsupported("unknown processor '" + Twine(target.cpu) + "' for '" +
                       wanted.str() + "'");
  if (Error bad = checkFeatures(*known, features))
    return std::move(bad);
  std::unique_ptr<MCSubtargetInfo> info(
      backend->createMCSubtargetInfo(wanted, target.cpu, target.features));
  if (wanted.isX86() && !info->checkFeatures("+64bit"))
    return unsupported("processor '" + Twine(target.cpu) +
                       "' has no 64-bit mode");
  describeVectors(target, wanted, *info);
  return target;
}

Expected<std::vector<TargetDescription>> describeTargets(StringRef triple,
                                                         StringRef cpu,
                                                         StringRef features,
                                                         unsigned optLevel) {
  Triple wanted(triple.empty() ? sys::getDefaultTargetTriple()
                               : Triple::normalize(triple));
  SmallVector<StringRef> cpus = {cpu};
  if (cpu == "generic" && wanted.getArch() == Triple::x86_64)
    cpus = {"x86-64-v4", "x86-64-v3"};
  std::vector<TargetDescription> targets;
  for (StringRef name : cpus) {
    Expected<TargetDescription> target =
        describeTarget(triple, name, features, optLevel);
    if (!target)
      return target.takeError();
    targets.push_back(std::move(*target));
  }
  return targets;
}

} // namespace kiln::cpu
