// Builds the index: entries by the hash of their first word, found through an open table.
// SPDX-License-Identifier: MIT
#include "engine/analysis/phrase_index.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <tuple>

#include "engine/base/ascii.hpp"

namespace assay::engine {

void fold_text(std::string_view text, char* out) noexcept {
    unsigned char before = 0;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        // U+00C0 to U+00DE, but for the multiplication sign.
        const bool capital = before == 0xC3 && byte >= 0x80 && byte <= 0x9E && byte != 0x97;
        *out++ = capital ? static_cast<char>(byte + 0x20) : to_lower(c);
        before = byte;
    }
}

std::string_view fold_text(std::string_view text, std::string& buffer) {
    buffer.resize(text.size());
    fold_text(text, buffer.data());
    return buffer;
}

void PhraseIndex::add(std::string_view phrase, std::uint16_t value) {
    assert(!phrase.empty() && is_word(phrase.front()) && slots_.empty());
    std::uint32_t hash = seed;
    for (std::size_t i = 0; i < phrase.size() && is_word(phrase[i]); ++i)
        hash = mix(hash, phrase[i]);
    entries_.push_back({hash, value, std::string(phrase)});
}

void PhraseIndex::read(const DataNode& list, std::uint16_t value) {
    std::string folded;
    list.for_each_item([&](const DataNode& node) {
        const std::string given = node.text();
        fold_text(given, folded);
        if (folded.empty() || !is_word(folded.front()))
            return node.fault("begins with no letter or digit");
        add(folded, value);
    });
}

void PhraseIndex::finish() {
    std::sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) {
        return std::tie(a.hash, a.value, a.phrase) < std::tie(b.hash, b.value, b.phrase);
    });
    if (entries_.empty()) return;
    std::size_t size = 8;
    while (size < 2 * entries_.size())
        size *= 2;
    slots_.assign(size, 0);
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        if (i > 0 && entries_[i].hash == entries_[i - 1].hash) continue;
        std::size_t slot = entries_[i].hash & (size - 1);
        while (slots_[slot] != 0)
            slot = (slot + 1) & (size - 1);
        slots_[slot] = static_cast<std::uint32_t>(i + 1);
    }
}

std::optional<std::uint16_t> PhraseIndex::find_first(std::string_view folded) const {
    std::optional<std::uint16_t> first;
    find_all(folded, [&](std::uint16_t value, std::string_view) {
        if (!first || value < *first) first = value;
    });
    return first;
}

std::optional<std::uint16_t> PhraseIndex::find_deepest(std::string_view category) const {
    if (empty()) return std::nullopt;
    std::array<char, 128> folded;  // of one part; whatever stands behind that names no category
    while (!category.empty()) {
        const std::size_t cut = category.rfind('>');
        const std::string_view part =
            cut == std::string_view::npos ? category : category.substr(cut + 1);
        const std::size_t size = std::min(part.size(), folded.size());
        fold_text(part.substr(0, size), folded.data());
        if (const auto found = find_first({folded.data(), size})) return found;
        if (cut == std::string_view::npos) break;
        category = category.substr(0, cut);
    }
    return std::nullopt;
}

}  // namespace assay::engine
