// CSV: a manifest's rows become items. Private to engine/batch.
// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/batch/csv_layout.hpp"
#include "engine/batch/csv_product.hpp"
#include "engine/batch/csv_reader.hpp"
#include "engine/batch/input_reader.hpp"
#include "engine/batch/item_maker.hpp"

namespace assay::engine {

// Waits for the first csv_head_bytes to understand the table, then streams. A row that is not valid
// UTF-8 is read as latin-1 (Windows-1252).
class CsvRows final : public InputReader {
  public:
    CsvRows(ItemMaker& items, IntakeReport& report,
            std::vector<std::pair<std::string, std::string>> named)
        : items_(items), report_(report), named_(std::move(named)) {}

    Result<void> feed(std::string_view bytes) override;
    Result<void> finish() override;

  private:
    Result<void> begin();
    Result<void> record(const CsvRecord& record);
    // The cells in UTF-8, without blanks around them and without what is only quoting.
    void prepare(const CsvRecord& record);
    bool is_total() const;
    std::optional<Error> ragged() const;
    void remark();

    ItemMaker& items_;
    IntakeReport& report_;
    std::vector<std::pair<std::string, std::string>> named_;
    std::string head_;
    std::optional<CsvLayout> layout_;
    std::optional<CsvProduct> product_;
    std::optional<CsvReader> reader_;
    std::vector<std::string_view> cells_;
    std::string transcoded_;
    CsvTallies tallies_;
    std::uint64_t latin1_rows_ = 0;
    std::uint64_t totals_ = 0, first_total_line_ = 0;
};

}  // namespace assay::engine
