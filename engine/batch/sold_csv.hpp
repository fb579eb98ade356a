// CSV of sold prices: rows become records. Private to engine/batch.
// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/batch/csv_reader.hpp"
#include "engine/batch/input_reader.hpp"
#include "engine/batch/sold_columns.hpp"
#include "engine/batch/sold_rows.hpp"

namespace assay::engine {

// Waits for the first csv_head_bytes to understand the table, then streams. A row that is not valid
// UTF-8 is read as latin-1 (Windows-1252).
class SoldCsv final : public InputReader {
  public:
    explicit SoldCsv(SoldRows& rows) : rows_(rows) {}

    Result<void> feed(std::string_view bytes) override;
    Result<void> finish() override;

  private:
    Result<void> begin();
    Result<void> row(const TableRecord& read);
    void prepare(const TableRecord& read);  // cells in UTF-8, without blanks around them
    std::string_view cell(SoldField field) const;
    Error fault(SoldField field, std::string message, std::string remedy) const;
    std::optional<Error> read(SoldRecord& record);
    std::optional<Error> read_money(Comparable& sale);
    std::optional<MinorUnits> read_cost(Currency currency) const;
    std::optional<Error> read_facts(Comparable& sale);

    SoldRows& rows_;
    std::string head_;
    std::optional<SoldLayout> layout_;
    std::optional<CsvReader> reader_;
    std::vector<std::string_view> cells_;
    std::string transcoded_;
    Currency last_currency_;  // one per file, nearly always
    std::uint64_t latin1_rows_ = 0, conditions_unknown_ = 0, rounded_ = 0;
};

}  // namespace assay::engine
