// What to make of bytes that are not UTF-8, and of blanks beyond ASCII. Private to engine/batch.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace assay::engine {

// Appends `text`, read as Windows-1252 (latin-1 with the euro sign and typographic quotes where
// latin-1 has control characters, as browsers read it), in UTF-8.
void append_latin1(std::string& out, std::string_view text);

enum class ByteOrder : std::uint8_t { little, big };

// Which UTF-16 the beginning of a text is: by its byte order mark, or by the zero bytes of Latin
// letters. nullopt: none.
std::optional<ByteOrder> utf16_order(std::string_view head) noexcept;

// UTF-16, as Excel's "Unicode text" is, to UTF-8. Any split of the bytes gives the same text; half
// a pair becomes U+FFFD; the byte order mark stays.
class Utf16Decoder {
  public:
    explicit Utf16Decoder(ByteOrder order) : order_(order) {}
    void append(std::string_view bytes, std::string& out);
    void finish(std::string& out);  // what was cut off at the end

  private:
    void unit(unsigned value, std::string& out);

    ByteOrder order_;
    std::optional<unsigned char> odd_;  // the first byte of a unit
    unsigned high_ = 0;                 // the first half of a pair
};

// `text` without blanks at both ends, no-break spaces included.
std::string_view trim_blanks(std::string_view text) noexcept;

}  // namespace assay::engine
