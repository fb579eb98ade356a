// Product JSON, as intake hands it on, becomes a typed Product.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "engine/batch/batch.hpp"
#include "engine/batch/product.hpp"

namespace assay::engine {

// How much of a product is read. What is not read is not checked either, and keeps its default.
enum class ParseExtent : std::uint8_t {
    whole,
    // What tells products apart: without market, comparables, costs, tax, risk, overrides and
    // product_data. About half the work.
    identity,
};

// Holds the buffers that a product's texts point into. The product is valid until the next parse()
// or the parser's end. Allocates nothing on the steady path. One thread at a time; make one per
// thread.
class ProductParser {
  public:
    ProductParser();
    ~ProductParser();
    ProductParser(const ProductParser&) = delete;
    ProductParser& operator=(const ProductParser&) = delete;

    // Checks every field of the schema: type, range, length, money. Unknown keys are kept in
    // product_data. Returns the fault that fails the product (code, field as JSON pointer, message,
    // remedy), or nullopt.
    std::optional<Error> parse(std::string_view json, std::string_view product_id, MoneyUnit unit,
                               Product& out, ParseExtent extent = ParseExtent::whole);

  private:
    struct Body;
    std::unique_ptr<Body> body_;
};

}  // namespace assay::engine
