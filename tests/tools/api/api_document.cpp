// Answers held against the schemas of the document.
// SPDX-License-Identifier: MIT
#include "tests/tools/api/api_document.hpp"

#include <algorithm>
#include <cctype>
#include <functional>

#include "tests/support/schema_faults.hpp"

namespace assay::tools {
namespace {

namespace json = boost::json;

std::string text_of(const json::value& value) {
    return value.is_string() ? std::string(value.as_string()) : std::string();
}

std::vector<std::string> segments_of(const std::string& path) {
    std::vector<std::string> segments{""};
    for (const char c : path) {
        if (c == '/')
            segments.emplace_back();
        else
            segments.back() += c;
    }
    return segments;
}

bool fits(const std::string& pattern, const std::string& path) {
    const auto wanted = segments_of(pattern);
    const auto given = segments_of(path);
    return std::equal(wanted.begin(), wanted.end(), given.begin(), given.end(),
                      [](const std::string& a, const std::string& b) {
                          return a == b || (a.starts_with('{') && !b.empty());
                      });
}

void each_reference(const json::value& value, const std::function<void(std::string)>& take) {
    if (const auto* object = value.if_object()) {
        for (const auto& [name, member] : *object) {
            if (name == "$ref" && member.is_string())
                take(text_of(member));
            else
                each_reference(member, take);
        }
    } else if (const auto* array = value.if_array()) {
        for (const auto& item : *array)
            each_reference(item, take);
    }
}

}  // namespace

std::vector<ApiDocument::Operation> ApiDocument::operations() const {
    std::vector<Operation> all;
    for (const auto& [path, item] : document_.at("paths").as_object()) {
        for (const auto& [name, value] : item.as_object()) {
            std::string method(name);
            std::transform(method.begin(), method.end(), method.begin(),
                           [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
            all.push_back({std::move(method), std::string(path), text_of(value.at("x-scope")),
                           &value.as_object()});
        }
    }
    return all;
}

std::set<int> ApiDocument::statuses(const Operation& operation) {
    std::set<int> all;
    for (const auto& [status, response] : operation.value->at("responses").as_object())
        if (status != "default") all.insert(std::stoi(std::string(status)));
    return all;
}

bool ApiDocument::takes_json(const Operation& operation) {
    const auto* body = operation.value->if_contains("requestBody");
    return body != nullptr && body->at("content").as_object().contains("application/json");
}

const json::value& ApiDocument::resolve(const json::value& value) const {
    const auto* object = value.if_object();
    const auto* reference = object != nullptr ? object->if_contains("$ref") : nullptr;
    if (reference == nullptr) return value;
    return document_.at_pointer(text_of(*reference).substr(1));
}

std::string ApiDocument::validate(const json::value& schema, const std::string& text) const {
    // The schema as a document of its own, beside the components that it refers to.
    const json::value root =
        json::object{{"allOf", json::array{schema}}, {"components", document_.at("components")}};
    boost::system::error_code fault;
    const json::value value = json::parse(text, fault);
    if (fault) return "is no JSON";
    return testing::schema_faults(root, value);
}

std::string ApiDocument::check(const std::string& method, const std::string& path, int status,
                               const std::string& content_type, const std::string& body) {
    for (const Operation& operation : operations()) {
        if (operation.method != method || !fits(operation.path, path)) continue;
        seen_[method + " " + operation.path].insert(status);
        const auto& responses = operation.value->at("responses").as_object();
        const auto* response = responses.if_contains(std::to_string(status));
        // What is not named is a problem that may come everywhere; success never is.
        if (response == nullptr && status < 400) return "the status is not documented";
        if (response == nullptr) response = responses.if_contains("default");
        if (response == nullptr) return "the status is not documented";
        const auto* content = resolve(*response).as_object().if_contains("content");
        if (content == nullptr) return body.empty() ? "" : "there should be no body";
        const std::string media = content_type.substr(0, content_type.find(';'));
        const auto* form = content->as_object().if_contains(media);
        if (form == nullptr) return "the content type " + media + " is not documented";
        const json::value& schema = form->at("schema");
        if (media == "application/x-ndjson") {
            for (std::size_t at = 0; at < body.size();) {
                const std::size_t end = std::min(body.find('\n', at), body.size());
                if (auto why = validate(schema, body.substr(at, end - at)); !why.empty())
                    return why;
                at = end + 1;
            }
            return {};
        }
        if (media.ends_with("json")) return validate(schema, body);
        return body.empty() ? "there should be a body" : "";
    }
    return "the route is not documented";
}

std::vector<std::string> ApiDocument::loose_ends() const {
    std::vector<std::string> loose;
    std::set<std::string> used;
    each_reference(document_, [&](const std::string& reference) {
        used.insert(reference);
        boost::system::error_code fault;
        if (document_.find_pointer(reference.substr(1), fault) == nullptr)
            loose.push_back(reference + " leads nowhere");
    });
    for (const char* kind : {"schemas", "responses", "parameters"}) {
        for (const auto& [name, value] : document_.at("components").at(kind).as_object()) {
            const std::string reference =
                "#/components/" + std::string(kind) + "/" + std::string(name);
            if (!used.contains(reference)) loose.push_back(reference + " is used by nothing");
        }
    }
    return loose;
}

}  // namespace assay::tools
