// Parses once more, and writes all that is there.
// SPDX-License-Identifier: MIT
#include "engine/batch/full_echo.hpp"

#include <simdjson.h>

#include "engine/base/limits.hpp"
#include "engine/batch/product_echo.hpp"

namespace assay::engine {

struct FullEcho::Body {
    JsonParser json;
};

FullEcho::FullEcho() : body_(std::make_unique<Body>()) {}
FullEcho::~FullEcho() = default;

std::optional<std::string> FullEcho::of(std::string_view json) {
    if (json.size() > limits::product_bytes_max) return std::nullopt;
    simdjson::dom::element root;
    if (body_->json.parse(json, root) || !root.is_object()) return std::nullopt;
    std::string text;
    write_product_data(body_->json, EchoExtent::full, text);
    return text;
}

}  // namespace assay::engine
