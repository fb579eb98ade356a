// Where comparables come from beside the product's own: an interface, and what a join has found.
// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "engine/analysis/evidence.hpp"
#include "engine/analysis/identity.hpp"
#include "engine/base/clock.hpp"
#include "engine/batch/product.hpp"

namespace assay::engine {

// By what a product was found in the book; ISBNs are GTINs, told apart for the reader's sake.
enum class JoinKey : std::uint8_t { gtin, isbn, asin, brand_model };
inline constexpr std::size_t join_key_count = 4;
std::string_view to_string(JoinKey key) noexcept;

// Part of an Analysis; all zero where there is no book.
struct ComparableJoin {
    std::uint64_t book_hash = 0;                      // 0: no book
    std::array<std::int64_t, join_key_count> rows{};  // joined, by JoinKey
    // Found, and not joined.
    std::int64_t known_already = 0;   // the product names the same sale itself
    std::int64_t after_as_of = 0;     // counted up to limits::comps_scan_max
    std::int64_t other_currency = 0;  // or the rows' currencies differ and the product names none
    std::int64_t other_product = 0;   // same brand and model, but another GTIN or ASIN
    std::int64_t beyond_limit = 0;    // older than the newest that fit
    std::optional<TimePoint> since;   // the first dated sale of the whole book
    bool conflict = false;            // identifiers contradict each other: the first one was used
    bool damaged = false;             // the book could not be read: nothing was joined

    void clear() { *this = ComparableJoin{}; }
    std::int64_t joined() const noexcept;
    friend bool operator==(const ComparableJoin&, const ComparableJoin&) = default;
};

// The sales that one product has already, by their ids: a set of at most
// 2 x limits::comparables_max marks, emptied without touching what was not used.
class SaleMarks {
  public:
    // False: it was there.
    bool add(std::uint64_t mark);
    bool has(std::uint64_t mark) const noexcept;
    void clear() noexcept;

  private:
    static constexpr std::size_t slot_count = 4'096;
    std::size_t slot_of(std::uint64_t mark) const noexcept;
    std::vector<std::uint64_t> slots_;  // 0: free
    std::vector<std::uint32_t> used_;
};

// Buffers of one thread, so that a join allocates nothing on its steady path.
struct JoinScratch {
    std::vector<Comparable> comparables;  // the product's own, then the joined ones
    SaleMarks marks;
};

struct JoinRules {
    double brand_model_match = 0.7;  // how far a row found by brand and model only is trusted
    bool other_currencies = false;   // rows in others than the product's are wanted too
};

// Immutable; any number of threads may use one, each with its own scratch.
class ComparableSource {
  public:
    virtual ~ComparableSource() = default;
    // Of everything in it: the same hash gives the same joins. Never 0.
    virtual std::uint64_t hash() const noexcept = 0;
    // Fills `out.comparables` with the product's own comparables and those that the source has for
    // it, at most limits::comparables_max together. Texts are views into the source.
    virtual void join(const Product& product, const Identity& identity, TimePoint as_of,
                      const JoinRules& rules, JoinScratch& out, ComparableJoin& found) const = 0;
};

// Where the prices came from: one entry for each key that found rows, one for what was left out.
void explain_join(const ComparableJoin& join, EvidenceList& out);

}  // namespace assay::engine
