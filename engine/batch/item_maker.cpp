// One row in, one item out.
// SPDX-License-Identifier: MIT
#include "engine/batch/item_maker.hpp"

#include <algorithm>
#include <string>

#include "engine/base/utf8.hpp"

namespace assay::engine {
namespace {

constexpr std::string_view id_remedy = "give 1 to 128 bytes of text, or leave it out";

std::optional<std::string> bad_id(std::string_view id) {
    if (id.empty()) return "is empty";
    if (id.size() > limits::product_id_bytes_max) return "is longer than 128 bytes";
    const auto is_control = [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
    };
    if (std::any_of(id.begin(), id.end(), is_control)) return "holds control characters";
    if (!is_utf8(id)) return "is not valid UTF-8";
    return std::nullopt;
}

}  // namespace

ItemMaker::ItemMaker(const IntakeOptions& options, std::uint64_t seed, Intake::Sink& sink,
                     IntakeReport& report)
    : sink_(sink),
      report_(report),
      ids_(seed),
      is_document_(options.format == InputFormat::json),
      check_products_(options.check_products) {
    use(options.batch);
}

void ItemMaker::use(const BatchOptions& options) {
    check_products_ = check_products_ || options.on_invalid == OnInvalid::reject;
    unit_ = options.money_unit;
}

void ItemMaker::name(const Row& row, IntakeItem& item) {
    const auto fault_with = [&](ErrorCode code, std::string message, std::string_view remedy) {
        if (!item.fault) {
            item.fault = fail(code, std::move(message), "/product_id", std::string(remedy));
        }
    };
    if (row.given_id && row.id_is_guess) {
        if (!bad_id(*row.given_id) && ids_.add(*row.given_id)) {
            item.product_id = *row.given_id;
            return;
        }
    } else if (row.given_id) {
        if (auto wrong = bad_id(*row.given_id)) {
            fault_with(ErrorCode::invalid_input, std::move(*wrong), id_remedy);
        } else {
            item.product_id = *row.given_id;
            if (!ids_.add(*row.given_id)) {
                fault_with(ErrorCode::duplicate_product_id,
                           std::string("\"").append(*row.given_id) +
                               "\" was given to an earlier product of this batch",
                           "give each product its own id, or none");
            }
            return;
        }
    }
    made_id_ = ids_.name_row(row.bytes);
    item.product_id = made_id_;
}

void ItemMaker::remember(const IntakeItem& item) {
    ++report_.faults;
    if (report_.first_faults.size() >= limits::faults_listed_max) return;
    Error& listed = report_.first_faults.emplace_back(*item.fault);
    if (is_document_) listed.field = pointer_ + "/" + std::to_string(item.index) + listed.field;
}

Result<void> ItemMaker::put(Row& row) {
    if (report_.items >= limits::products_per_batch_max) {
        return fail(ErrorCode::too_many_products,
                    "has more than " + std::to_string(limits::products_per_batch_max) + " products",
                    {}, "split it into several batches");
    }
    IntakeItem item;
    item.index = report_.items;
    item.line = row.line;
    item.json = row.json;
    item.fault = std::move(row.fault);
    name(row, item);
    if (!item.fault && check_products_)
        item.fault = parser_.parse(item.json, item.product_id, unit_, product_);
    if (item.fault) {
        if (item.line != 0 && !item.fault->line) item.fault->line = item.line;
        remember(item);
    }
    ++report_.items;
    return sink_(item);
}

}  // namespace assay::engine
