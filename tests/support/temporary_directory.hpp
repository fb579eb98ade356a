// A directory of the test's own, gone when the test is.
// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>

namespace assay::testing {

class TemporaryDirectory {
  public:
    explicit TemporaryDirectory(
        const std::filesystem::path& parent = std::filesystem::temp_directory_path());
    ~TemporaryDirectory();
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

    const std::filesystem::path& path() const noexcept { return path_; }

  private:
    std::filesystem::path path_;
};

// Where a directory costs no disk access, if there is such a place: for tests that open hundreds of
// stores and keep their own idea of what is durable.
std::filesystem::path memory_backed_parent();

}  // namespace assay::testing
