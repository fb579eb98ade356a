// One JSON document: an array of products, or an object that holds them beside the options of the
// batch. Private to engine/batch.
// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "engine/batch/input_reader.hpp"
#include "engine/batch/item_maker.hpp"
#include "engine/batch/json_rules.hpp"

namespace assay::engine {

// Holds the document (up to limits::json_document_bytes_max) until finish(), and parses it product
// by product, so that it is in memory once. All of it is checked before the first item comes out: a
// document that is not valid is refused whole.
class JsonDocument final : public InputReader {
  public:
    // `options` is replaced by what the document says.
    JsonDocument(ItemMaker& items, BatchOptions& options) : items_(items), options_(options) {}

    Result<void> feed(std::string_view bytes) override;
    Result<void> finish() override;

  private:
    // Where `products` stand in the text; nullopt: the document is not valid JSON.
    Result<std::string_view> find_products();
    Result<void> read_options(std::string_view members);
    Result<void> check(std::string_view products);
    Result<void> check_value(std::string_view value, const std::string& pointer);
    Result<void> put_all(std::string_view products);
    Error broken(std::size_t at) const;

    ItemMaker& items_;
    BatchOptions& options_;
    std::string text_;
    std::string pointer_;  // of the array of products
    JsonParser parser_;
    JsonWalker walker_;
};

}  // namespace assay::engine
