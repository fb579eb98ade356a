// NDJSON: one product a line, each line on its own. Private to engine/batch.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

#include "engine/batch/input_reader.hpp"
#include "engine/batch/item_maker.hpp"
#include "engine/batch/json_rules.hpp"

namespace assay::engine {

// Keeps a line that a feed() has cut in two, never more than limits::product_bytes_max of it: the
// rest of a longer line is dropped, and the line fails as that item.
class JsonLines final : public InputReader {
  public:
    explicit JsonLines(ItemMaker& items) : items_(items) {}

    Result<void> feed(std::string_view bytes) override;
    Result<void> finish() override;

  private:
    Result<void> line(std::string_view text, bool too_long);
    Result<void> refuse_documents(std::string_view text) const;
    void keep(std::string_view part);

    ItemMaker& items_;
    JsonParser parser_;
    std::string pending_;
    bool too_long_ = false;
    std::uint64_t line_ = 0;
};

// The product_id of a product's JSON text, unchecked; nullopt: it has none, or not as a text. The
// view dies with the next use of `parser`, which is needed only for ids with escapes. `fault` says
// so when it is there but not a text.
std::optional<std::string_view> find_product_id(std::string_view json, JsonParser& parser,
                                                std::optional<Error>& fault);

}  // namespace assay::engine
