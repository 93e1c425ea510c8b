//===- Names.h - Names from files, made safe ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_SUPPORT_NAMES_H
#define KILN_SUPPORT_NAMES_H

#include <string>
#include <string_view>

namespace kiln {

/// A C identifier made from `name`: each byte that is not a letter or digit
/// becomes '_', a leading digit gets a '_' before it, an empty name is "net";
/// a C keyword gets a '_' after it. For symbols; not injective.
std::string toIdentifier(std::string_view name);

/// `name` as the inside of a C or JSON string literal and safe on a terminal:
/// quotes, backslashes, control and non-ASCII bytes become escapes. Injective.
std::string escapeName(std::string_view name);

} // namespace kiln

#endif // KILN_SUPPORT_NAMES_H
