// Phrases of one or more words, found at word boundaries however they are joined: t-mobile, T
// Mobile.
// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace assay::engine {

// Filled once, then read by any number of threads.
class PhraseTable {
  public:
    static constexpr std::size_t words_max = 6;

    // `phrase` in any writing; it stands for `name`. False: it holds no word, too many, or is known
    // under another name.
    bool add(std::string_view phrase, std::string_view name);

    struct Match {
        std::string_view name;             // lives as long as the table
        std::size_t first = 0, count = 0;  // among the words
    };
    // The longest phrase that begins at word `first`. O(words of the longest phrase).
    std::optional<Match> find_at(std::span<const std::string_view> words,
                                 std::size_t first) const noexcept {
        return find_at(words, first, hash_of(words[first]));
    }
    // The same where that word's hash is known: several tables are asked about one title.
    std::optional<Match> find_at(std::span<const std::string_view> words, std::size_t first,
                                 std::uint64_t hash) const noexcept {
        if ((may_begin_[hash >> 58] >> (hash >> 52 & 63U) & 1U) == 0) return std::nullopt;
        return find_longest(words, first, hash);
    }
    static std::uint64_t hash_of(std::string_view word) noexcept;
    // What stands for all of `words`; empty: nothing.
    std::string_view find_whole(std::span<const std::string_view> words) const noexcept;

    bool empty() const noexcept { return names_.empty(); }
    std::size_t size() const noexcept { return entries_.size(); }

  private:
    struct Entry {
        std::string key;  // the phrase's letters and digits
        std::uint32_t name = 0;
    };
    std::optional<Match> find_longest(std::span<const std::string_view> words, std::size_t first,
                                      std::uint64_t hash) const noexcept;
    const Entry* find(std::uint64_t hash, std::span<const std::string_view> words) const noexcept;

    std::vector<std::string> names_;
    std::unordered_map<std::uint64_t, Entry> entries_;               // by the hash of the key
    std::unordered_map<std::uint64_t, std::size_t> words_by_first_;  // most words from that one on
    std::array<std::uint64_t, 64> may_begin_{};  // a bit per hash: most words begin no phrase
};

}  // namespace assay::engine
