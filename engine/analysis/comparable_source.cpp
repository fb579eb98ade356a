// Marks of sales, and what a join says for itself.
// SPDX-License-Identifier: MIT
#include "engine/analysis/comparable_source.hpp"

#include <cassert>
#include <charconv>
#include <numeric>

#include "engine/base/limits.hpp"

namespace assay::engine {
namespace {

constexpr std::array<std::string_view, join_key_count> key_names = {"gtin", "isbn", "asin",
                                                                    "brand_model"};

void append(std::string& text, std::int64_t count) {
    char digits[24];
    text.append(digits, std::to_chars(digits, digits + sizeof digits, count).ptr);
}

void append_hash(std::string& text, std::uint64_t hash) {
    text += "xxh3:";
    for (int shift = 60; shift >= 0; shift -= 4)
        text += "0123456789abcdef"[(hash >> shift) & 15U];
}

}  // namespace

std::string_view to_string(JoinKey key) noexcept {
    return key_names[static_cast<std::size_t>(key)];
}

std::int64_t ComparableJoin::joined() const noexcept {
    return std::accumulate(rows.begin(), rows.end(), std::int64_t{0});
}

std::size_t SaleMarks::slot_of(std::uint64_t mark) const noexcept {
    std::size_t slot = mark % slot_count;
    while (slots_[slot] != 0 && slots_[slot] != mark)
        slot = (slot + 1) % slot_count;
    return slot;
}

bool SaleMarks::add(std::uint64_t mark) {
    static_assert(slot_count >= 4 * limits::comparables_max);
    if (slots_.empty()) slots_.resize(slot_count);
    mark |= 1U;  // 0 means free
    const std::size_t slot = slot_of(mark);
    if (slots_[slot] == mark) return false;
    assert(used_.size() < slot_count / 2 + slot_count / 4);
    slots_[slot] = mark;
    used_.push_back(static_cast<std::uint32_t>(slot));
    return true;
}

bool SaleMarks::has(std::uint64_t mark) const noexcept {
    if (used_.empty()) return false;
    mark |= 1U;
    return slots_[slot_of(mark)] == mark;
}

void SaleMarks::clear() noexcept {
    for (const std::uint32_t slot : used_)
        slots_[slot] = 0;
    used_.clear();
}

void explain_join(const ComparableJoin& join, EvidenceList& out) {
    if (join.book_hash == 0) return;
    for (std::size_t key = 0; key < join_key_count; ++key) {
        if (join.rows[key] == 0) continue;
        std::string& text = out.add("price", "comps_book", key_names[key]).detail;
        append(text, join.rows[key]);
        text += join.rows[key] == 1 ? " row of book " : " rows of book ";
        append_hash(text, join.book_hash);
    }
    if (join.damaged) {
        out.add("price", "comps_book", "damaged").detail +=
            "the stored sold prices could not be read back";
    }
    if (join.conflict) {
        out.add("price", "comps_book", "identifier_conflict").detail +=
            "joined by the first identifier only";
    }
    struct Reason {
        std::int64_t count;
        std::string_view name;
    };
    const Reason reasons[] = {{join.known_already, " known_already"},
                              {join.after_as_of, " after_as_of"},
                              {join.other_currency, " other_currency"},
                              {join.other_product, " other_product"},
                              {join.beyond_limit, " beyond_limit"}};
    std::string* text = nullptr;
    for (const Reason& reason : reasons) {
        if (reason.count == 0) continue;
        if (text == nullptr) {
            text = &out.add("price", "comps_book", "left_out").detail;
        } else {
            text->append(", ");
        }
        append(*text, reason.count);
        text->append(reason.name);
    }
}

}  // namespace assay::engine
