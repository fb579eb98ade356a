// The API's document as a judge of answers: which schema an answer must keep, and whether it does.
// SPDX-License-Identifier: MIT
#pragma once

#include <boost/json.hpp>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace assay::tools {

// Reads docs/openapi.json as it is; remembers which answers it has seen.
class ApiDocument {
  public:
    explicit ApiDocument(boost::json::value document) : document_(std::move(document)) {}

    struct Operation {
        std::string method;  // upper case
        std::string path;    // "/v1/batches/{id}"
        std::string scope;   // x-scope
        const boost::json::object* value = nullptr;
    };
    std::vector<Operation> operations() const;
    // The statuses that an operation documents, without "default".
    static std::set<int> statuses(const Operation& operation);
    static bool takes_json(const Operation& operation);

    // What is wrong with an answer; empty: it is what the document says.
    std::string check(const std::string& method, const std::string& path, int status,
                      const std::string& content_type, const std::string& body);
    const std::map<std::string, std::set<int>>& seen() const noexcept { return seen_; }

    // References that lead nowhere, and schemas that nothing leads to.
    std::vector<std::string> loose_ends() const;

  private:
    const boost::json::value& resolve(const boost::json::value& value) const;
    std::string validate(const boost::json::value& schema, const std::string& text) const;

    boost::json::value document_;
    std::map<std::string, std::set<int>> seen_;  // by "METHOD path"
};

}  // namespace assay::tools
