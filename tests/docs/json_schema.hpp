// A JSON Schema of docs/schemas as a judge of documents, and the members that it names.
// SPDX-License-Identifier: MIT
#pragma once

#include <boost/json/value.hpp>
#include <set>
#include <string>
#include <string_view>

namespace assay::testing {

class JsonSchema {
  public:
    // Of docs/schemas: "product.json". Ends the program where it cannot be read.
    explicit JsonSchema(std::string_view file);

    // What is wrong with a document; empty: nothing.
    std::string check(const boost::json::value& document) const;

    // Every member that the schema names, as a pointer into a document: "/market/sold_count";
    // entries of lists are "0". Under `at` in the schema.
    std::set<std::string> members() const;
    // Those of them that a document has.
    static void collect(const boost::json::value& document, const std::string& at,
                        std::set<std::string>& out);

  private:
    const boost::json::value& resolve(const boost::json::value& schema) const;
    void walk(const boost::json::value& schema, const std::string& at,
              std::set<std::string>& out) const;

    boost::json::value schema_;
};

}  // namespace assay::testing
