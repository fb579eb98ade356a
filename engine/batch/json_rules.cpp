// The rules, the walk, and where a faulty text went wrong.
// SPDX-License-Identifier: MIT
#include "engine/batch/json_rules.hpp"

#include <algorithm>
#include <boost/json/stream_parser.hpp>
#include <cassert>
#include <cstring>
#include <utility>

#include "engine/base/ascii.hpp"
#include "engine/base/limits.hpp"
#include "engine/base/result.hpp"
#include "engine/batch/json_bad_value.hpp"

namespace assay::engine {
namespace {

// Above this many unknown keys in one object, sorting beats comparing each with each.
constexpr std::size_t pairwise_max = 24;

// The code unit of "\uXXXX" at `at`, or -1 if there is none.
int code_unit(std::string_view json, std::size_t at) noexcept {
    if (json.size() < at + 6 || json[at] != '\\' || json[at + 1] != 'u') return -1;
    int unit = 0;
    for (std::size_t i = at + 2; i < at + 6; ++i) {
        const int digit = hex_value(json[i]);
        if (digit < 0) return -1;
        unit = unit * 16 + digit;
    }
    return unit;
}

// "line 2, column 17" of the byte at `offset`.
std::string place_of(std::string_view json, std::size_t offset) {
    const std::string_view before = json.substr(0, std::min(offset, json.size()));
    const auto lines = std::count(before.begin(), before.end(), '\n');
    const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
    const std::string column = "column " + std::to_string(before.size() - line_start + 1);
    return lines == 0 ? column : "line " + std::to_string(lines + 1) + ", " + column;
}

// How far another parser, slower but with positions, gets; nullopt if it accepts the text.
std::optional<std::size_t> first_bad_byte(std::string_view json) {
    boost::json::parse_options options;
    options.max_depth = limits::json_depth_max;
    boost::json::stream_parser parser({}, options);
    boost::json::error_code error;
    const std::size_t consumed = parser.write_some(json.data(), json.size(), error);
    if (error) return consumed;
    if (consumed < json.size()) {
        const auto rest = json.find_first_not_of(" \t\r\n", consumed);
        if (rest != std::string_view::npos) return rest;
    }
    if (!parser.done()) return json.size();
    return std::nullopt;
}

Error unplaced_error(simdjson::error_code code, std::string_view json);

}  // namespace

std::string JsonPath::to_pointer() const {
    if (parent_ == nullptr) return {};
    std::string pointer = parent_->to_pointer() + "/";
    if (is_index_) return pointer + std::to_string(index_);
    for (const char c : key_.substr(0, 256)) {
        if (c == '~') {
            pointer += "~0";
        } else if (c == '/') {
            pointer += "~1";
        } else {
            pointer += c;
        }
    }
    return pointer;
}

std::optional<std::string_view> bad_escape(std::string_view json) noexcept {
    for (std::size_t at = json.find('\\'); at != std::string_view::npos && at + 1 < json.size();
         at = json.find('\\', at)) {
        const int unit = code_unit(json, at);
        if (unit < 0) {
            at += 2;  // \" \\ \n and the like
            continue;
        }
        if (unit == 0) return "holds a NUL character (\\u0000)";
        if (unit >= 0xdc00 && unit <= 0xdfff) return "holds half of a surrogate pair";
        at += 6;
        if (unit < 0xd800 || unit > 0xdbff) continue;
        const int second = code_unit(json, at);
        if (second < 0xdc00 || second > 0xdfff) return "holds half of a surrogate pair";
        at += 6;
    }
    return std::nullopt;
}

Error json_error(simdjson::error_code code, std::string_view json) {
    Error error = unplaced_error(code, json);
    if (error.code == ErrorCode::invalid_json) error.field = find_bad_value(json).value_or("");
    return error;
}

namespace {

Error unplaced_error(simdjson::error_code code, std::string_view json) {
    constexpr std::string_view how = "send valid JSON (RFC 8259)";
    switch (code) {
        case simdjson::UTF8_ERROR:
            return fail(ErrorCode::invalid_json, "is not valid UTF-8", {}, "send UTF-8");
        case simdjson::DEPTH_ERROR:
            return fail(ErrorCode::invalid_json,
                        "is nested deeper than " + std::to_string(limits::json_depth_max));
        case simdjson::NUMBER_ERROR:
            return fail(ErrorCode::invalid_json,
                        "holds a number that is malformed or outside 64 bits", {},
                        "write large numbers as text");
        case simdjson::EMPTY:
            return fail(ErrorCode::invalid_json, "is empty where JSON should be", {},
                        std::string(how));
        case simdjson::CAPACITY:
        case simdjson::MEMALLOC:
            return fail(ErrorCode::payload_too_large, "is too large to be parsed");
        default:
            break;
    }
    const auto offset = first_bad_byte(json);
    if (!offset) {
        // The slower parser takes what simdjson does not: numbers such as 1e400 or 2^64.
        return fail(ErrorCode::invalid_json, "is not valid JSON, or holds a number outside 64 bits",
                    {}, std::string(how));
    }
    if (*offset >= json.size()) {
        return fail(ErrorCode::invalid_json, "is not valid JSON: it ends too early", {},
                    std::string(how));
    }
    return fail(ErrorCode::invalid_json, "is not valid JSON at " + place_of(json, *offset), {},
                std::string(how));
}

}  // namespace

void JsonWalker::start(std::size_t json_bytes) {
    keys_.clear();
    fault_.reset();
    long_strings_ = json_bytes > limits::string_bytes_max;
}

bool JsonWalker::fail(ErrorCode code, const JsonPath& path, std::string message,
                      std::string remedy) {
    if (!fault_) {
        fault_ = assay::fail(code, std::move(message), path.to_pointer(), std::move(remedy));
    }
    return false;
}

bool JsonWalker::refuse_long(const JsonPath& path) {
    return fail(ErrorCode::invalid_input, path, "is a text of more than 64 KiB", "shorten it");
}

bool JsonWalker::check_key(std::string_view key, std::size_t first_key, const JsonPath& parent) {
    if (!check_string(key, parent)) return false;
    const auto begin = keys_.begin() + static_cast<std::ptrdiff_t>(first_key);
    if (keys_.size() - first_key < pairwise_max &&
        std::find(begin, keys_.end(), key) != keys_.end())
        return fail(ErrorCode::duplicate_key, JsonPath(parent, key), "is named twice",
                    "name each key once");
    keys_.push_back(key);
    return true;
}

bool JsonWalker::walk(simdjson::dom::element value, const JsonPath& path) {
    switch (value.type()) {
        case simdjson::dom::element_type::OBJECT:
            return walk_object(object_of(value), path);
        case simdjson::dom::element_type::ARRAY:
            return walk_array(array_of(value), path);
        case simdjson::dom::element_type::STRING:
            return check_string(string_of(value), path);
        case simdjson::dom::element_type::UINT64:
            return fail(ErrorCode::invalid_json, path, "is a number outside 64 bits",
                        "write it as text");
        default:
            return true;
    }
}

bool JsonWalker::walk_array(simdjson::dom::array array, const JsonPath& path) {
    std::size_t index = 0;
    for (const simdjson::dom::element value : array) {
        if (!walk(value, JsonPath(path, index++))) return false;
    }
    return true;
}

bool JsonWalker::walk_object(simdjson::dom::object object, const JsonPath& path) {
    const std::size_t mark = key_mark();
    for (const auto [key, value] : object) {
        if (!check_key(key, mark, path) || !walk(value, JsonPath(path, key))) return false;
    }
    if (!distinct(mark, path)) return false;
    drop_keys(mark);
    return true;
}

bool JsonWalker::distinct(std::size_t mark, const JsonPath& path) {
    if (keys_.size() - mark <= pairwise_max) return true;
    const auto begin = keys_.begin() + static_cast<std::ptrdiff_t>(mark);
    std::sort(begin, keys_.end());
    const auto twice = std::adjacent_find(begin, keys_.end());
    if (twice == keys_.end()) return true;
    return fail(ErrorCode::duplicate_key, JsonPath(path, *twice), "is named twice",
                "name each key once");
}

std::optional<Error> JsonParser::parse(std::string_view json, simdjson::dom::element& root) {
    const std::size_t needed = json.size() + simdjson::SIMDJSON_PADDING;
    if (buffer_.size() < needed) buffer_.resize(std::max(needed, 2 * buffer_.size()));
    if (capacity_ < json.size() || capacity_ == 0) {
        const std::size_t capacity = std::max<std::size_t>(buffer_.size(), 4096);
        // simdjson counts the root's children as depth 1, so this refuses the 65th level.
        const auto allocated = parser_.allocate(capacity, limits::json_depth_max + 1);
        if (allocated != simdjson::SUCCESS) return json_error(allocated, {});
        capacity_ = capacity;
    }
    size_ = json.size();
    // A line break would break the lines of results in which this text is echoed.
    const bool has_breaks =
        json.find('\n') != std::string_view::npos || json.find('\r') != std::string_view::npos;
    if (has_breaks) {
        const auto minified = simdjson::minify(json.data(), json.size(), buffer_.data(), size_);
        if (minified != simdjson::SUCCESS) return json_error(simdjson::TAPE_ERROR, json);
    } else if (!json.empty()) {
        std::memcpy(buffer_.data(), json.data(), json.size());
    }
    std::memset(buffer_.data() + size_, 0, simdjson::SIMDJSON_PADDING);
    const auto error = parser_.parse(buffer_.data(), size_, false).get(root);
    if (error != simdjson::SUCCESS) return json_error(error, json);
    const std::size_t first_escape = text().find('\\');
    has_escapes_ = first_escape != std::string_view::npos;
    if (!has_escapes_) return std::nullopt;
    if (const auto bad = bad_escape(text().substr(first_escape)))
        return assay::fail(ErrorCode::invalid_json, std::string(*bad), {},
                           "leave it out or write the whole character");
    return std::nullopt;
}

}  // namespace assay::engine
