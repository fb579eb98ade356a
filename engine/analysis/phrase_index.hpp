// Finds the words and phrases of data tables in a text, all of them in one pass over it.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/analysis/data_file.hpp"

namespace assay::engine {

// `text` as phrases are compared: ASCII and the Latin capitals with marks in lower case. Takes no
// more bytes than `text` has, which `out` must hold.
void fold_text(std::string_view text, char* out) noexcept;
// The same into a buffer that is overwritten.
std::string_view fold_text(std::string_view text, std::string& buffer);

// Whole words only: "book" is not in "bookshelf". Immutable after finish(), then safe for any
// number of threads. A text costs one hash a word, whatever the number of phrases.
class PhraseIndex {
  public:
    // `phrase` as fold_text() leaves it, beginning with a letter or digit. `value` names what it
    // stands for.
    void add(std::string_view phrase, std::uint16_t value);
    // Adds each text of a list, folded; faults where one begins with no letter or digit.
    void read(const DataNode& list, std::uint16_t value);
    void finish();
    bool empty() const noexcept { return entries_.empty(); }

    // Calls hit(value, phrase) for each phrase of `folded`, in the order of the text.
    template <class Hit>
    void find_all(std::string_view folded, const Hit& hit) const;
    // The smallest value found, so that the first row of a table wins.
    std::optional<std::uint16_t> find_first(std::string_view folded) const;
    // Of a category path "A > B", as it is given: the first value of the deepest part that has one.
    std::optional<std::uint16_t> find_deepest(std::string_view category) const;

    static bool is_word(char c) noexcept {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
               static_cast<unsigned char>(c) >= 0x80;
    }

  private:
    struct Entry {
        std::uint32_t hash = 0;  // of the first word
        std::uint16_t value = 0;
        std::string phrase;
    };
    // FNV-1a, taken while the word is read.
    static constexpr std::uint32_t seed = 2'166'136'261U;
    static std::uint32_t mix(std::uint32_t hash, char c) noexcept {
        return (hash ^ static_cast<unsigned char>(c)) * 16'777'619U;
    }

    std::vector<Entry> entries_;        // by hash, then value
    std::vector<std::uint32_t> slots_;  // 1 + index of the first entry of a hash; 0: free
};

template <class Hit>
void PhraseIndex::find_all(std::string_view folded, const Hit& hit) const {
    if (slots_.empty()) return;
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t i = 0; i < folded.size();) {
        if (!is_word(folded[i])) {
            ++i;
            continue;
        }
        const std::size_t start = i;
        std::uint32_t hash = seed;
        while (i < folded.size() && is_word(folded[i]))
            hash = mix(hash, folded[i++]);
        std::size_t slot = hash & mask;
        while (slots_[slot] != 0 && entries_[slots_[slot] - 1].hash != hash)
            slot = (slot + 1) & mask;
        if (slots_[slot] == 0) continue;
        const std::string_view rest = folded.substr(start);
        for (std::size_t e = slots_[slot] - 1; e < entries_.size() && entries_[e].hash == hash;
             ++e) {
            const std::string& phrase = entries_[e].phrase;
            if (rest.size() < phrase.size() || rest.compare(0, phrase.size(), phrase) != 0)
                continue;
            if (rest.size() == phrase.size() || !is_word(rest[phrase.size()]))
                hit(entries_[e].value, std::string_view(phrase));
        }
    }
}

}  // namespace assay::engine
