// Files of data/ that travel inside the program, so that it needs none beside it.
// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string_view>

namespace assay::embedded {

struct EmbeddedFile {
    std::string_view path;  // from the root of the source tree, e.g. "data/fees/ebay_us.json"
    std::string_view bytes;
};

}  // namespace assay::embedded
