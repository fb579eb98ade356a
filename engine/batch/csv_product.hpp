// One row of a manifest becomes one product's JSON. Private to engine/batch.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/error.hpp"
#include "engine/base/json_writer.hpp"
#include "engine/batch/table_layout.hpp"

namespace assay::engine {

// What happened in many rows and is told once.
struct CsvTallies {
    std::uint64_t totals_differ = 0, first_total_line = 0;
    std::uint64_t rounded = 0;
    std::uint64_t quantity = 0;  // summed over the rows so far; for recognising a totals row
};

// Keeps its buffers from row to row. One per file.
class CsvProduct {
  public:
    explicit CsvProduct(const TableLayout& layout);

    // Writes the product of `cells` (UTF-8, trimmed) to json(). Returns the fault of the row, with
    // the column's header as field; json() then holds what could be kept.
    std::optional<Error> write(const std::vector<std::string_view>& cells, std::uint64_t line,
                               CsvTallies& tallies);
    const std::string& json() const noexcept { return json_; }

    // The cell of a field; empty when the column is missing or the cell says "n/a".
    std::string_view cell(const std::vector<std::string_view>& cells, CsvField field) const;

  private:
    struct Extra {
        std::size_t column;
        std::string key;
    };

    void write_texts(JsonWriter& writer, const std::vector<std::string_view>& cells);
    void write_category(JsonWriter& writer, const std::vector<std::string_view>& cells);
    void write_identifiers(JsonWriter& writer, const std::vector<std::string_view>& cells);
    void write_extras(JsonWriter& writer, const std::vector<std::string_view>& cells);
    std::optional<Error> read_quantity(const std::vector<std::string_view>& cells,
                                       std::int64_t& quantity) const;
    std::optional<Error> write_amounts(JsonWriter& writer,
                                       const std::vector<std::string_view>& cells,
                                       std::int64_t quantity, std::uint64_t line,
                                       CsvTallies& tallies);
    std::optional<Error> write_market(JsonWriter& writer,
                                      const std::vector<std::string_view>& cells);
    std::optional<Error> write_weight(JsonWriter& writer,
                                      const std::vector<std::string_view>& cells);
    Error fault(CsvField field, std::string_view value, std::string_view message,
                std::string remedy) const;

    const TableLayout& layout_;
    std::vector<Extra> extras_;
    Currency last_currency_;  // one per file, nearly always
    std::string json_;
};

}  // namespace assay::engine
