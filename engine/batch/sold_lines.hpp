// NDJSON of sold prices: one sale a line, each on its own. Private to engine/batch.
// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "engine/base/limits.hpp"
#include "engine/batch/field_reader.hpp"
#include "engine/batch/input_reader.hpp"
#include "engine/batch/line_cutter.hpp"
#include "engine/batch/sold_rows.hpp"

namespace assay::engine {

// A line is a comparable with what it is of: gtin, upc, ean, isbn, asin (also inside
// `identifiers`), brand, model, mpn. A line over limits::comps_row_bytes_max is dropped behind that
// many bytes and counts as bad.
class SoldLines final : public InputReader {
  public:
    explicit SoldLines(SoldRows& rows) : rows_(rows) {}

    Result<void> feed(std::string_view bytes) override;
    Result<void> finish() override;

  private:
    Result<void> line(const CutLine& cut);
    std::optional<Error> read(std::string_view text, SoldRecord& record);
    bool read_product(const simdjson::dom::element& root, SoldRecord& record);
    bool read_identifiers(const simdjson::dom::element& value, const JsonPath& path,
                          Identifiers& out);

    SoldRows& rows_;
    JsonParser parser_;
    FieldReader reader_;
    std::vector<InputNote> notes_;
    LineCutter lines_{limits::comps_row_bytes_max};
    std::uint64_t conditions_unknown_ = 0;
};

}  // namespace assay::engine
