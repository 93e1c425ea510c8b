//===- Npz.cpp - .npz archives ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorFileError.h"

#include "llvm/ADT/ScopeExit.h"

#include <zip.h>

using namespace llvm;

namespace kiln {

/// Largest member read: 4 GiB. An archive of some megabytes can unpack to any
/// size.
static constexpr size_t kMaxMemberBytes = size_t{1} << 32;

/// The names of the first members, for messages.
static std::string listMembers(zip_t *archive) {
  std::string names;
  zip_int64_t count = zip_get_num_entries(archive, 0);
  for (zip_int64_t i = 0; i < std::min<zip_int64_t>(count, 8); ++i) {
    const char *name = zip_get_name(archive, static_cast<zip_uint64_t>(i), 0);
    names += (i ? ", " : "") + escapeName(name ? name : "?");
  }
  return count > 8 ? names + ", ..." : names;
}

/// The member's index, or an error that lists what there is.
static Expected<zip_uint64_t> findMember(zip_t *archive, StringRef path,
                                         StringRef member) {
  if (member.empty()) {
    if (zip_get_num_entries(archive, 0) == 1)
      return 0;
    return tensorFileError(ErrorCode::BadTensorFile, path,
                           "has not one member but " + listMembers(archive) +
                               "; name one: x.npz:member");
  }
  for (const std::string &name : {member.str() + ".npy", member.str()}) {
    zip_int64_t index = zip_name_locate(archive, name.c_str(), 0);
    if (index >= 0)
      return static_cast<zip_uint64_t>(index);
  }
  return tensorFileError(ErrorCode::BadTensorFile, path,
                         "has no member '" + escapeName(member) +
                             "', only: " + listMembers(archive));
}

/// Unpacks as the data comes, and trusts no announced size.
static Expected<std::string> unpack(zip_t *archive, zip_uint64_t index,
                                    StringRef name) {
  auto fail = [&](const Twine &message) {
    return tensorFileError(ErrorCode::BadTensorFile, name, message);
  };
  zip_file_t *file = zip_fopen_index(archive, index, 0);
  if (!file)
    return fail(zip_error_strerror(zip_get_error(archive)));
  scope_exit close([file] { zip_fclose(file); });
  std::string content;
  std::vector<char> chunk(size_t{1} << 20);
  while (true) {
    zip_int64_t length = zip_fread(file, chunk.data(), chunk.size());
    if (length < 0)
      return fail(zip_error_strerror(zip_file_get_error(file)));
    if (length == 0)
      return content;
    content.append(chunk.data(), static_cast<size_t>(length));
    if (content.size() > kMaxMemberBytes)
      return fail("unpacks to more than 4 GiB");
  }
}

Expected<HostTensor> readNpz(StringRef path, StringRef member) {
  int code = 0;
  zip_t *archive = zip_open(path.str().c_str(), ZIP_RDONLY, &code);
  if (!archive) {
    zip_error_t error;
    zip_error_init_with_code(&error, code);
    scope_exit release([&] { zip_error_fini(&error); });
    return tensorFileError(ErrorCode::BadTensorFile, path,
                           zip_error_strerror(&error));
  }
  scope_exit discard([archive] { zip_discard(archive); });
  Expected<zip_uint64_t> index = findMember(archive, path, member);
  if (!index)
    return index.takeError();
  std::string name = path.str();
  if (!member.empty())
    name += ":" + member.str();
  Expected<std::string> content = unpack(archive, *index, name);
  if (!content)
    return content.takeError();
  return parseNpy(*content, name);
}

} // namespace kiln
