// The product ids of one batch: which were seen, and what a row without one is called. Private to
// engine/batch.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace assay::engine {

// Open addressing over two 64-bit hashes under a secret seed, so that nobody can choose ids that
// collide; two different ids share both with a chance of 2^-95 in a batch of 100,000. Grows with
// the batch, which the intake bounds.
class IdTable {
  public:
    explicit IdTable(std::uint64_t seed) : seed_(seed), slots_(1024) {}

    // False: the id is there already.
    bool add(std::string_view id);

    // A UUIDv8 of XXH3-128(XXH3-128(row bytes), occurrence among identical rows), big-endian; adds
    // it. The same row of the same batch has the same name in every run.
    std::string name_row(std::string_view row);

  private:
    struct Slot {
        std::uint64_t first = 0, second = 0;  // both 0: empty
    };
    bool place(std::vector<Slot>& slots, Slot wanted) const;

    std::uint64_t seed_;
    std::vector<Slot> slots_;
    std::size_t used_ = 0;
    std::unordered_map<std::uint64_t, std::uint64_t> occurrences_;  // by seeded hash of the row's
};

}  // namespace assay::engine
