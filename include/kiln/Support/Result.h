//===- Result.h - A value or an error ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// What functions return that an embedder calls: a value, or a coded error.
// Knows neither MLIR nor LLVM; nothing here throws.
//===----------------------------------------------------------------------===//

#ifndef KILN_SUPPORT_RESULT_H
#define KILN_SUPPORT_RESULT_H

#include "kiln/Support/ErrorCodes.h"

#include <cassert>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

namespace kiln {

/// Why something failed. `message` does not repeat the code.
struct Error {
  ErrorCode code = ErrorCode::Internal;
  std::string message;

  /// "K0600: input 0: ...", the form of every diagnostic.
  std::string text() const { return errorLabel(code) + ": " + message; }
};

/// Holds a T or an Error. Both convert implicitly, so that functions return
/// either as it is.
template <typename T> class [[nodiscard]] Result {
public:
  Result(T value) : storage(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : storage(std::in_place_index<1>, std::move(error)) {}

  /// A derived pointer where a base pointer is promised, and the like.
  template <typename U>
    requires(std::is_convertible_v<U &&, T> && !std::is_same_v<U, T> &&
             !std::is_same_v<U, Error> && !std::is_same_v<U, Result>)
  Result(U &&value) : storage(std::in_place_index<0>, std::forward<U>(value)) {}

  explicit operator bool() const { return storage.index() == 0; }

  T &operator*() & { return value(); }
  const T &operator*() const & { return value(); }
  T &&operator*() && { return std::move(value()); }
  T *operator->() { return &value(); }
  const T *operator->() const { return &value(); }

  /// Only of a failed result.
  const Error &error() const {
    assert(!*this && "no error in a result that holds a value");
    return *std::get_if<1>(&storage);
  }

private:
  T &value() {
    assert(*this && "no value in a failed result");
    return *std::get_if<0>(&storage);
  }
  const T &value() const {
    assert(*this && "no value in a failed result");
    return *std::get_if<0>(&storage);
  }

  std::variant<T, Error> storage;
};

/// Success, or an Error.
template <> class [[nodiscard]] Result<void> {
public:
  Result() = default;
  Result(Error error) : failure(std::move(error)) {}

  explicit operator bool() const { return !failure.has_value(); }

  const Error &error() const {
    assert(failure && "no error in a result that succeeded");
    return *failure;
  }

private:
  std::optional<Error> failure;
};

} // namespace kiln

#endif // KILN_SUPPORT_RESULT_H
