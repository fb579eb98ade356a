// The result line of a cancelled product, kept once per batch (private to this folder).
// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "engine/batch_store/batch_store.hpp"

namespace assay::engine::batch_store::detail {

// A line with a place for the product's id. A batch of 100,000 products is cancelled by keeping
// one text instead of writing 100,000 lines in the cancelling transaction.
std::string make_cancelled_line(const AppendCancelledLine& append_line);
void append_from(std::string_view kept_line, std::string_view product_id, std::string& out);

}  // namespace assay::engine::batch_store::detail
