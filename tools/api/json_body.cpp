// Strict JSON on Boost.JSON: a look for repeated names first, then the document.
// SPDX-License-Identifier: MIT
#include "tools/api/json_body.hpp"

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/parse.hpp>
#include <cmath>
#include <set>

#include "engine/base/utf8.hpp"

namespace assay::tools {
namespace {

namespace json = boost::json;
using boost::system::error_code;

constexpr std::size_t depth_max = 32;

// Watches the names go by; Boost.JSON itself keeps the last of two.
struct NameWatch {
    static constexpr std::size_t max_object_size = std::size_t(-1);
    static constexpr std::size_t max_array_size = std::size_t(-1);
    static constexpr std::size_t max_key_size = std::size_t(-1);
    static constexpr std::size_t max_string_size = std::size_t(-1);

    std::vector<std::set<std::string>> open;
    std::string name;
    std::optional<std::string> repeated;

    bool on_document_begin(error_code&) { return true; }
    bool on_document_end(error_code&) { return true; }
    bool on_object_begin(error_code&) {
        open.emplace_back();
        return true;
    }
    bool on_object_end(std::size_t, error_code&) {
        open.pop_back();
        return true;
    }
    bool on_array_begin(error_code&) { return true; }
    bool on_array_end(std::size_t, error_code&) { return true; }
    bool on_key_part(json::string_view part, std::size_t, error_code&) {
        name.append(part.data(), part.size());
        return true;
    }
    bool on_key(json::string_view part, std::size_t, error_code& error) {
        name.append(part.data(), part.size());
        if (!open.back().insert(name).second) {
            repeated = name;
            error = make_error_code(boost::system::errc::invalid_argument);
            return false;
        }
        name.clear();
        return true;
    }
    bool on_string_part(json::string_view, std::size_t, error_code&) { return true; }
    bool on_string(json::string_view, std::size_t, error_code&) { return true; }
    bool on_number_part(json::string_view, error_code&) { return true; }
    bool on_int64(std::int64_t, json::string_view, error_code&) { return true; }
    bool on_uint64(std::uint64_t, json::string_view, error_code&) { return true; }
    bool on_double(double, json::string_view, error_code&) { return true; }
    bool on_bool(bool, error_code&) { return true; }
    bool on_null(error_code&) { return true; }
    bool on_comment_part(json::string_view, error_code&) { return true; }
    bool on_comment(json::string_view, error_code&) { return true; }
};

json::parse_options strict() {
    json::parse_options options;
    options.max_depth = depth_max;
    return options;
}

}  // namespace

Result<json::value> parse_json(std::string_view text) {
    if (!is_utf8(text))
        return fail(ErrorCode::invalid_json, "the body is not UTF-8", {}, "send UTF-8");
    json::basic_parser<NameWatch> watch(strict());
    error_code error;
    watch.write_some(false, text.data(), text.size(), error);
    if (watch.handler().repeated)
        return fail(ErrorCode::duplicate_key, "an object names a member twice",
                    *watch.handler().repeated, "keep one of them");
    if (error)
        return fail(ErrorCode::invalid_json, "the body is not valid JSON: " + error.message());
    json::value value =
        json::parse(json::string_view(text.data(), text.size()), error, {}, strict());
    if (error)
        return fail(ErrorCode::invalid_json, "the body is not valid JSON: " + error.message());
    return value;
}

Result<json::object> parse_json_object(std::string_view text) {
    if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) return json::object{};
    auto value = parse_json(text);
    if (!value) return std::move(value).error();
    if (value->is_null()) return json::object{};
    if (!value->is_object())
        return fail(ErrorCode::invalid_argument, "the body must be a JSON object");
    return std::move(value->get_object());
}

MemberReader::MemberReader(const json::object& object, std::string path)
    : object_(object), path_(std::move(path)) {}

std::string MemberReader::path_of(std::string_view name) const {
    return path_.empty() ? std::string(name) : path_ + "." + std::string(name);
}

void MemberReader::refuse(Error error) {
    if (!fault_) fault_ = std::move(error);
}

void MemberReader::refuse(std::string_view name, std::string message, std::string remedy) {
    refuse(fail(ErrorCode::invalid_argument, std::move(message), path_of(name), std::move(remedy)));
}

const json::value* MemberReader::find(std::string_view name) {
    known_.emplace_back(name);
    const json::value* value = object_.if_contains(json::string_view(name.data(), name.size()));
    return fault_ || value == nullptr || value->is_null() ? nullptr : value;
}

bool MemberReader::clears(std::string_view name) {
    const json::value* value = object_.if_contains(json::string_view(name.data(), name.size()));
    return value != nullptr && value->is_null();
}

std::optional<std::string> MemberReader::text(std::string_view name, std::size_t bytes_max) {
    const json::value* value = find(name);
    if (value == nullptr) return std::nullopt;
    const json::string* text = value->if_string();
    if (text == nullptr) return refuse(name, "must be text"), std::nullopt;
    if (text->size() > bytes_max)
        return refuse(name, "is longer than " + std::to_string(bytes_max) + " bytes"), std::nullopt;
    if (std::any_of(text->begin(), text->end(),
                    [](char c) { return static_cast<unsigned char>(c) < 0x20; }))
        return refuse(name, "has a control character"), std::nullopt;
    return std::string(text->data(), text->size());
}

std::optional<bool> MemberReader::boolean(std::string_view name) {
    const json::value* value = find(name);
    if (value == nullptr) return std::nullopt;
    if (!value->is_bool()) return refuse(name, "must be true or false"), std::nullopt;
    return value->get_bool();
}

std::optional<std::int64_t> MemberReader::integer(std::string_view name, std::int64_t min,
                                                  std::int64_t max) {
    const json::value* value = find(name);
    if (value == nullptr) return std::nullopt;
    if (!value->is_int64() || value->get_int64() < min || value->get_int64() > max)
        return refuse(name, "must be a whole number from " + std::to_string(min) + " to " +
                                std::to_string(max)),
               std::nullopt;
    return value->get_int64();
}

std::optional<double> MemberReader::number(std::string_view name, double min, double max) {
    const json::value* value = find(name);
    if (value == nullptr) return std::nullopt;
    error_code error;
    const double number = value->is_number() ? value->to_number<double>(error) : NAN;
    if (error || !(number >= min && number <= max))
        return refuse(name, "must be a number from " + std::to_string(min) + " to " +
                                std::to_string(max)),
               std::nullopt;
    return number;
}

const json::object* MemberReader::object(std::string_view name) {
    const json::value* value = find(name);
    if (value == nullptr) return nullptr;
    if (!value->is_object()) return refuse(name, "must be an object"), nullptr;
    return &value->get_object();
}

const json::array* MemberReader::array(std::string_view name, std::size_t items_max) {
    const json::value* value = find(name);
    if (value == nullptr) return nullptr;
    if (!value->is_array()) return refuse(name, "must be a list"), nullptr;
    if (value->get_array().size() > items_max)
        return refuse(name, "has more than " + std::to_string(items_max) + " items"), nullptr;
    return &value->get_array();
}

std::optional<std::vector<std::string>> MemberReader::texts(std::string_view name,
                                                            std::size_t items_max,
                                                            std::size_t bytes_max) {
    const json::array* items = array(name, items_max);
    if (items == nullptr) return std::nullopt;
    std::vector<std::string> texts;
    for (const json::value& item : *items) {
        const json::string* text = item.if_string();
        if (text == nullptr || text->empty() || text->size() > bytes_max)
            return refuse(name, "must be a list of texts of 1 to " + std::to_string(bytes_max) +
                                    " bytes"),
                   std::nullopt;
        texts.emplace_back(text->data(), text->size());
    }
    return texts;
}

Result<void> MemberReader::finish() {
    if (fault_) return *fault_;
    for (const auto& [key, value] : object_) {
        const std::string name(key.data(), key.size());
        if (std::find(known_.begin(), known_.end(), name) != known_.end()) continue;
        std::string list;
        for (const std::string& word : known_)
            list.append(list.empty() ? "" : ", ").append(word);
        return fail(ErrorCode::invalid_argument, "is not known here", path_of(name),
                    "the known members are " + list);
    }
    return {};
}

}  // namespace assay::tools
