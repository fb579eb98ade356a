// valijson over Boost.JSON.
// SPDX-License-Identifier: MIT
#include "tools/api/schema_check.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <exception>
#include <optional>
#include <string>
#include <valijson/adapters/boost_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

namespace assay::tools {
namespace {

namespace json = boost::json;
using valijson::adapters::BoostJsonAdapter;

constexpr std::array<std::string_view, 7> refused{
    "$ref",        "$dynamicRef",    "$recursiveRef", "pattern", "patternProperties",
    "uniqueItems", "contentEncoding"};

// The place of a keyword that is refused; nothing: there is none. Names of properties are no
// keywords.
std::optional<std::string> refused_at(const json::value& schema, const std::string& path,
                                      bool names_properties) {
    if (const json::array* list = schema.if_array()) {
        for (std::size_t i = 0; i < list->size(); ++i) {
            if (auto found = refused_at((*list)[i], path + "/" + std::to_string(i), false))
                return found;
        }
        return std::nullopt;
    }
    const json::object* object = schema.if_object();
    if (object == nullptr) return std::nullopt;
    for (const auto& [name, value] : *object) {
        const std::string_view key(name.data(), name.size());
        const std::string at = path + "/" + std::string(key);
        const bool keyword = !names_properties;
        if (keyword && std::find(refused.begin(), refused.end(), key) != refused.end()) return at;
        if (keyword && (key == "enum" || key == "const" || key == "default" || key == "examples"))
            continue;  // values, not schemas
        const bool named = keyword && (key == "properties" || key == "definitions" ||
                                       key == "$defs" || key == "dependencies");
        if (auto found = refused_at(value, at, named)) return found;
    }
    return std::nullopt;
}

Error no_schema(std::string message, std::string place, std::string remedy) {
    return fail(ErrorCode::invalid_argument, std::move(message), std::move(place),
                std::move(remedy));
}

Result<void> compile(const json::value& schema, valijson::Schema& out) {
    try {
        valijson::SchemaParser().populateSchema(BoostJsonAdapter(schema), out);
    } catch (const std::exception& fault) {
        return no_schema(std::string("is no JSON Schema: ") + fault.what(), "schema",
                         "see json-schema.org, draft 7");
    }
    return {};
}

// "<root>", "[price]", "[0]" as a JSON pointer.
std::string pointer_of(const std::vector<std::string>& context) {
    std::string pointer;
    for (const std::string& step : context) {
        if (step.size() < 2 || step.front() != '[') continue;
        pointer += "/" + step.substr(1, step.size() - 2);
    }
    return pointer;
}

}  // namespace

Result<void> check_schema(std::string_view text) {
    json::error_code fault;
    const json::value schema = json::parse(json::string_view(text.data(), text.size()), fault);
    if (fault) return no_schema("is no JSON", "schema", "send the schema as the body");
    if (!schema.is_object())
        return no_schema("is no JSON object", "schema", "begin with {\"type\":\"object\"}");
    if (const auto place = refused_at(schema, "", false)) {
        return no_schema("the keyword is not supported", *place,
                         "write it without $ref, pattern, patternProperties and uniqueItems");
    }
    valijson::Schema compiled;
    return compile(schema, compiled);
}

Result<void> hold_against(std::string_view schema_text, std::string_view data_text) {
    json::error_code fault;
    const json::value schema =
        json::parse(json::string_view(schema_text.data(), schema_text.size()), fault);
    if (fault) return fail(ErrorCode::internal, "a stored schema cannot be read");
    valijson::Schema compiled;
    if (Result<void> done = compile(schema, compiled); !done)
        return fail(ErrorCode::internal, "a stored schema cannot be used");
    const json::value data =
        json::parse(json::string_view(data_text.data(), data_text.size()), fault);
    if (fault) return fail(ErrorCode::invalid_input, "cannot be read", "data");
    valijson::ValidationResults results;
    try {
        if (valijson::Validator().validate(compiled, BoostJsonAdapter(data), &results)) return {};
    } catch (const std::exception& thrown) {
        return fail(ErrorCode::invalid_input,
                    std::string("cannot be held against its schema: ") + thrown.what(), "data");
    }
    valijson::ValidationResults::Error first, deepest;
    while (results.popError(first)) {
        if (first.context.size() >= deepest.context.size()) deepest = first;
    }
    std::string rule = deepest.description.empty() ? "does not fit the schema of its type"
                                                   : deepest.description.substr(0, 300);
    return fail(ErrorCode::invalid_input, "does not fit the schema of its type: " + rule,
                "data" + pointer_of(deepest.context),
                "mend the event, or the schema: GET /v1/event_types/TYPE/schema");
}

}  // namespace assay::tools
