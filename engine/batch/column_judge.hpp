// What the values of a table say about its headers: they confirm a guess, decide between several,
// and speak where a header says nothing. Private to engine/batch.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/batch/column_values.hpp"
#include "engine/batch/intake.hpp"
#include "engine/batch/table_field.hpp"

namespace assay::engine {

// What one column is taken for, so far.
struct ColumnGuess {
    std::optional<CsvField> field;
    bool known = false;  // a header that is no field of a product; its values are not asked
    int rank = 0;        // of two columns for one field the lower one wins, then the left one
    MappedBy by = MappedBy::nothing;
    double confidence = 0;
    std::string why;

    bool is_users() const noexcept { return by == MappedBy::user; }
};

struct ColumnEvidence {
    const std::vector<std::string>& headers;
    std::span<const std::vector<std::string>> rows;  // below the header
    std::vector<ColumnValues> values;                // one per column
    std::vector<ColumnGuess> guesses;                // one per column
    bool headerless = false;
    std::vector<std::string> remarks;  // for people: what is odd about the table as a whole

    static constexpr std::size_t none = static_cast<std::size_t>(-1);
    // The column that a field goes to, as the guesses are now.
    std::size_t column(CsvField field) const noexcept;
    bool has(CsvField field) const noexcept { return column(field) != none; }
};

// Changes guesses, never those of the user, and always says why.
void judge_by_values(ColumnEvidence& table);

}  // namespace assay::engine
