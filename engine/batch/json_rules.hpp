// What every JSON text from outside must keep, beyond the grammar: no key twice, depth, lengths,
// numbers that fit, no NUL, no half surrogates. Private to engine/batch.
// SPDX-License-Identifier: MIT
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/error.hpp"
#include "engine/base/limits.hpp"

namespace assay::engine {

// The value as what its type already says it is. (value_unsafe() of a temporary result dangles in a
// range-for; these return values.)
inline simdjson::dom::object object_of(const simdjson::dom::element& value) noexcept {
    simdjson::dom::object object;
    if (value.get(object) != simdjson::SUCCESS) object = {};
    return object;
}
inline simdjson::dom::array array_of(const simdjson::dom::element& value) noexcept {
    simdjson::dom::array array;
    if (value.get(array) != simdjson::SUCCESS) array = {};
    return array;
}
inline std::string_view string_of(const simdjson::dom::element& value) noexcept {
    std::string_view text;
    if (value.get(text) != simdjson::SUCCESS) text = {};
    return text;
}
template <class Number>
Number number_of(const simdjson::dom::element& value) noexcept {
    Number number = 0;
    if (value.get(number) != simdjson::SUCCESS) number = 0;
    return number;
}

// How the number was written. (simdjson's own is_uint64() and is_double() ask whether it could be
// read so, which is true of most integers.)
inline bool is_int64(const simdjson::dom::element& value) noexcept {
    return value.type() == simdjson::dom::element_type::INT64;
}
inline bool is_uint64(const simdjson::dom::element& value) noexcept {
    return value.type() == simdjson::dom::element_type::UINT64;  // beyond int64
}
inline bool is_double(const simdjson::dom::element& value) noexcept {
    return value.type() == simdjson::dom::element_type::DOUBLE;
}

// Where a value stands: a chain on the stack that becomes a JSON pointer only when it is needed.
class JsonPath {
  public:
    JsonPath() = default;
    JsonPath(const JsonPath& parent, std::string_view key) : parent_(&parent), key_(key) {}
    JsonPath(const JsonPath& parent, std::size_t index)
        : parent_(&parent), index_(index), is_index_(true) {}

    std::string to_pointer() const;  // RFC 6901; empty for the root

  private:
    const JsonPath* parent_ = nullptr;
    std::string_view key_;
    std::size_t index_ = 0;
    bool is_index_ = false;
};

// simdjson takes \u0000 and half of a surrogate pair; we do not. The text is valid JSON otherwise.
// Returns what is wrong, or nullopt. Costs one memchr for a text without escapes.
std::optional<std::string_view> bad_escape(std::string_view json) noexcept;

// The Error for a parse that simdjson refused, with line and column, or the value as field, where
// they can be found.
Error json_error(simdjson::error_code code, std::string_view json);

// Walks values whose keys mean nothing to us, and keeps the first fault.
class JsonWalker {
  public:
    // `json_bytes`: of the whole text; below limits::string_bytes_max no length needs a look.
    void start(std::size_t json_bytes);

    // False: the rules are broken, and fault() says where.
    bool walk(simdjson::dom::element value, const JsonPath& path);
    bool check_string(std::string_view text, const JsonPath& path) {
        return !long_strings_ || text.size() <= limits::string_bytes_max || refuse_long(path);
    }
    // The keys of one object that have no place in a schema must differ from each other.
    bool check_key(std::string_view key, std::size_t first_key, const JsonPath& parent);
    // The rest of that check, once all keys of the object have been seen.
    bool distinct(std::size_t first_key, const JsonPath& parent);
    std::size_t key_mark() const noexcept { return keys_.size(); }
    void drop_keys(std::size_t mark) { keys_.resize(mark); }

    bool fail(ErrorCode code, const JsonPath& path, std::string message, std::string remedy = {});
    std::optional<Error>& fault() noexcept { return fault_; }

  private:
    bool refuse_long(const JsonPath& path);
    bool walk_object(simdjson::dom::object object, const JsonPath& path);
    bool walk_array(simdjson::dom::array array, const JsonPath& path);

    std::vector<std::string_view> keys_;  // of the objects we are inside of, outermost first
    std::optional<Error> fault_;
    bool long_strings_ = false;
};

// A parser with our depth limit and its padded buffer. What it returned dies with the next parse.
class JsonParser {
  public:
    // Parses a copy of `json`, without line breaks; rules of bad_escape() included. nullopt: the
    // root is in `root`.
    std::optional<Error> parse(std::string_view json, simdjson::dom::element& root);

    std::string_view text() const noexcept { return {buffer_.data(), size_}; }
    bool has_escapes() const noexcept { return has_escapes_; }
    // Where the parts of text() begin: brackets, colons, commas, and the first byte of each string
    // or other value. (simdjson keeps them from its first stage.)
    const std::uint32_t* structurals() const noexcept {
        return parser_.implementation->structural_indexes.get();
    }

  private:
    simdjson::dom::parser parser_;
    std::vector<char> buffer_;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
    bool has_escapes_ = false;
};

}  // namespace assay::engine
