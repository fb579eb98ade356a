// Exchange rates by day, as the user supplies them: what an amount in one currency was in another.
// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "engine/base/limits.hpp"
#include "engine/base/money.hpp"
#include "engine/base/result.hpp"

namespace assay::engine {

// Immutable once made; any number of threads may use one.
class ExchangeRates {
  public:
    // 30 currencies have 8,000 rows a year, so thirty years of them: 112 bytes each while the table
    // is read, about 28 of the file.
    static constexpr std::size_t rows_max = 250'000;
    static constexpr std::size_t file_bytes_max = 32 * limits::mebibyte;

    struct Row {
        std::chrono::sys_days date;
        Currency base, quote;  // one unit of base was `rate` units of quote
        double rate = 0;       // above 0, of whole units: dollars, not cents
    };
    // Rows of one pair and date agree. Each row answers for the opposite direction too, where the
    // table has none of its own for that date.
    explicit ExchangeRates(const std::vector<Row>& rows);

    struct Found {
        double factor = 0;           // minor units of `to` for one minor unit of `from`
        std::chrono::sys_days date;  // of the rate; of the older one of two
        Currency through;            // where it took two; else empty
    };
    // The rate of that day, or the nearest earlier one that is at most `age_max` older. Two
    // currencies without a rate of their own meet in a third one: the one with the newest rates,
    // of equals the first by code. nullopt: nothing that is young enough.
    // O(log n) for each currency of the table; allocates nothing.
    std::optional<Found> find(Currency from, Currency to, std::chrono::sys_days on,
                              std::chrono::days age_max) const noexcept;

    std::uint64_t hash() const noexcept { return hash_; }  // of every rate. Never 0
    std::size_t size() const noexcept { return count_; }   // rows that were given
    std::chrono::sys_days newest() const noexcept { return newest_; }

  private:
    struct Rate {
        std::uint64_t pair = 0;
        std::chrono::sys_days date;
        double rate = 0;
        bool reversed = false;
    };
    static std::uint64_t pair_of(Currency from, Currency to) noexcept;
    const Rate* newest_of(Currency from, Currency to, std::chrono::sys_days on,
                          std::chrono::days age_max) const noexcept;

    std::vector<Rate> rates_;  // by pair and date
    std::vector<Currency> currencies_;
    std::uint64_t hash_ = 1;
    std::size_t count_ = 0;
    std::chrono::sys_days newest_;
};

// A table with a header that names date, base, quote and rate, in any order, between commas,
// semicolons or tabs: "2026-05-22,EUR,USD,1.1301". The decimal sign is a point, or a comma where
// commas do not part the cells. One bad row refuses the file: money rests on it. `name` is what
// errors call it. Errors: invalid_input with the line, payload_too_large.
Result<ExchangeRates> read_exchange_rates(std::string_view bytes, std::string_view name);

}  // namespace assay::engine
