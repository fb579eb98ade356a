// Evidence: why a number is what it is, one entry for each source, rule or guess behind it.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace assay::engine {

// Which stage said so, from what, by which rule: price, comparables, modified_z.
struct Evidence {
    std::string_view stage, source, rule;  // literals, or texts of the tables or the product
    std::string detail;
};

// A list that keeps its entries' memory when it is cleared, so that refilling allocates nothing.
class EvidenceList {
  public:
    // The next entry, its detail empty. Valid until the next add().
    Evidence& add(std::string_view stage, std::string_view source, std::string_view rule) {
        if (used_ == entries_.size()) entries_.emplace_back();
        Evidence& entry = entries_[used_++];
        entry.stage = stage;
        entry.source = source;
        entry.rule = rule;
        entry.detail.clear();
        return entry;
    }
    std::span<const Evidence> entries() const noexcept { return {entries_.data(), used_}; }
    void clear() noexcept { used_ = 0; }

  private:
    std::vector<Evidence> entries_;
    std::size_t used_ = 0;
};

// For details. The second with up to three decimals, so that the text never depends on the last
// bits of a double.
void append_number(std::string& out, std::int64_t number);
void append_thousandths(std::string& out, double number);

}  // namespace assay::engine
