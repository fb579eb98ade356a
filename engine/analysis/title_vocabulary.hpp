// The words that a title may use for lots, bundles, defects and conditions, English and German.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string_view>

#include "engine/analysis/key_table.hpp"

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

inline constexpr WordGroup<Word> word_groups[] = {
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
    {Word::magnifies,
     "zoom optical optisch optischer digital faster speed magnification lupe "
     "loupe magnifier magnifying"},
    {Word::bundle, "bundle konvolut joblot"},
    {Word::bulk, "job bulk mixed huge wholesale assorted random"},
    {Word::memory, "ram memory ddr2 ddr3 ddr4 ddr5 arbeitsspeicher sodimm dimm"},
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

inline constexpr KeyTable<Word> word_table(word_groups);

// Word::other for any that is not listed.
constexpr Word find_word(const WordKey& key) noexcept {
    return word_table.find(key);
}
static_assert(find_word(word_key("konvolut")) == Word::bundle);
static_assert(find_word(word_key("konvolute")) == Word::other);

}  // namespace assay::engine
