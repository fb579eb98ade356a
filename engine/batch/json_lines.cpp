// Cuts lines and finds their ids; the products themselves are parsed when they are analysed.
// SPDX-License-Identifier: MIT
#include "engine/batch/json_lines.hpp"

#include <algorithm>

#include "engine/base/ascii.hpp"
#include "engine/batch/json_scan.hpp"

namespace assay::engine {
namespace {

constexpr std::string_view id_key = "product_id";
constexpr std::string_view quoted_id_key = "\"product_id\"";

Error not_a_text() {
    return fail(ErrorCode::invalid_input, "is not a text in quotes", "/product_id",
                "write it in quotes, or leave it out");
}

// For keys or values with escapes: the slow and exact way.
std::optional<std::string_view> parse_product_id(std::string_view json, JsonParser& parser,
                                                 std::optional<Error>& fault) {
    simdjson::dom::element root;
    simdjson::dom::element id;
    if (parser.parse(json, root) || !root.is_object()) return std::nullopt;  // fails later, whole
    if (root[id_key].get(id) != simdjson::SUCCESS || id.is_null()) return std::nullopt;
    if (id.is_string()) return string_of(id);
    fault = not_a_text();
    return std::nullopt;
}

}  // namespace

std::optional<std::string_view> find_product_id(std::string_view json, JsonParser& parser,
                                                std::optional<Error>& fault) {
    // Neither the key nor an escape that could spell it: most lines without an id end here.
    if (json.find(quoted_id_key) == std::string_view::npos &&
        json.find("\\u") == std::string_view::npos)
        return std::nullopt;
    JsonScanner scanner(json);
    if (!scanner.take('{')) return std::nullopt;
    std::string_view key, value;
    for (bool first = true; scanner.member(key, value, first) == JsonScanner::Step::member;) {
        if (key.find('\\') != std::string_view::npos) return parse_product_id(json, parser, fault);
        if (key != id_key) continue;
        if (value == "null") return std::nullopt;
        if (value.front() == '"') {
            if (value.find('\\') != std::string_view::npos)
                return parse_product_id(json, parser, fault);
            return value.substr(1, value.size() - 2);
        }
        fault = not_a_text();
        return std::nullopt;
    }
    return std::nullopt;
}

Result<void> JsonLines::feed(std::string_view bytes) {
    return lines_.feed(bytes, [this](const CutLine& cut) { return line(cut); });
}

Result<void> JsonLines::finish() {
    return lines_.finish([this](const CutLine& cut) { return line(cut); });
}

Result<void> JsonLines::refuse_documents(std::string_view text) const {
    if (items_.count() != 0 || (text.front() != '[' && text != "{")) return {};
    return fail(ErrorCode::invalid_json,
                "is one JSON document over several lines or a JSON array, not NDJSON", {},
                "send it as application/json, or name the file .json");
}

Result<void> JsonLines::line(const CutLine& cut) {
    const std::string_view text = trim(cut.text);
    if (text.empty()) return {};
    if (auto refused = refuse_documents(text); !refused) return refused;
    Row row;
    row.line = cut.number;
    row.bytes = text;
    row.given_id = find_product_id(text, parser_, row.fault);
    if (cut.too_long) {
        row.fault = fail(ErrorCode::payload_too_large, "is a line of more than 1 MiB", {},
                         "leave out comparables or rank history");
    } else {
        row.json = text;
    }
    return items_.put(row);
}

}  // namespace assay::engine
