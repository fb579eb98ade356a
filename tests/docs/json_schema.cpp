// Walks schemas and documents side by side.
// SPDX-License-Identifier: MIT
#include "tests/docs/json_schema.hpp"

#include <boost/json.hpp>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "tests/support/schema_faults.hpp"
#include "tests/support/source_tree.hpp"

namespace assay::testing {

namespace json = boost::json;

JsonSchema::JsonSchema(std::string_view file) {
    std::ifstream in(source_tree() / "docs" / "schemas" / file);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    boost::system::error_code fault;
    schema_ = json::parse(text, fault);
    if (fault || !schema_.is_object()) std::abort();
}

std::string JsonSchema::check(const json::value& document) const {
    return schema_faults(schema_, document);
}

const json::value& JsonSchema::resolve(const json::value& schema) const {
    const json::object* object = schema.if_object();
    const json::value* reference = object != nullptr ? object->if_contains("$ref") : nullptr;
    if (reference == nullptr) return schema;
    return schema_.at_pointer(std::string_view(reference->as_string()).substr(1));
}

void JsonSchema::walk(const json::value& schema, const std::string& at,
                      std::set<std::string>& out) const {
    const json::object* object = resolve(schema).if_object();
    if (object == nullptr) return;
    if (const json::value* properties = object->if_contains("properties")) {
        for (const auto& [name, member] : properties->as_object()) {
            const std::string place = at + "/" + std::string(name);
            out.insert(place);
            walk(member, place, out);
        }
    }
    if (const json::value* items = object->if_contains("items")) walk(*items, at + "/0", out);
    if (const json::value* choices = object->if_contains("anyOf")) {
        for (const json::value& choice : choices->as_array())
            walk(choice, at, out);
    }
}

std::set<std::string> JsonSchema::members() const {
    std::set<std::string> out;
    walk(schema_, "", out);
    return out;
}

void JsonSchema::collect(const json::value& document, const std::string& at,
                         std::set<std::string>& out) {
    if (const json::object* object = document.if_object()) {
        for (const auto& [name, member] : *object) {
            const std::string place = at + "/" + std::string(name);
            out.insert(place);
            collect(member, place, out);
        }
    } else if (const json::array* array = document.if_array()) {
        for (const json::value& entry : *array)
            collect(entry, at + "/0", out);
    }
}

}  // namespace assay::testing
