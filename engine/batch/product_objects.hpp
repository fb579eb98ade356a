// Reads the objects inside a product: identifiers, costs, tax, device, risk, overrides, images.
// Private to engine/batch.
// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "engine/batch/field_reader.hpp"

namespace assay::engine {

// All return false on a fault, which the reader's walker keeps.
bool read_identifiers(FieldReader& reader, const simdjson::dom::element& value,
                      const JsonPath& path, Identifiers& out);
bool read_costs(FieldReader& reader, const simdjson::dom::element& value, const JsonPath& path,
                Currency currency, Costs& out);
bool read_tax(FieldReader& reader, const simdjson::dom::element& value, const JsonPath& path,
              std::optional<Tax>& out);
// What the device says of IMEI and model fills what the product leaves open.
bool read_device(FieldReader& reader, const simdjson::dom::element& value, const JsonPath& path,
                 Product& out);
bool read_risk(FieldReader& reader, const simdjson::dom::element& value, const JsonPath& path,
               RiskInput& out);
bool read_overrides(FieldReader& reader, const simdjson::dom::element& value, const JsonPath& path,
                    Currency currency, Overrides& out);
bool read_dimensions(FieldReader& reader, const simdjson::dom::element& value, const JsonPath& path,
                     std::optional<std::array<std::int64_t, 3>>& out);
bool read_images(FieldReader& reader, const simdjson::dom::element& value, const JsonPath& path,
                 std::vector<Image>& out);

}  // namespace assay::engine
