// From identifiers and names to keys.
// SPDX-License-Identifier: MIT
#include "engine/comps/comps_keys.hpp"

#include <cassert>

#include "engine/analysis/table_reader.hpp"
#include "engine/base/ascii.hpp"
#include "engine/base/hash.hpp"

namespace assay::engine {
namespace {

constexpr std::size_t name_bytes_max = 128;
constexpr std::size_t model_bytes_min = 3;  // "S" or "XL" is a size

enum : std::uint64_t { gtin_seed = 1, asin_seed, brand_model_seed };

CompsKey key_of(std::string_view text, std::uint64_t seed) noexcept {
    const CompsKey key = hash64(text, seed);
    return key == 0 ? 1 : key;
}

// Whether gtin14 names a product of the world, not one of a single shop.
bool has_world_gtin(const Identity& identity) noexcept {
    if (!identity.isbn13.empty()) return true;
    return identity.valid && !identity.gtin14.empty() && identity.kind != "asin" &&
           identity.kind != "imei";
}

// Appends the letters and digits of `name`; false where there are too many.
bool append_folded(std::string_view name, std::array<char, 2 * name_bytes_max + 1>& out,
                   std::size_t& size) noexcept {
    std::array<char, name_bytes_max> folded;
    const std::size_t length = fold_category(name, folded.data(), folded.size());
    if (length > folded.size()) return false;
    for (const char c : std::string_view(folded.data(), length)) {
        const bool counts = is_digit(c) || is_letter(c) || static_cast<unsigned char>(c) >= 0x80;
        if (counts) out[size++] = c;
    }
    return true;
}

}  // namespace

void CompsKeys::add(CompsKey key, JoinKey kind) noexcept {
    if (key == 0) return;
    for (const Entry& entry : all()) {
        if (entry.key == key) return;
    }
    assert(count_ < entries_.size());
    entries_[count_++] = {key, kind};
}

CompsKey brand_model_key(std::string_view brand, std::string_view model) noexcept {
    std::array<char, 2 * name_bytes_max + 1> text;
    std::size_t size = 0;
    if (!append_folded(brand, text, size) || size == 0) return 0;
    text[size++] = '\n';
    const std::size_t behind_brand = size;
    if (!append_folded(model, text, size) || size - behind_brand < model_bytes_min) return 0;
    return key_of({text.data(), size}, brand_model_seed);
}

CompsKeys keys_of(const Identity& identity, std::string_view brand, std::string_view model,
                  std::string_view mpn) noexcept {
    CompsKeys keys;
    if (has_world_gtin(identity)) {
        keys.gtin = key_of(identity.gtin14, gtin_seed);
        keys.add(keys.gtin, identity.isbn13.empty() ? JoinKey::gtin : JoinKey::isbn);
    }
    const bool conflict = !identity.conflicts.empty();
    if (conflict && keys.gtin != 0) return keys;
    if (!identity.asin.empty()) {
        keys.asin = key_of(identity.asin, asin_seed);
        keys.add(keys.asin, JoinKey::asin);
    }
    if (conflict) return keys;
    keys.add(brand_model_key(brand, model), JoinKey::brand_model);
    keys.add(brand_model_key(brand, mpn), JoinKey::brand_model);
    return keys;
}

}  // namespace assay::engine
