// Product JSON, as intake hands it on, becomes a typed Product.
// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "engine/batch/batch.hpp"
#include "engine/batch/product.hpp"

namespace assay::engine {

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
    // remedy), or nullopt. Without `echo`, product_data stays "{}".
    std::optional<Error> parse(std::string_view json, std::string_view product_id, MoneyUnit unit,
                               Product& out, bool echo = true);

  private:
    struct Body;
    std::unique_ptr<Body> body_;
};

}  // namespace assay::engine
