// A fixed set of names, looked up in a few nanoseconds: the keys of a JSON object, or aliases.
// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

namespace assay::engine {

// Built at compile time by open addressing; the position of a name in the list is what find()
// returns. The names are ours, so a fixed hash is no danger: a client's text only probes.
template <std::size_t Count>
class KeyTable {
  public:
    explicit constexpr KeyTable(const std::array<std::string_view, Count>& names) : names_(names) {
        for (std::size_t i = 0; i < Count; ++i) {
            std::size_t slot = hash(names_[i]);
            while (slots_[slot] != empty_slot)
                slot = (slot + 1) % slots_.size();
            slots_[slot] = static_cast<std::uint16_t>(i);
        }
    }

    // The name's position in the list, or -1.
    constexpr int find(std::string_view name) const noexcept {
        for (std::size_t slot = hash(name); slots_[slot] != empty_slot;
             slot = (slot + 1) % slots_.size()) {
            if (equal(names_[slots_[slot]], name)) return slots_[slot];
        }
        return -1;
    }
    constexpr std::string_view name(std::size_t position) const noexcept {
        return names_[position];
    }
    static constexpr std::size_t count() noexcept { return Count; }

  private:
    static constexpr std::size_t slot_count() {
        std::size_t slots = 16;
        while (slots < Count * 4)
            slots *= 2;
        return slots;
    }
    static constexpr std::uint16_t empty_slot = 0xffff;

    // Names are short: two words that overlap beat a loop and the call of memcmp.
    static constexpr bool equal(std::string_view a, std::string_view b) noexcept {
        if (a.size() != b.size()) return false;
        if (!std::is_constant_evaluated()) {
            if (a.size() > 16) return std::memcmp(a.data(), b.data(), a.size()) == 0;
            if (a.size() >= 8) return ends_equal<std::uint64_t>(a, b);
            if (a.size() >= 4) return ends_equal<std::uint32_t>(a, b);
        }
        for (std::size_t i = 0; i < a.size(); ++i) {
            if (a[i] != b[i]) return false;
        }
        return true;
    }
    // Whether the first word and the last one are the same; `a` and `b` are as long, one to two.
    template <class Word>
    static bool ends_equal(std::string_view a, std::string_view b) noexcept {
        const auto word = [](std::string_view text, std::size_t at) {
            Word bytes;
            std::memcpy(&bytes, text.data() + at, sizeof bytes);
            return bytes;
        };
        const std::size_t last = a.size() - sizeof(Word);
        return ((word(a, 0) ^ word(b, 0)) | (word(a, last) ^ word(b, last))) == 0;
    }

    static constexpr std::size_t hash(std::string_view name) noexcept {
        if (name.empty()) return 0;
        const auto at = [&](std::size_t i) {
            return static_cast<std::size_t>(static_cast<unsigned char>(name[i]));
        };
        const std::size_t mixed =
            name.size() * 131 + at(0) * 31 + at(name.size() / 2) * 1021 + at(name.size() - 1) * 7;
        return (mixed ^ (mixed >> 7)) % slot_count();
    }

    static constexpr std::array<std::uint16_t, slot_count()> empty_slots() {
        std::array<std::uint16_t, slot_count()> slots{};
        slots.fill(empty_slot);
        return slots;
    }

    std::array<std::string_view, Count> names_;
    std::array<std::uint16_t, slot_count()> slots_ = empty_slots();
};

template <class... Names>
constexpr auto make_key_table(Names... names) {
    return KeyTable<sizeof...(Names)>(
        std::array<std::string_view, sizeof...(Names)>{std::string_view(names)...});
}

}  // namespace assay::engine
