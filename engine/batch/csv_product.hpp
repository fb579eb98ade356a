// One row of a table becomes one product's JSON. Private to engine/batch.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/error.hpp"
#include "engine/base/json_writer.hpp"
#include "engine/batch/csv_amount.hpp"
#include "engine/batch/table_layout.hpp"

namespace assay::engine {

// What happened in many rows and is told once.
struct CsvTallies {
    std::uint64_t totals_differ = 0, first_total_line = 0;
    std::uint64_t rounded = 0;
    std::vector<Currency> currencies;  // of the amounts, as met
    // Summed over the rows so far; for recognising a totals row.
    std::uint64_t quantity = 0;
    MinorUnits retail = 0;
};

// Keeps its buffers from row to row. One per file.
class CsvProduct {
  public:
    using Cells = std::vector<std::string_view>;

    explicit CsvProduct(const TableLayout& layout);

    // Writes the product of `cells` (UTF-8, trimmed) to json(). Returns the fault of the row, with
    // the column's header as field; json() then holds what could be kept.
    std::optional<Error> write(const Cells& cells, std::uint64_t line, CsvTallies& tallies);
    const std::string& json() const noexcept { return json_; }

    // The cell of a field; empty when the column is missing or the cell says "n/a".
    std::string_view cell(const Cells& cells, CsvField field) const;

  private:
    struct Text {
        std::size_t column;
        std::string_view key;
    };
    struct Extra {
        std::size_t column;
        std::string_view key;
    };
    struct Given {
        CsvField field;
        std::optional<CsvAmount> amount;
    };

    std::string_view value(const Cells& cells, std::size_t column) const;
    void write_texts(JsonWriter& writer, const Cells& cells);
    void write_category(JsonWriter& writer, const Cells& cells);
    void write_identifiers(JsonWriter& writer, const Cells& cells);
    void write_images(JsonWriter& writer, const Cells& cells);
    void write_extras(JsonWriter& writer, const Cells& cells);
    // A cell that cannot be read as what its column holds, kept under its own header.
    void keep(JsonWriter& writer, const Cells& cells, CsvField field);

    // csv_money.cpp
    std::optional<Error> read_amounts(const Cells& cells);
    std::optional<Error> read_currency_of(const Cells& cells);
    void write_amounts(JsonWriter& writer, std::int64_t quantity, std::uint64_t line,
                       CsvTallies& tallies);
    void write_amount(JsonWriter& writer, std::string_view key, const CsvAmount& amount,
                      CsvTallies& tallies);
    void settle_total(JsonWriter& writer, CsvField unit, CsvField total, std::int64_t quantity,
                      std::uint64_t line, CsvTallies& tallies);
    void write_sold_price(JsonWriter& writer, CsvTallies& tallies);
    const std::optional<CsvAmount>& amount(CsvField field) const;

    // csv_measures.cpp
    std::optional<Error> read_count(const Cells& cells, CsvField field, std::int64_t least,
                                    std::int64_t most, std::optional<std::int64_t>& out) const;
    std::optional<Error> write_weight(JsonWriter& writer, const Cells& cells);
    void write_dimensions(JsonWriter& writer, const Cells& cells);
    std::optional<Error> write_market(JsonWriter& writer, const Cells& cells, CsvTallies& tallies);
    void write_device(JsonWriter& writer, const Cells& cells);

    Error fault(CsvField field, std::string_view value, std::string_view message,
                std::string remedy) const;

    const TableLayout& layout_;
    std::vector<Text> texts_;    // the columns that are copied as they are
    std::vector<Extra> extras_;  // columns without a field
    std::vector<Given> given_;   // of the current row, one per column of amounts
    bool has_market_ = false, has_device_ = false, has_dimensions_ = false, has_category_ = false;
    Currency currency_;             // of the current row
    bool column_currency_ = false;  // it stands in a column of its own
    Currency last_currency_;        // one per file, nearly always
    std::string json_;
};

}  // namespace assay::engine
