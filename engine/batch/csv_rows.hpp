// CSV: bytes become records of cells in UTF-8, and those a table's rows. Private to engine/batch.
// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/batch/csv_layout.hpp"
#include "engine/batch/csv_reader.hpp"
#include "engine/batch/input_reader.hpp"
#include "engine/batch/table_rows.hpp"

namespace assay::engine {

// Waits for the first csv_head_bytes to understand the table, then streams. A row that is not valid
// UTF-8 is read as latin-1 (Windows-1252).
class CsvRows final : public InputReader {
  public:
    CsvRows(ItemMaker& items, IntakeReport& report,
            std::vector<std::pair<std::string, std::string>> named)
        : report_(report), named_(named), rows_(items, report, std::move(named)) {}

    Result<void> feed(std::string_view bytes) override;
    Result<void> finish() override;

  private:
    Result<void> begin();
    Result<void> record(const TableRecord& record);

    IntakeReport& report_;
    std::vector<std::pair<std::string, std::string>> named_;
    TableRows rows_;
    std::string head_;
    bool says_delimiter_ = false;
    std::optional<CsvReader> reader_;
    TableRecord transcoded_record_;
    std::string transcoded_;
    std::uint64_t latin1_rows_ = 0;
};

}  // namespace assay::engine
