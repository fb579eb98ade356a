// A hash that grows word by word finds the longest phrase in one walk.
// SPDX-License-Identifier: MIT
#include "engine/analysis/phrase_table.hpp"

#include <algorithm>

#include "engine/analysis/title_text.hpp"
#include "engine/analysis/title_tokens.hpp"

namespace assay::engine {
namespace {

// FNV-1a: over the bytes of several words it is the same as over the words joined.
constexpr std::uint64_t hash_begin = 0xcbf29ce484222325U;
std::uint64_t extend(std::uint64_t hash, std::string_view bytes) noexcept {
    for (const char c : bytes)
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    return hash;
}

}  // namespace

bool PhraseTable::add(std::string_view phrase, std::string_view name) {
    TextBuffer normal;
    normalise_text(phrase, DecimalMark::unknown, normal);
    TokenList list;
    list.read(normal.view());
    const auto& words = list.atoms();
    if (words.empty() || words.size() > words_max) return false;
    Entry entry;
    std::uint64_t hash = hash_begin;
    for (const std::string_view word : words) {
        hash = extend(hash, word);
        entry.key += word;
    }
    const auto known = std::find(names_.begin(), names_.end(), name);
    entry.name = static_cast<std::uint32_t>(known - names_.begin());
    const auto [place, is_new] = entries_.emplace(hash, std::move(entry));
    if (!is_new) {
        return known != names_.end() &&
               place->second.name == static_cast<std::uint32_t>(known - names_.begin());
    }
    if (known == names_.end()) names_.emplace_back(name);
    // However it is joined, its first word may be any beginning of it that ends at a word's end.
    std::uint64_t first = hash_begin;
    for (std::size_t i = 0; i < words.size(); ++i) {
        first = extend(first, words[i]);
        may_begin_[first >> 58] |= std::uint64_t{1} << (first >> 52 & 63U);
        std::size_t& most = words_by_first_[first];
        most = std::max(most, words.size() - i);
    }
    return true;
}

const PhraseTable::Entry* PhraseTable::find(
    std::uint64_t hash, std::span<const std::string_view> words) const noexcept {
    const auto found = entries_.find(hash);
    if (found == entries_.end()) return nullptr;
    std::string_view rest = found->second.key;
    for (const std::string_view word : words) {  // no text of a user's makes a false match
        if (!rest.starts_with(word)) return nullptr;
        rest.remove_prefix(word.size());
    }
    return rest.empty() ? &found->second : nullptr;
}

std::uint64_t PhraseTable::hash_of(std::string_view word) noexcept {
    return extend(hash_begin, word);
}

std::optional<PhraseTable::Match> PhraseTable::find_longest(std::span<const std::string_view> words,
                                                            std::size_t first,
                                                            std::uint64_t hash) const noexcept {
    const auto begins = words_by_first_.find(hash);
    if (begins == words_by_first_.end()) return std::nullopt;
    const std::size_t most = std::min(begins->second, words.size() - first);
    std::optional<Match> longest;
    for (std::size_t count = 1;; ++count) {
        const Entry* entry = find(hash, words.subspan(first, count));
        if (entry != nullptr) longest = Match{names_[entry->name], first, count};
        if (count >= most) return longest;
        hash = extend(hash, words[first + count]);
    }
}

std::string_view PhraseTable::find_whole(std::span<const std::string_view> words) const noexcept {
    std::uint64_t hash = hash_begin;
    for (const std::string_view word : words)
        hash = extend(hash, word);
    const Entry* entry = words.empty() ? nullptr : find(hash, words);
    return entry == nullptr ? std::string_view() : std::string_view(names_[entry->name]);
}

}  // namespace assay::engine
