// The words that a title may use for lots, bundles, defects and conditions, English and German.
// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace assay::engine {

// What a word of a text may mean.
enum class Word : std::uint8_t {
    other,
    article,  // a lot of fun
    number,
    number_er,       // 4er
    number_times,    // 4x
    number_pieces,   // 4pk
    number_content,  // 50ml
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
    content_unit,
    magnifies,
    bundle,
    bulk,
    for_,
    parts,
    spares,
    repair,
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
};

// In lower case. A word of more than 16 bytes is known by its first 16.
struct WordGroup {
    Word word;
    std::string_view spellings;  // separated by blanks
};

inline constexpr WordGroup word_groups[] = {
    {Word::article, "a"},
    {Word::lot, "lot"},
    {Word::set, "set"},
    {Word::pack, "pack packs packung pk"},
    {Word::pieces, "pcs stk stück stueck"},
    {Word::times, "x"},
    {Word::er, "er"},
    {Word::of, "of von"},
    {Word::double_, "twin double"},
    {Word::double_pack, "doppelpack"},
    {Word::content_unit, "ml cl l g kg oz liter gramm"},
    {Word::magnifies,
     "zoom optical optisch optischer digital faster speed magnification lupe "
     "loupe magnifier magnifying"},
    {Word::bundle, "bundle konvolut joblot"},
    {Word::bulk, "job bulk mixed huge wholesale assorted random"},
    {Word::for_, "for für fuer als"},
    {Word::parts, "parts ersatzteile"},
    {Word::spares, "spares"},
    {Word::repair, "repair repairs"},
    {Word::not_, "not no non nicht kein keine"},
    {Word::without, "ohne without"},
    {Word::never, "never nie barely kaum"},
    {Word::working, "working"},
    {Word::works, "funktioniert"},
    {Word::defect,
     "nonworking defekt defekte defekter defektes defective faulty kaputt "
     "bastler bastlerware ersatzteilspende"},
    {Word::box, "box karton verpackung"},
    {Word::crate, "case"},
    {Word::only, "only nur"},
    {Word::empty, "empty leere leer"},
    {Word::original_box, "ovp"},
    {Word::empty_box, "leerkarton leerverpackung"},
    {Word::in, "in"},
    {Word::with, "with mit inkl"},
    {Word::new_, "new"},
    {Word::brand, "brand factory"},
    {Word::like, "like wie"},
    {Word::neu, "neu"},
    {Word::new_mark, "brandneu nagelneu neuware bnib bnwt nwt"},
    {Word::nib, "nib"},
    {Word::as_good_as_new, "neuwertig neuwertiger"},
    {Word::sealed, "sealed versiegelt"},
    {Word::sealed_thing, "bearing bearings lead"},
    {Word::open, "open"},
    {Word::shown,
     "openbox bware vorführer vorfuehrer vorführgerät vorfuehrgeraet "
     "vorführware ausstellungsstü ausstellungsstue"},
    {Word::b, "b"},
    {Word::ware, "ware"},
    {Word::refurbished, "refurbished refurb renewed generalüberholt generalueberholt"},
    {Word::certified, "certified zertifiziert"},
    {Word::used, "used gebraucht gebrauchte gebrauchter gebrauchtes preowned secondhand"},
    {Word::pre, "pre"},
    {Word::owned, "owned"},
    {Word::second, "second"},
    {Word::hand, "hand"},
    {Word::very, "very sehr"},
    {Word::good, "good gut guter gutem guten"},
    {Word::acceptable, "acceptable akzeptabel"},
    {Word::state, "condition zustand"},
};

// A word's first 16 bytes as two numbers, low byte first.
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

namespace detail {

// Most words are in no list: a small table of bytes says so at once.
struct WordTable {
    static constexpr std::size_t slot_count = 4096;
    static constexpr std::size_t entries_max = 255;

    std::array<std::uint8_t, slot_count> slots{};  // 0: empty, else the entry's number from 1
    std::array<WordKey, entries_max + 1> keys{};
    std::array<Word, entries_max + 1> words{};
    std::size_t count = 0;

    static constexpr std::size_t slot_of(const WordKey& key) noexcept {
        const std::uint64_t mixed =
            (key.first ^ (key.second * 0x9E3779B97F4A7C15U)) * 0xD6E8FEB86659FD93U;
        return static_cast<std::size_t>(mixed >> 52);
    }
    constexpr void add(std::string_view spelling, Word word) {
        std::size_t slot = slot_of(word_key(spelling));
        while (slots[slot] != 0)
            slot = (slot + 1) % slot_count;
        ++count;  // beyond entries_max the arrays refuse, at compile time
        keys[count] = word_key(spelling);
        words[count] = word;
        slots[slot] = static_cast<std::uint8_t>(count);
    }
};
static_assert(WordTable::slot_count == std::size_t{1} << (64 - 52));

constexpr WordTable make_word_table() {
    WordTable table;
    for (const WordGroup& group : word_groups) {
        std::string_view rest = group.spellings;
        while (!rest.empty()) {
            const std::string_view spelling = rest.substr(0, rest.find(' '));
            rest.remove_prefix(spelling.size() + (spelling.size() < rest.size() ? 1 : 0));
            table.add(spelling, group.word);
        }
    }
    return table;
}
inline constexpr WordTable word_table = make_word_table();

}  // namespace detail

// Word::other for any that is not listed.
constexpr Word find_word(const WordKey& key) noexcept {
    const detail::WordTable& table = detail::word_table;
    for (std::size_t slot = detail::WordTable::slot_of(key); table.slots[slot] != 0;
         slot = (slot + 1) % detail::WordTable::slot_count) {
        if (table.keys[table.slots[slot]] == key) return table.words[table.slots[slot]];
    }
    return Word::other;
}
static_assert(find_word(word_key("konvolut")) == Word::bundle);
static_assert(find_word(word_key("konvolute")) == Word::other);

}  // namespace assay::engine
