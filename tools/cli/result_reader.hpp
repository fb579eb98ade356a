// Result lines as flat cells: what a spreadsheet or a table on a terminal shows of each product.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "engine/base/result.hpp"

namespace assay::tools {

// Where a cell's value stands in a result line.
enum class ResultPart : std::uint8_t { product, data, result, best_channel, error };
enum class CellKind : std::uint8_t {
    text,    // from the input or from a closed list: to be quoted against formulas
    amount,  // minor units, shown as "81.84" in the line's currency
    number,  // as it stands
    given,   // what the input says: a number, a text, or the amount of {amount, currency}
    list     // texts, joined by "; "
};

struct ResultColumn {
    std::string_view name;
    ResultPart part = ResultPart::product;
    std::string_view group, member;  // group empty: the member stands in the part itself
    CellKind kind = CellKind::text;
};

// In the order of a CSV file. Never changes while the program runs.
std::span<const ResultColumn> result_columns();

// A cell as text, and whether that text came from outside.
struct ResultCell {
    std::string text;  // empty: there is no value
    bool foreign = false;
};

// Reads one line at a time; cells are asked for afterwards. Allocates only while lines grow. Not
// thread-safe.
class ResultReader {
  public:
    ResultReader();
    ~ResultReader();
    ResultReader(const ResultReader&) = delete;
    ResultReader& operator=(const ResultReader&) = delete;

    // Errors: invalid_json, when the line is no JSON object.
    Result<void> read(std::string_view line);
    // Of the line that was read last.
    ResultCell cell(const ResultColumn& column) const;
    std::string value(std::string_view column_name) const;
    std::string currency() const;

  private:
    struct Body;
    std::unique_ptr<Body> body_;
};

}  // namespace assay::tools
