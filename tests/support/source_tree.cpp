// The places of files that tests read.
// SPDX-License-Identifier: MIT
#include "tests/support/source_tree.hpp"

#include <cstdlib>

namespace assay::testing {

std::filesystem::path source_tree() {
    return ASSAY_SOURCE_DIR;
}

std::filesystem::path shared_data(std::string_view name) {
    const char* given = std::getenv("ASSAY_SHARED_DATA");
    const std::filesystem::path folder =
        given != nullptr ? std::filesystem::path(given) : source_tree() / ".." / "shared" / "data";
    return folder / name;
}

}  // namespace assay::testing
