// A kept line with a place for the id.
// SPDX-License-Identifier: MIT
#include "engine/batch_store/cancelled_line.hpp"

#include <cassert>

#include "engine/base/json_writer.hpp"

namespace assay::engine::batch_store::detail {
namespace {

// Stands for the id in the kept text; no line says this by itself.
constexpr std::string_view place = "\"assay:product-id:5f0c2a7d\"";

}  // namespace

std::string make_cancelled_line(const AppendCancelledLine& append_line) {
    std::string line;
    append_line(line, place.substr(1, place.size() - 2));
    assert(line.find(place) != std::string::npos && line.ends_with('\n'));
    return line;
}

void append_from(std::string_view kept_line, std::string_view product_id, std::string& out) {
    for (;;) {
        const std::size_t at = kept_line.find(place);
        out += kept_line.substr(0, at);
        if (at == std::string_view::npos) return;
        append_json_string(out, product_id);
        kept_line.remove_prefix(at + place.size());
    }
}

}  // namespace assay::engine::batch_store::detail
