// Turns rows of any format into items: numbers them, names them, refuses ids given twice. Private
// to engine/batch.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "engine/batch/id_table.hpp"
#include "engine/batch/intake.hpp"
#include "engine/batch/product_parser.hpp"

namespace assay::engine {

struct Row {
    std::uint64_t line = 0;
    std::string_view bytes;        // as in the input: what a row without an id is named by
    std::string_view json = "{}";  // one product object
    std::optional<std::string_view> given_id;  // to be checked here
    bool id_is_guess = false;  // an id that cannot be used is no fault: the row gets a made one
    std::optional<Error> fault;
};

class ItemMaker {
  public:
    ItemMaker(const IntakeOptions& options, std::uint64_t seed, Intake::Sink& sink,
              IntakeReport& report);

    // Errors: too_many_products, and what the sink returns.
    Result<void> put(Row& row);
    // Where the products of a JSON document stand, for the report: "/products" or "".
    void set_pointer(std::string_view pointer) { pointer_ = pointer; }
    // What a JSON document says about its batch, before its first put().
    void use(const BatchOptions& options);
    std::uint64_t count() const noexcept { return report_.items; }

  private:
    void name(const Row& row, IntakeItem& item);
    void remember(const IntakeItem& item);

    Intake::Sink& sink_;
    IntakeReport& report_;
    IdTable ids_;
    std::string made_id_;
    std::string pointer_;
    bool is_document_ = false;
    bool check_products_ = false;
    MoneyUnit unit_ = MoneyUnit::minor;
    ProductParser parser_;
    Product product_;
};

}  // namespace assay::engine
