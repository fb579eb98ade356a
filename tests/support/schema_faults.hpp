// What a JSON value does not keep of a JSON Schema.
// SPDX-License-Identifier: MIT
#pragma once

#include <boost/json/value.hpp>
#include <string>

namespace assay::testing {

// By valijson, which knows draft 7: the schemas use what that and 2020-12 share. Empty: it keeps
// all of it.
std::string schema_faults(const boost::json::value& schema, const boost::json::value& value);

}  // namespace assay::testing
