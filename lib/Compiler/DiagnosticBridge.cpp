//===- DiagnosticBridge.cpp - From MLIR's diagnostics to the caller's ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "DiagnosticBridge.h"

#include "kiln/Support/Names.h"
#include "mlir/IR/Location.h"

using namespace mlir;

namespace kiln {

namespace {
struct Place {
  std::string file;
  std::string node;
};
} // namespace

/// Names from a hostile file can be megabytes: the head of one is enough.
static std::string shorten(StringRef name) {
  constexpr size_t kMaxShown = 200;
  std::string text = escapeName(name.take_front(kMaxShown));
  return name.size() > kMaxShown ? text + "..." : text;
}

/// Importers give a node as NameLoc(node, NameLoc(file)); IR has
/// FileLineColLoc, perhaps within a NameLoc. Of fused locations the first that
/// names a node counts.
static void findPlace(Location location, Place &place) {
  if (auto file = dyn_cast<FileLineColLoc>(location)) {
    if (place.file.empty())
      place.file = escapeName(file.getFilename().strref()) + ":" +
                   std::to_string(file.getLine()) + ":" +
                   std::to_string(file.getColumn());
  } else if (auto name = dyn_cast<NameLoc>(location)) {
    // A name without a child is a file.
    if (isa<UnknownLoc>(name.getChildLoc())) {
      if (place.file.empty())
        place.file = escapeName(name.getName().strref());
      return;
    }
    if (place.node.empty())
      place.node = shorten(name.getName().strref());
    findPlace(name.getChildLoc(), place);
  } else if (auto fused = dyn_cast<FusedLoc>(location)) {
    for (Location part : fused.getLocations())
      findPlace(part, place);
  } else if (auto call = dyn_cast<CallSiteLoc>(location)) {
    findPlace(call.getCallee(), place);
  }
}

static Severity toSeverity(DiagnosticSeverity severity) {
  switch (severity) {
  case DiagnosticSeverity::Error:
    return Severity::Error;
  case DiagnosticSeverity::Warning:
    return Severity::Warning;
  case DiagnosticSeverity::Note:
  case DiagnosticSeverity::Remark:
    return Severity::Remark;
  }
  llvm_unreachable("unknown severity");
}

DiagnosticBridge::DiagnosticBridge(MLIRContext *context)
    : scope(context, [this](mlir::Diagnostic &diagnostic) {
        translate(diagnostic);
        return success();
      }) {}

void DiagnosticBridge::translate(mlir::Diagnostic &diagnostic) {
  kiln::Diagnostic result;
  result.severity = toSeverity(diagnostic.getSeverity());
  Place place;
  findPlace(diagnostic.getLocation(), place);
  result.file = std::move(place.file);
  result.node = std::move(place.node);
  result.message = diagnostic.str();
  result.code = parseErrorLabel(result.message);
  if (result.code && StringRef(result.message).drop_front(5).starts_with(": "))
    result.message.erase(0, 7);
  for (mlir::Diagnostic &note : diagnostic.getNotes())
    result.notes.push_back(note.str());
  report(std::move(result));
}

void DiagnosticBridge::report(kiln::Diagnostic diagnostic) {
  if (diagnostic.severity == Severity::Error) {
    if (!diagnostic.code)
      diagnostic.code = defaultCode;
    if (!firstError)
      firstError = Error{*diagnostic.code, diagnostic.message};
  }
  if (handler)
    handler(diagnostic);
}

Error DiagnosticBridge::fail(const Error &error, const std::string &file) {
  kiln::Diagnostic diagnostic;
  diagnostic.code = error.code;
  diagnostic.file = file;
  diagnostic.message = error.message;
  report(std::move(diagnostic));
  return error;
}

Error DiagnosticBridge::takeError(const std::string &what) {
  if (!firstError) {
    kiln::Diagnostic silent;
    silent.code = ErrorCode::Internal;
    silent.message = what + " failed without a diagnostic";
    report(std::move(silent));
  }
  return *firstError;
}

std::string toString(const kiln::Diagnostic &diagnostic) {
  static constexpr const char *kSeverities[] = {"remark", "warning", "error"};
  std::string text = kSeverities[static_cast<int>(diagnostic.severity)];
  text += ": ";
  if (diagnostic.code)
    text += errorLabel(*diagnostic.code) + ": ";
  if (!diagnostic.file.empty())
    text += diagnostic.file + ": ";
  if (!diagnostic.node.empty())
    text += "node '" + diagnostic.node + "': ";
  text += diagnostic.message;
  for (const std::string &note : diagnostic.notes)
    text += "\n  note: " + note;
  return text;
}

} // namespace kiln
