// Finds the products, checks everything, then hands them on.
// SPDX-License-Identifier: MIT
#include "engine/batch/json_document.hpp"

#include <utility>

#include "engine/batch/json_lines.hpp"
#include "engine/batch/json_scan.hpp"

namespace assay::engine {
namespace {

constexpr std::string_view shape =
    "send {\"products\": [...]} or an array of products; NDJSON goes as application/x-ndjson";

}  // namespace

Result<void> JsonDocument::feed(std::string_view bytes) {
    if (text_.size() + bytes.size() > limits::json_document_bytes_max) {
        return fail(ErrorCode::payload_too_large, "is a JSON document of more than 64 MiB", {},
                    "send NDJSON, which is read as a stream");
    }
    text_ += bytes;
    return {};
}

// The exact place costs a second parse, which only a refused document pays for.
Error JsonDocument::broken(std::size_t at) const {
    Error error = json_error(simdjson::TAPE_ERROR, text_);
    if (at < text_.size() && error.message.find(" at ") == std::string::npos &&
        error.message.find("early") == std::string::npos)
        error.message = "is not valid JSON";
    error.remedy = shape;
    return error;
}

Result<void> JsonDocument::check_value(std::string_view value, const std::string& pointer) {
    simdjson::dom::element root;
    if (auto fault = parser_.parse(value, root)) {
        const std::string inner = std::exchange(fault->message, {});
        // Positions are told in the document, not in the value.
        const bool has_place =
            inner.find(" at ") != std::string::npos || inner.find("early") != std::string::npos;
        fault->message = has_place ? broken(0).message : inner;
        fault->field = pointer;
        return std::move(*fault);
    }
    walker_.start(value.size());
    if (walker_.walk(root, JsonPath())) return {};
    Error fault = std::move(*walker_.fault());
    fault.field = pointer + fault.field;
    return fault;
}

Result<std::string_view> JsonDocument::find_products() {
    JsonScanner scanner(text_);
    if (scanner.at_end())
        return fail(ErrorCode::empty_batch, "has no content", {}, std::string(shape));
    if (text_[scanner.position()] == '[') {
        const auto array = scanner.value();
        if (!array || !scanner.at_end()) return broken(scanner.position());
        return *array;
    }
    if (!scanner.take('{')) {
        return fail(ErrorCode::invalid_json, "is neither a JSON object nor an array", {},
                    std::string(shape));
    }
    std::optional<std::string_view> products;
    std::string options = "{";
    std::string_view key, value;
    JsonScanner::Step step = JsonScanner::Step::member;
    for (bool first = true;;) {
        step = scanner.member(key, value, first);
        if (step != JsonScanner::Step::member) break;
        if (key == "products") {
            if (products) return fail(ErrorCode::duplicate_key, "is named twice", "/products");
            products = value;
            continue;
        }
        if (options.size() > 1) options += ',';
        options.append("\"").append(key).append("\":").append(value);
    }
    if (step == JsonScanner::Step::broken || !scanner.at_end()) return broken(scanner.position());
    options += '}';
    if (auto checked = check_value(options, {}); !checked) return std::move(checked).error();
    if (!products) {
        return fail(ErrorCode::invalid_input, "has no `products`", "/products", std::string(shape));
    }
    auto read = parse_batch_options(options);
    if (!read) return std::move(read).error();
    options_ = std::move(*read);
    pointer_ = "/products";
    if (products->front() != '[')
        return fail(ErrorCode::invalid_input, "is not an array", pointer_, std::string(shape));
    return *products;
}

Result<void> JsonDocument::check(std::string_view products) {
    JsonScanner scanner(products);
    scanner.take('[');
    std::string_view value;
    std::size_t index = 0;
    for (bool first = true;;) {
        const auto step = scanner.element(value, first);
        if (step == JsonScanner::Step::broken) return broken(0);
        if (step == JsonScanner::Step::end) return {};
        if (index == limits::products_per_batch_max) {
            return fail(
                ErrorCode::too_many_products,
                "has more than " + std::to_string(limits::products_per_batch_max) + " products", {},
                "split it into several batches");
        }
        if (auto checked = check_value(value, pointer_ + "/" + std::to_string(index)); !checked)
            return checked;
        ++index;
    }
}

Result<void> JsonDocument::put_all(std::string_view products) {
    JsonScanner scanner(products);
    scanner.take('[');
    std::string_view value;
    for (bool first = true; scanner.element(value, first) == JsonScanner::Step::member;) {
        Row row;
        row.bytes = value;
        row.given_id = find_product_id(value, parser_, row.fault);
        if (value.size() > limits::product_bytes_max) {
            row.fault = fail(ErrorCode::payload_too_large, "is larger than 1 MiB", {},
                             "leave out comparables or rank history");
        } else {
            row.json = value;
        }
        if (auto put = items_.put(row); !put) return put;
    }
    return {};
}

Result<void> JsonDocument::finish() {
    const auto products = find_products();
    if (!products) return products.error();
    if (auto checked = check(*products); !checked) return checked;
    items_.set_pointer(pointer_);
    items_.use(options_);
    return put_all(*products);
}

}  // namespace assay::engine
