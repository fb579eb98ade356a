// The comps book: a user's own sold prices as an immutable index that products are joined with.
// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/analysis/comparable_source.hpp"
#include "engine/base/money.hpp"
#include "engine/base/result.hpp"

namespace assay::engine {

// One sale. Written and read by memcpy, in the machine's byte order, as other blobs of the store
// are: a data directory stays on its kind of machine.
struct CompsRow {
    static constexpr std::int64_t undated = std::numeric_limits<std::int64_t>::min();
    enum Flag : std::uint8_t { active = 1, titled = 2, bundle = 4, parts = 8, box_only = 16 };
    static constexpr std::uint8_t flags_known = 31;
    static constexpr std::uint16_t match_full = 10'000;

    MinorUnits price = 0;
    std::int64_t sold_at = undated;  // milliseconds since 1970, UTC
    std::uint32_t shipping = 0;
    std::uint32_t id_at = 0;  // into the texts: a length, then the bytes; 0: no id
    std::uint32_t quantity = 1;
    std::uint32_t title_lot = 0;       // units that the title names, where there is one
    std::uint32_t gtin = 0, asin = 0;  // the keys' lower halves; 0: none
    std::uint16_t source = 0;          // into the sources
    std::uint16_t match = match_full;  // ten-thousandths
    std::uint8_t currency = 0;         // into the currencies
    std::uint8_t condition = 0;
    std::uint8_t flags = 0;
    std::uint8_t storage = 0;  // of the title, as storage_code() writes it

    friend bool operator==(const CompsRow&, const CompsRow&) = default;
};
static_assert(sizeof(CompsRow) == 48);

// Sizes that storage is sold in, in gigabytes; a row holds its place in the list, from 1. One that
// is not listed is not told apart.
inline constexpr std::array<std::uint16_t, 46> storage_sizes = {
    1,   2,   3,   4,   6,   8,   10,  12,  16,   20,   24,   30,   32,   40,   48,  60,
    64,  80,  96,  100, 120, 128, 160, 180, 200,  240,  250,  256,  300,  320,  400, 480,
    500, 512, 600, 640, 750, 800, 900, 960, 1000, 1500, 2000, 4000, 8000, 16000};
constexpr std::uint8_t storage_code(std::int64_t gigabytes) noexcept {
    for (std::size_t i = 0; i < storage_sizes.size(); ++i) {
        if (storage_sizes[i] == gigabytes) return static_cast<std::uint8_t>(i + 1);
    }
    return 0;
}
constexpr std::int64_t storage_of_code(std::uint8_t code) noexcept {
    return code == 0 || code > storage_sizes.size() ? 0 : storage_sizes[code - 1U];
}

// Newest first, undated last; rows stand in the book's order, so that the place decides the rest.
constexpr bool is_newer(std::int64_t a, std::uint32_t place_a, std::int64_t b,
                        std::uint32_t place_b) noexcept {
    return a != b ? a > b : place_a < place_b;
}

// What a book is made of. The same sales give the same table, in whatever order they came.
struct CompsTable {
    std::vector<CompsRow> rows;           // by product, newest first
    std::vector<std::uint64_t> keys;      // sorted, each once
    std::vector<std::uint32_t> begins;    // of each key's postings, and their end
    std::vector<std::uint32_t> postings;  // rows of a key, newest first
    std::string texts;                    // ids of sales
    std::vector<std::string> sources;     // sorted; the first is empty
    std::vector<Currency> currencies;     // sorted
    std::uint64_t products = 0;           // distinct ones, by their first key

    friend bool operator==(const CompsTable&, const CompsTable&) = default;
};

// Immutable once made; shared by batches and their threads.
class CompsBook final : public ComparableSource {
  public:
    // Of a table that a builder made or decode() checked.
    explicit CompsBook(CompsTable table);

    std::uint64_t hash() const noexcept override { return hash_; }
    void join(const Product& product, const Identity& identity, TimePoint as_of,
              const JoinRules& rules, JoinScratch& out, ComparableJoin& found) const override;

    // Rows of a key, newest first. Two places in memory and a handful of comparisons, whoever chose
    // the keys.
    std::span<const std::uint32_t> find(std::uint64_t key) const noexcept;
    const CompsTable& table() const noexcept { return table_; }

    struct Span {
        std::optional<TimePoint> oldest, newest;  // of dated sales
        std::uint64_t undated = 0;
    };
    Span span() const noexcept;
    std::size_t memory_bytes() const noexcept;

  private:
    Comparable comparable_of(const CompsRow& row, double trust) const noexcept;

    CompsTable table_;
    std::vector<std::uint32_t> directory_;  // where keys with the same upper bits begin
    int shift_ = 63;
    std::uint64_t hash_ = 0;
    std::optional<TimePoint> since_;  // the oldest dated sale
};

// The book as bytes, in pieces of at most limits::comps_chunk_bytes.
Result<void> encode_book(const CompsBook& book,
                         const std::function<Result<void>(std::string_view)>& sink);

// Bytes back into a book. Every count, place and text is checked before it is believed: damaged
// bytes give `corrupt`, and never more memory than limits allow. One thread at a time.
class CompsDecoder {
  public:
    CompsDecoder();
    ~CompsDecoder();
    Result<void> feed(std::string_view bytes);
    Result<std::shared_ptr<const CompsBook>> finish();

  private:
    struct Body;
    std::unique_ptr<Body> body_;
};

}  // namespace assay::engine
