// valijson over Boost.JSON.
// SPDX-License-Identifier: MIT
#include "tests/support/schema_faults.hpp"

#include <boost/json.hpp>
#include <exception>
#include <valijson/adapters/boost_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

namespace assay::testing {

std::string schema_faults(const boost::json::value& schema, const boost::json::value& value) {
    valijson::Schema parsed;
    valijson::SchemaParser().populateSchema(valijson::adapters::BoostJsonAdapter(schema), parsed);
    valijson::ValidationResults results;
    if (valijson::Validator().validate(parsed, valijson::adapters::BoostJsonAdapter(value),
                                       &results))
        return {};
    std::string why;
    for (valijson::ValidationResults::Error error; results.popError(error);) {
        for (const std::string& step : error.context)
            why += step;
        why += ": " + error.description + "; ";
    }
    return why;
}

}  // namespace assay::testing
