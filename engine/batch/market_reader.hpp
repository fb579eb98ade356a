// Reads what the market says about a product: comparables, offers, ranks. Private to engine/batch.
// SPDX-License-Identifier: MIT
#pragma once

#include "engine/batch/field_reader.hpp"

namespace assay::engine {

// Both return false on a fault, which the reader's walker keeps.
bool read_market(FieldReader& reader, const simdjson::dom::element& value, const JsonPath& path,
                 Currency currency, Market& out);
bool read_comparables(FieldReader& reader, const simdjson::dom::element& value,
                      const JsonPath& path, Currency currency, std::vector<Comparable>& out);

// One comparable; members that it does not know are held to the rules of JSON and left alone.
bool read_comparable(FieldReader& reader, const simdjson::dom::element& value, const JsonPath& path,
                     Currency currency, Comparable& out);

// What product.currency leaves open: the currency named first among the comparables, or that of
// an eBay or Amazon marketplace ("EBAY_DE"). Empty: neither says.
Currency currency_of_comparables(FieldReader& reader, const simdjson::dom::element& value);
Currency currency_of_marketplace(std::string_view marketplace) noexcept;

}  // namespace assay::engine
