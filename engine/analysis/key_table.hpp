// A small constexpr table of lower-case words: most words are in no list, and it says so at once.
// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace assay::engine {

// A word's first 16 bytes as two numbers, low byte first: longer words are known by those.
struct WordKey {
    std::uint64_t first = 0, second = 0;
    friend constexpr bool operator==(const WordKey&, const WordKey&) = default;
};
inline constexpr std::size_t word_key_bytes = 16;

constexpr WordKey word_key(std::string_view text) noexcept {
    WordKey key;
    for (std::size_t i = 0; i < text.size() && i < word_key_bytes; ++i) {
        const std::uint64_t byte = static_cast<unsigned char>(text[i]);
        (i < 8 ? key.first : key.second) |= byte << (8 * (i % 8));
    }
    return key;
}

// The same of `length` bytes where word_key_bytes may be read.
inline WordKey load_key(const char* bytes, std::size_t length) noexcept {
    static_assert(std::endian::native == std::endian::little, "keys are packed low byte first");
    WordKey key;
    std::memcpy(&key.first, bytes, 8);
    if (length < 8) {
        key.first &= (std::uint64_t{1} << (8 * length)) - 1;
        return key;
    }
    if (length == 8) return key;
    std::memcpy(&key.second, bytes + 8, 8);
    if (length < 16) key.second &= (std::uint64_t{1} << (8 * (length - 8))) - 1;
    return key;
}

// Its upper bits are the mixed ones.
constexpr std::uint64_t key_hash(const WordKey& key) noexcept {
    return (key.first ^ (key.second * 0x9E3779B97F4A7C15U)) * 0xD6E8FEB86659FD93U;
}

// Words that mean one `Value`, separated by blanks.
template <class Value>
struct WordGroup {
    Value value;
    std::string_view spellings;
};

template <class Value>
class KeyTable {
  public:
    static constexpr std::size_t entries_max = 255;

    template <std::size_t groups>
    explicit constexpr KeyTable(const WordGroup<Value> (&list)[groups]) {
        for (const WordGroup<Value>& group : list) {
            std::string_view rest = group.spellings;
            while (!rest.empty()) {
                const std::string_view spelling = rest.substr(0, rest.find(' '));
                rest.remove_prefix(spelling.size() + (spelling.size() < rest.size() ? 1 : 0));
                add(spelling, group.value);
            }
        }
    }

    // Value{} for a word that is not listed.
    constexpr Value find(const WordKey& key) const noexcept {
        for (std::size_t slot = slot_of(key); slots_[slot] != 0; slot = (slot + 1) % slot_count) {
            if (keys_[slots_[slot]] == key) return values_[slots_[slot]];
        }
        return Value{};
    }

  private:
    static constexpr std::size_t slot_count = 4096;
    static_assert(slot_count == std::size_t{1} << (64 - 52));

    static constexpr std::size_t slot_of(const WordKey& key) noexcept {
        return static_cast<std::size_t>(key_hash(key) >> 52);
    }
    constexpr void add(std::string_view spelling, Value value) {
        std::size_t slot = slot_of(word_key(spelling));
        while (slots_[slot] != 0)
            slot = (slot + 1) % slot_count;
        ++count_;  // beyond entries_max the arrays refuse, at compile time
        keys_[count_] = word_key(spelling);
        values_[count_] = value;
        slots_[slot] = static_cast<std::uint8_t>(count_);
    }

    std::array<std::uint8_t, slot_count> slots_{};  // 0: empty, else the entry's number from 1
    std::array<WordKey, entries_max + 1> keys_{};
    std::array<Value, entries_max + 1> values_{};
    std::size_t count_ = 0;
};

}  // namespace assay::engine
