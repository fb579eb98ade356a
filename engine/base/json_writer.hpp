// Append-only JSON writer for results and webhook bodies: keys in the order they are written.
// SPDX-License-Identifier: MIT
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstring>
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
    // A literal needs no look for what is to be escaped, and its size is known: lines of results
    // have a hundred keys. It holds no quote, backslash or control character.
    template <std::size_t size>
    JsonWriter& key(const char (&name)[size]) {
        assert(!after_key_ && is_plain({name, size - 1}));
        char text[size + 3];
        text[0] = ',';
        text[1] = '"';
        std::memcpy(text + 2, name, size - 1);
        text[size + 1] = '"';
        text[size + 2] = ':';
        const std::size_t comma = begins_item() ? 0 : 1;
        out_.append(text + comma, sizeof text - comma);
        after_key_ = true;
        return *this;
    }

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
    template <class Name>
    JsonWriter& member(const Name& name, std::string_view text) {
        return key(name).string(text);
    }
    template <class Name>
    JsonWriter& member(const Name& name, const char* text) {
        return key(name).string(text);
    }
    template <class Name>
    JsonWriter& member(const Name& name, std::int64_t value) {
        return key(name).integer(value);
    }
    template <class Name>
    JsonWriter& member(const Name& name, int value) {
        return key(name).integer(value);
    }
    template <class Name>
    JsonWriter& member(const Name& name, bool value) {
        return key(name).boolean(value);
    }

  private:
    void separate() {
        if (after_key_) {
            after_key_ = false;
        } else if (begins_item()) {
            out_ += ',';
        }
    }
    // Whether a comma belongs before the item that begins now.
    bool begins_item() noexcept {
        const std::uint64_t bit = std::uint64_t{1} << depth_;
        const bool later = (has_items_ & bit) != 0 && depth_ > 0;
        has_items_ |= bit;
        return later;
    }
    static bool is_plain(std::string_view text) noexcept;
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
