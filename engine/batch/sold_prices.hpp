// Sold prices as files bring them: CSV or NDJSON, in pieces as they arrive, become one record a
// row.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/limits.hpp"
#include "engine/base/result.hpp"
#include "engine/batch/batch.hpp"
#include "engine/batch/intake.hpp"
#include "engine/batch/product.hpp"

namespace assay::engine {

// One sale: what was sold, as it was named, and for how much. Its currency is never empty.
struct SoldRecord {
    std::uint64_t line = 0;  // 1-based, where the row starts
    Identifiers identifiers;
    std::string_view brand, model, mpn;
    std::string_view category;            // a path "A > B"; empty: none
    std::optional<MinorUnits> unit_cost;  // what one piece had cost, in the sale's currency
    Comparable sale;
};

struct SoldReadOptions {
    InputFormat format = InputFormat::csv;  // csv or ndjson
    bool gzip = false;
    MoneyUnit money_unit = MoneyUnit::minor;  // of bare JSON numbers; CSV amounts are major units
    Currency currency;                        // of rows that name none; empty: such rows are bad
    std::vector<std::pair<std::string, std::string>> columns;  // field -> header, CSV only
    std::size_t bytes_max = limits::comps_bytes_max;
    std::size_t unpacked_bytes_max = limits::comps_unpacked_bytes_max;
    std::size_t rows_max = limits::comps_rows_max;
};

struct SoldColumn {
    std::string header;
    std::string field;  // empty: not used
    friend bool operator==(const SoldColumn&, const SoldColumn&) = default;
};

struct SoldReport {
    std::uint64_t rows = 0;            // good and bad; blank ones are none
    std::uint64_t skipped = 0;         // bad ones
    std::vector<Error> first_faults;   // up to limits::faults_listed_max, with line and field
    std::vector<SoldColumn> columns;   // CSV only
    std::string delimiter, encoding;   // as IntakeReport says them
    std::vector<std::string> remarks;  // "12 conditions were not understood"
};

// Reads one file or upload. feed() may be called with any split of the bytes. A bad row is counted
// with line, field and reason and left out. Errors end the whole: payload_too_large,
// unsupported_media (a PDF, gzip that is none, a JSON document), invalid_argument (columns that the
// file has not), invalid_input (no column for the price or for the product, no row at all, too many
// rows, not one good row). Memory: the window that CSV is understood by (64 KiB), and one row. One
// thread at a time.
class SoldPrices {
  public:
    // Takes a good row; returns why it cannot be used after all, and it counts as bad.
    using Sink = std::function<std::optional<Error>(const SoldRecord&)>;

    SoldPrices(SoldReadOptions options, Sink sink);
    ~SoldPrices();
    SoldPrices(const SoldPrices&) = delete;
    SoldPrices& operator=(const SoldPrices&) = delete;

    Result<void> feed(std::string_view bytes);
    Result<void> finish();
    const SoldReport& report() const noexcept;  // so far; complete after finish()

  private:
    struct Body;
    std::unique_ptr<Body> body_;
};

}  // namespace assay::engine
