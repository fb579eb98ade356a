// Probing, growing, and names made from rows.
// SPDX-License-Identifier: MIT
#include "engine/batch/id_table.hpp"

#include <array>
#include <utility>

#include "engine/base/hash.hpp"
#include "engine/base/random.hpp"

namespace assay::engine {
namespace {

void put_big_endian(char* out, std::uint64_t number) {
    for (int i = 7; i >= 0; --i, number >>= 8)
        out[i] = static_cast<char>(number & 0xff);
}

}  // namespace

bool IdTable::place(std::vector<Slot>& slots, Slot wanted) const {
    const std::size_t mask = slots.size() - 1;
    for (std::size_t i = wanted.first & mask;; i = (i + 1) & mask) {
        Slot& slot = slots[i];
        if (slot.first == 0 && slot.second == 0) {
            slot = wanted;
            return true;
        }
        if (slot.first == wanted.first && slot.second == wanted.second) return false;
    }
}

bool IdTable::add(std::string_view id) {
    if (used_ * 2 >= slots_.size()) {
        std::vector<Slot> larger(slots_.size() * 2);
        for (const Slot& slot : slots_) {
            if (slot.first != 0 || slot.second != 0) place(larger, slot);
        }
        slots_ = std::move(larger);
    }
    // The lowest bit keeps a slot from looking empty.
    const bool fresh = place(slots_, {hash64(id, seed_), hash64(id, ~seed_) | 1U});
    used_ += fresh ? 1 : 0;
    return fresh;
}

std::string IdTable::name_row(std::string_view row) {
    const Hash128 row_hash = hash128(row);
    std::array<char, 24> bytes{};
    put_big_endian(bytes.data(), row_hash.high);
    put_big_endian(bytes.data() + 8, row_hash.low);
    const std::uint64_t key = hash64({bytes.data(), 16}, seed_);
    for (;;) {
        put_big_endian(bytes.data() + 16, occurrences_[key]++);
        const Hash128 name_hash = hash128({bytes.data(), bytes.size()});
        std::string name = uuid_from_hash(name_hash.high, name_hash.low);
        if (add(name)) return name;  // else somebody gave this very name to an earlier product
    }
}

}  // namespace assay::engine
