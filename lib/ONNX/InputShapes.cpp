//===- InputShapes.cpp - Shapes of a net's inputs ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "InputShapes.h"
#include "Error.h"
#include "TensorProto.h"

#include "kiln/Support/Diagnostics.h"

#include "llvm/ADT/StringMap.h"

using namespace mlir;

namespace kiln::onnx_import {

/// The input's name as --shapes reads it back: in quotes where it holds what
/// divides name and dimensions.
static std::string flagName(const std::string &name) {
  if (StringRef(name).find_first_of(":,[\"\\") == StringRef::npos)
    return escapeName(name);
  return "'\"" + escapeName(name) + "\"'";
}

/// "Nx3x?x224": the spelling of the flag, with names or '?' for open sizes.
static std::string flagText(const ValueInfo &input) {
  std::string text = "--shapes=" + flagName(input.name) + ":";
  for (auto [i, dim] : llvm::enumerate(input.shape)) {
    text += i ? "x" : "";
    text += dim.size >= 0 ? std::to_string(dim.size) : "?";
  }
  return text;
}

static std::string openDimensions(const ValueInfo &input) {
  std::string text;
  for (auto [i, dim] : llvm::enumerate(input.shape)) {
    if (dim.size >= 0)
      continue;
    text += (text.empty() ? "dimension " : ", ") + std::to_string(i);
    if (!dim.name.empty())
      text += " (" + quoted(dim.name) + ")";
  }
  return text;
}

/// Every name given must be an input whose shape may be chosen.
static LogicalResult checkGivenNames(const Model &model,
                                     const ImportOptions &options,
                                     Location loc) {
  for (const auto &[name, shape] : options.shapes) {
    if (model.initializers.contains(name))
      return emitError(loc, ErrorCode::BadShape)
             << "--shapes names " << quoted(name)
             << ", which is a constant of the file and cannot be overridden";
    if (llvm::any_of(model.inputs,
                     [&](const ValueInfo &i) { return i.name == name; }))
      continue;
    std::string known;
    for (const ValueInfo &input : model.inputs)
      if (!model.initializers.contains(input.name))
        known += (known.empty() ? "" : ", ") + quoted(input.name);
    return emitError(loc, ErrorCode::BadShape)
           << "--shapes names " << quoted(name)
           << ", which is no input of the net; its inputs are " << known;
  }
  return success();
}

static LogicalResult checkGivenShape(const ValueInfo &input,
                                     ArrayRef<int64_t> given, Location loc) {
  bool fits = !input.hasShape || input.shape.size() == given.size();
  if (fits && input.hasShape)
    for (auto [dim, size] : llvm::zip_equal(input.shape, given))
      fits &= dim.size < 0 || dim.size == size;
  if (fits && llvm::all_of(given, [](int64_t d) { return d >= 0; }))
    return success();
  return emitError(loc, ErrorCode::BadShape)
         << "--shapes gives input " << quoted(input.name) << " the shape "
         << shapeText(given) << " where the file declares "
         << flagText(input).substr(9) << " ('?' may be chosen)";
}

static LogicalResult checkElementType(const ValueInfo &input,
                                      std::optional<ElementType> type,
                                      Location loc) {
  if (type)
    return success();
  // Numbers below 1 are no type at all; unknown ones above may be newer.
  return emitError(loc, input.elementType <= 0 ? ErrorCode::BadModel
                                               : ErrorCode::UnsupportedType)
         << "input " << quoted(input.name) << " has element type "
         << onnxTypeName(input.elementType)
         << "; floats, integers and bool are taken";
}

/// Files of IR version 3 list every initializer as an input, which would let a
/// caller replace it. They are constants here.
static void remarkConstantInputs(const Model &model, Location loc) {
  int64_t count = llvm::count_if(model.inputs, [&](const ValueInfo &input) {
    return model.initializers.contains(input.name);
  });
  if (count)
    mlir::emitRemark(loc) << errorLabel(ErrorCode::ConstantInput) << ": "
                          << count
                          << " graph inputs have initializers and are taken "
                             "as constants";
}

/// A name that the file gives to several dimensions stands for one size.
static LogicalResult checkNamedDimensions(const Model &model,
                                          ArrayRef<InputShape> inputs,
                                          Location loc) {
  struct Use {
    StringRef input;
    int64_t size;
  };
  llvm::StringMap<Use> uses;
  for (const InputShape &input : inputs) {
    const ValueInfo &declared =
        *llvm::find_if(model.inputs, [&](const ValueInfo &info) {
          return info.name == input.name;
        });
    if (!declared.hasShape)
      continue;
    for (auto [dim, size] : llvm::zip_equal(declared.shape, input.shape)) {
      if (dim.size >= 0 || dim.name.empty())
        continue;
      auto [use, isNew] = uses.try_emplace(dim.name, Use{input.name, size});
      if (!isNew && use->second.size != size)
        return emitError(loc, ErrorCode::BadShape)
               << "dimension " << quoted(dim.name) << " is " << use->second.size
               << " in input " << quoted(use->second.input) << " and " << size
               << " in input " << quoted(input.name)
               << "; the file says that they are equal";
    }
  }
  return success();
}

FailureOr<std::vector<InputShape>>
resolveInputShapes(const Model &model, const ImportOptions &options,
                   Location loc) {
  if (failed(checkGivenNames(model, options, loc)))
    return failure();
  remarkConstantInputs(model, loc);
  std::vector<InputShape> result;
  std::string open, flags;
  for (const ValueInfo &input : model.inputs) {
    if (model.initializers.contains(input.name))
      continue;
    std::optional<ElementType> type = elementTypeOf(input.elementType);
    if (failed(checkElementType(input, type, loc)))
      return failure();
    InputShape &entry = result.emplace_back(InputShape{input.name, *type, {}});
    auto given = options.shapes.find(input.name);
    if (given != options.shapes.end()) {
      if (failed(checkGivenShape(input, given->second, loc)))
        return failure();
      entry.shape = given->second;
    } else if (!input.hasShape) {
      open += "\n  input " + quoted(input.name) + ": shape not declared";
      flags += " --shapes=" + flagName(input.name) + ":...";
    } else {
      for (const Dimension &dim : input.shape)
        entry.shape.push_back(dim.size);
      if (std::string dims = openDimensions(input); !dims.empty()) {
        open += "\n  input " + quoted(input.name) + ": " + dims;
        flags += " " + flagText(input);
      }
    }
    std::optional<int64_t> count = elementCount(entry.shape);
    if (open.empty() && (!count || *count > options.maxElements))
      return emitError(loc, ErrorCode::BadShape)
             << "input " << quoted(input.name) << " of shape "
             << shapeText(entry.shape) << " has more than "
             << options.maxElements << " elements";
  }
  if (!open.empty())
    return emitError(loc, ErrorCode::MissingShape)
           << "dimensions are not known; give them with" << flags << open;
  if (failed(checkNamedDimensions(model, result, loc)))
    return failure();
  return result;
}

} // namespace kiln::onnx_import
