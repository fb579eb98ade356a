// The words that a title may use for lots, bundles, defects and conditions: a table of data/ that
// users extend.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "engine/analysis/key_table.hpp"

namespace assay::engine {

class DataNode;

// What a word of a text may mean.
enum class Word : std::uint8_t {
    other,
    article,  // a lot of fun
    number,
    number_er,       // 4er
    number_times,    // 4x
    number_pieces,   // 4pk
    number_content,  // 50ml
    number_storage,  // 64gb
    number_measure,  // 14in, 30cm
    lot,
    set,
    pack,
    crate,
    pieces,
    times,
    er,
    of,
    double_,
    double_pack,
    memory,  // what is in front of it is no storage
    magnifies,
    bundle,
    bulk,
    for_,
    parts,
    spares,
    not_,
    without,
    never,
    working,
    defect,
    works,
    box,
    only,
    empty,
    original_box,
    empty_box,
    in,
    with,
    new_,
    brand,
    like,
    neu,
    as_good_as_new,
    sealed,
    sealed_thing,
    new_mark,
    nib,
    open,
    b,
    ware,
    shown,
    refurbished,
    certified,
    used,
    pre,
    owned,
    second,
    hand,
    very,
    good,
    acceptable,
    state,
    read,
    description,
};

// The name that data/analysis/words.json gives a meaning; numbers have none.
std::optional<Word> word_named(std::string_view name) noexcept;

// Filled once, then read by any number of threads. Of a word longer than word_key_bytes only those
// count, so that "vorführgeräte" and "vorführgerätes" may be one.
class TitleVocabulary {
  public:
    // Our table is a tenth of it, and four threads' caches still hold the whole.
    static constexpr std::size_t words_max = 4'000;

    TitleVocabulary();
    // Why `word` cannot stand for `meaning`: empty, more or less than one word of letters, full, or
    // taken by another meaning. nullopt: it does.
    std::optional<std::string_view> add(std::string_view word, Word meaning);
    // Word::other for any that is not listed.
    Word find(const WordKey& key) const noexcept {
        for (std::size_t slot = slot_of(key); slots_[slot] != 0; slot = (slot + 1) % slot_count) {
            if (keys_[slots_[slot]] == key) return meanings_[slots_[slot]];
        }
        return Word::other;
    }
    std::size_t size() const noexcept { return keys_.size() - 1; }

  private:
    static constexpr std::size_t slot_count = std::size_t{1} << 13;
    static_assert(words_max * 2 < slot_count);
    static std::size_t slot_of(const WordKey& key) noexcept {
        return static_cast<std::size_t>(key_hash(key) >> (64 - 13));
    }

    std::vector<std::uint16_t> slots_;  // 0: empty, else the entry's number from 1
    std::vector<WordKey> keys_{1};
    std::vector<Word> meanings_{Word::other};
};

// {"words": {"pack": {"en": ["pack", "packs"], "de": ["packung"]}, ...}}, added to what is there.
// The languages are for the reader of the file: a title is read in all of them at once. Faults stay
// in the node's file.
void read_vocabulary(const DataNode& root, TitleVocabulary& out);
// The words that travel inside the program, without a user's own; for what is read without tables.
const TitleVocabulary& shipped_vocabulary();

}  // namespace assay::engine
