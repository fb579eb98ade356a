// Append-only JSON writer for results and webhook bodies: keys in the order they are written.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace assay {

// Writes compact JSON to the end of a string that the caller owns and that outlives the writer.
// Commas are its business; balance is the caller's (checked by assertions). Allocates only when the
// string grows. Not thread-safe.
class JsonWriter {
  public:
    explicit JsonWriter(std::string& out) : out_(out) {}

    JsonWriter& begin_object();
    JsonWriter& end_object();
    JsonWriter& begin_array();
    JsonWriter& end_array();
    JsonWriter& key(std::string_view name);

    JsonWriter& string(std::string_view text);  // valid UTF-8; control characters are escaped
    JsonWriter& integer(std::int64_t number);
    JsonWriter& boolean(bool value);
    JsonWriter& null();
    // A finite number rounded half away from zero to `decimals` (0..9) without trailing
    // zeros: 66.67, 90. Anything not finite is a bug of the caller and is written as null.
    JsonWriter& number(double value, int decimals);
    // JSON text that is already valid, spliced in as it is.
    JsonWriter& raw(std::string_view json);

    // key + value in one call, for the common case.
    JsonWriter& member(std::string_view name, std::string_view text) {
        return key(name).string(text);
    }
    JsonWriter& member(std::string_view name, const char* text) { return key(name).string(text); }
    JsonWriter& member(std::string_view name, std::int64_t value) {
        return key(name).integer(value);
    }
    JsonWriter& member(std::string_view name, int value) { return key(name).integer(value); }
    JsonWriter& member(std::string_view name, bool value) { return key(name).boolean(value); }

  private:
    void separate();
    void open(char bracket);
    void close(char bracket);

    std::string& out_;
    std::uint64_t has_items_ = 0;  // one bit per open level: whether it holds an item already
    unsigned depth_ = 0;
    bool after_key_ = false;
};

// `text` as a JSON string, quotes included.
void append_json_string(std::string& out, std::string_view text);

}  // namespace assay
