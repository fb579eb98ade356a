// The keys under which a sale and a product meet: hashes of what names a product. Private to
// engine/comps.
// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "engine/analysis/comparable_source.hpp"
#include "engine/analysis/identity.hpp"

namespace assay::engine {

// XXH3-64 of the canonical text, seeded by its kind; 0 stands for none. Two products in five
// million share one by chance with a probability of one in a million.
using CompsKey = std::uint64_t;

// At most four: GTIN (an ISBN is one), ASIN, brand + model, brand + mpn.
class CompsKeys {
  public:
    struct Entry {
        CompsKey key = 0;
        JoinKey kind = JoinKey::gtin;
    };
    CompsKey gtin = 0, asin = 0;

    std::span<const Entry> all() const noexcept { return {entries_.data(), count_}; }
    void add(CompsKey key, JoinKey kind) noexcept;

  private:
    std::array<Entry, 4> entries_{};
    std::size_t count_ = 0;
};

// A GTIN that only means something inside one company, an IMEI and a serial number are no keys.
// Where identifiers contradict each other, only the first one that holds is.
CompsKeys keys_of(const Identity& identity, std::string_view brand, std::string_view model,
                  std::string_view mpn) noexcept;

// Letters and digits, folded to lower case ("WH-1000XM4" is "wh1000xm4"), of both; 0 where the
// brand has none, the model fewer than three, or one of them is longer than 128 bytes.
CompsKey brand_model_key(std::string_view brand, std::string_view model) noexcept;

}  // namespace assay::engine
