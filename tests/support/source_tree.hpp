// Where the sources and the public development data lie, for tests that read files of theirs.
// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string_view>

namespace assay::testing {

// The root of the source tree. In a source of its own, so that no other object depends on the path.
std::filesystem::path source_tree();

// A file of the public data: in $ASSAY_SHARED_DATA, else beside the source tree. It is no part of
// the project; tests skip themselves where it is not there.
std::filesystem::path shared_data(std::string_view name);

}  // namespace assay::testing
