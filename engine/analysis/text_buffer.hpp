// A bounded text with zeros behind it: what titles are folded into without allocating.
// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cassert>
#include <cstddef>
#include <cstring>
#include <string_view>

namespace assay::engine {

// Nobody hides a defect behind that; a title of 1,000 characters in any script fits.
inline constexpr std::size_t text_bytes_max = 4096;

// Not initialised but for its size: clearing 4 KB would cost as much as reading a title.
struct TextBuffer {
    // What may be read behind the end once close() has run, so that a key may be loaded anywhere.
    static constexpr std::size_t zeros = 16;

    std::array<char, text_bytes_max + zeros> bytes;
    std::size_t size = 0;

    TextBuffer() noexcept { close(); }
    std::string_view view() const noexcept { return {bytes.data(), size}; }
    std::size_t room() const noexcept { return text_bytes_max - size; }
    void clear() noexcept { size = 0; }
    void append(char c) noexcept {
        assert(size < text_bytes_max);
        bytes[size++] = c;
    }
    // False, and nothing is appended: there is no room for it.
    bool append(std::string_view text) noexcept {
        if (text.size() > room()) return false;
        std::memcpy(bytes.data() + size, text.data(), text.size());
        size += text.size();
        return true;
    }
    void close() noexcept { std::memset(bytes.data() + size, 0, zeros); }
};

}  // namespace assay::engine
