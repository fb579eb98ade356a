// NDJSON: one product a line, each line on its own. Private to engine/batch.
// SPDX-License-Identifier: MIT
#pragma once

#include "engine/base/limits.hpp"
#include "engine/batch/input_reader.hpp"
#include "engine/batch/item_maker.hpp"
#include "engine/batch/json_rules.hpp"
#include "engine/batch/line_cutter.hpp"

namespace assay::engine {

// Of a line over limits::product_bytes_max the rest is dropped, and it fails as that item.
class JsonLines final : public InputReader {
  public:
    explicit JsonLines(ItemMaker& items) : items_(items) {}

    Result<void> feed(std::string_view bytes) override;
    Result<void> finish() override;

  private:
    Result<void> line(const CutLine& cut);
    Result<void> refuse_documents(std::string_view text) const;

    ItemMaker& items_;
    JsonParser parser_;
    LineCutter lines_{limits::product_bytes_max};
};

// The product_id of a product's JSON text, unchecked; nullopt: it has none, or not as a text. The
// view dies with the next use of `parser`, which is needed only for ids with escapes. `fault` says
// so when it is there but not a text.
std::optional<std::string_view> find_product_id(std::string_view json, JsonParser& parser,
                                                std::optional<Error>& fault);

}  // namespace assay::engine
