// Filters: read once into a tree, then held against one document after the other.
// SPDX-License-Identifier: MIT
#include "notify/endpoint/filter.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <charconv>
#include <compare>
#include <limits>
#include <span>
#include <vector>

#include "engine/base/limits.hpp"

namespace assay::notify {

namespace json = boost::json;

namespace {
enum class Compare : std::uint8_t { eq, ne, gt, gte, lt, lte, in, prefix, contains, exists };
constexpr std::array<std::string_view, 10> compare_names{
    "eq", "ne", "gt", "gte", "lt", "lte", "in", "prefix", "contains", "exists"};
}  // namespace

namespace detail {
struct FilterTest {
    Compare compare{};
    json::value value;
};
struct FilterNode {
    enum class Kind : std::uint8_t { condition, all, any, negation };
    Kind kind{};
    std::vector<std::string> path;  // of a condition: the names, unescaped
    std::vector<FilterTest> tests;  // the same
    std::vector<FilterNode> parts;  // of the groups
};
}  // namespace detail

namespace {

using detail::FilterNode;
using detail::FilterTest;
using Kind = FilterNode::Kind;

static_assert(std::numeric_limits<long double>::digits >= 64, "holds every 64-bit integer exactly");

// --- reading

Error refused(std::string where, std::string message, std::string remedy = {}) {
    return fail(ErrorCode::invalid_argument, std::move(message), std::move(where),
                std::move(remedy));
}

std::string member_of(const std::string& where, json::string_view name) {
    return where + "." + std::string(name.data(), std::min<std::size_t>(name.size(), 64));
}

bool is_scalar(const json::value& value) noexcept {
    return !value.is_object() && !value.is_array();
}

Result<void> check_scalar(const json::value& value, const std::string& where) {
    if (!is_scalar(value)) return refused(where, "must be a text, a number, true, false or null");
    if (value.is_string() && value.get_string().size() > limits::filter_text_bytes_max) {
        return refused(where, "is longer than 256 bytes");
    }
    return {};
}

Result<void> check_list(const json::value& value, const std::string& where) {
    const json::array* const list = value.if_array();
    if (list == nullptr || list->empty() || list->size() > limits::filter_values_max) {
        return refused(where, "must be a list of 1 to 64 values");
    }
    for (std::size_t i = 0; i < list->size(); ++i) {
        const std::string place = where + "[" + std::to_string(i) + "]";
        if (Result<void> checked = check_scalar((*list)[i], place); !checked) return checked;
    }
    return {};
}

Result<void> check_operand(Compare compare, const json::value& value, const std::string& where) {
    switch (compare) {
        case Compare::in:
            return check_list(value, where);
        case Compare::exists:
            if (!value.is_bool()) return refused(where, "must be true or false");
            return {};
        case Compare::prefix:
            if (!value.is_string()) return refused(where, "must be a text");
            break;
        case Compare::gt:
        case Compare::gte:
        case Compare::lt:
        case Compare::lte:
            if (!value.is_number() && !value.is_string()) {
                return refused(where, "must be a number or a text");
            }
            break;
        default:
            break;
    }
    return check_scalar(value, where);
}

// RFC 6901, but for the whole document: a filter is about fields.
Result<std::vector<std::string>> read_path(const json::value& value, const std::string& where) {
    const json::string* const text = value.if_string();
    const std::string remedy = R"(write a JSON pointer, such as "/failed_products")";
    if (text == nullptr || text->empty() || text->front() != '/') {
        return refused(where, "must be a JSON pointer that begins with /", remedy);
    }
    if (text->size() > limits::filter_path_bytes_max) {
        return refused(where, "is longer than 256 bytes");
    }
    std::vector<std::string> names;
    for (std::size_t i = 0; i < text->size(); ++i) {
        const char c = (*text)[i];
        if (c == '/') {
            names.emplace_back();
        } else if (c != '~') {
            names.back() += c;
        } else {
            const char escaped = ++i < text->size() ? (*text)[i] : '\0';
            if (escaped != '0' && escaped != '1') {
                return refused(where, "has a ~ that is neither ~0 nor ~1",
                               "write ~0 for ~ and ~1 for /");
            }
            names.back() += escaped == '0' ? '~' : '/';
        }
    }
    return names;
}

struct Reading {
    std::size_t conditions = 0;
};

Result<FilterNode> read_node(const json::value& value, const std::string& where, std::size_t depth,
                             Reading& reading);

Result<FilterNode> read_condition(const json::object& object, const std::string& where,
                                  Reading& reading) {
    FilterNode node;
    node.kind = Kind::condition;
    if (++reading.conditions > limits::filter_conditions_max) {
        return refused(where, "the filter has more than 32 conditions");
    }
    for (const auto& [name, value] : object) {
        const std::string place = member_of(where, name);
        if (name == "path") {
            Result<std::vector<std::string>> path = read_path(value, place);
            if (!path) return std::move(path).error();
            node.path = *std::move(path);
            continue;
        }
        const auto known = std::find(compare_names.begin(), compare_names.end(),
                                     std::string_view(name.data(), name.size()));
        if (known == compare_names.end()) {
            return refused(place, "is no comparison",
                           "use eq, ne, gt, gte, lt, lte, in, prefix, contains or exists");
        }
        const auto compare = static_cast<Compare>(known - compare_names.begin());
        if (Result<void> checked = check_operand(compare, value, place); !checked) {
            return std::move(checked).error();
        }
        node.tests.push_back({compare, value});
    }
    if (node.tests.empty()) {
        return refused(where, "compares with nothing", R"(add a comparison, such as "gt":0)");
    }
    return node;
}

Result<FilterNode> read_group(Kind kind, const json::value& value, const std::string& where,
                              std::size_t depth, Reading& reading) {
    FilterNode node;
    node.kind = kind;
    if (depth > limits::filter_depth_max) {
        return refused(where, "groups are nested more than 5 deep");
    }
    if (kind == Kind::negation) {
        Result<FilterNode> part = read_node(value, where, depth, reading);
        if (!part) return part;
        node.parts.push_back(*std::move(part));
        return node;
    }
    const json::array* const list = value.if_array();
    if (list == nullptr || list->empty()) {
        return refused(where, "must be a list of conditions with at least one in it");
    }
    for (std::size_t i = 0; i < list->size(); ++i) {
        Result<FilterNode> part =
            read_node((*list)[i], where + "[" + std::to_string(i) + "]", depth, reading);
        if (!part) return part;
        node.parts.push_back(*std::move(part));
    }
    return node;
}

Result<FilterNode> read_node(const json::value& value, const std::string& where, std::size_t depth,
                             Reading& reading) {
    const json::object* const object = value.if_object();
    if (object == nullptr) {
        return refused(where, "must be an object",
                       R"(write {"path":"/failed_products","gt":0}, or all, any, not)");
    }
    if (object->contains("path")) return read_condition(*object, where, reading);
    if (object->size() != 1) {
        return refused(where, object->empty() ? "is empty" : "mixes groups, or lacks its path",
                       "a condition has a path; a group has one of all, any and not");
    }
    const auto& [name, inner] = *object->begin();
    const std::string place = member_of(where, name);
    if (name == "all") return read_group(Kind::all, inner, place, depth + 1, reading);
    if (name == "any") return read_group(Kind::any, inner, place, depth + 1, reading);
    if (name == "not") return read_group(Kind::negation, inner, place, depth + 1, reading);
    return refused(place, "is no group", "use all, any or not, or give a path");
}

// --- matching

std::partial_ordering compare_numbers(const json::value& a, const json::value& b) noexcept {
    const auto wide = [](const json::value& value) -> long double {
        if (value.is_int64()) return static_cast<long double>(value.get_int64());
        if (value.is_uint64()) return static_cast<long double>(value.get_uint64());
        return static_cast<long double>(value.get_double());
    };
    return wide(a) <=> wide(b);
}

// unordered: of different kinds, or of kinds that have no order.
std::partial_ordering order_of(const json::value& a, const json::value& b) noexcept {
    if (a.is_number() && b.is_number()) return compare_numbers(a, b);
    if (a.is_string() && b.is_string()) {
        const int order = a.get_string().compare(b.get_string());
        return order <=> 0;
    }
    return std::partial_ordering::unordered;
}

// 5 equals 5.0; 5 does not equal "5".
bool same(const json::value& a, const json::value& b) noexcept {
    if (a.is_bool() || b.is_bool()) {
        return a.is_bool() && b.is_bool() && a.get_bool() == b.get_bool();
    }
    if (a.is_null() || b.is_null()) return a.is_null() && b.is_null();
    return order_of(a, b) == std::partial_ordering::equivalent;
}

bool holds(const json::value& field, const json::value& wanted) {
    if (const json::array* const list = field.if_array()) {
        return std::any_of(list->begin(), list->end(),
                           [&](const json::value& one) { return same(one, wanted); });
    }
    return field.is_string() && wanted.is_string() &&
           field.get_string().find(wanted.get_string()) != json::string::npos;
}

bool meets(const FilterTest& test, const json::value& field) {
    const json::value& wanted = test.value;
    switch (test.compare) {
        case Compare::eq:
            return same(field, wanted);
        case Compare::ne:
            return !same(field, wanted);
        case Compare::gt:
            return std::is_gt(order_of(field, wanted));
        case Compare::gte:
            return std::is_gteq(order_of(field, wanted));
        case Compare::lt:
            return std::is_lt(order_of(field, wanted));
        case Compare::lte:
            return std::is_lteq(order_of(field, wanted));
        case Compare::in: {
            const json::array& list = wanted.get_array();
            return std::any_of(list.begin(), list.end(),
                               [&](const json::value& one) { return same(field, one); });
        }
        case Compare::prefix:
            return field.is_string() && field.get_string().starts_with(wanted.get_string());
        case Compare::contains:
            return holds(field, wanted);
        case Compare::exists:
            return wanted.get_bool();  // it is there
    }
    return false;
}

// "0", "17": no sign, no leading zero (RFC 6901).
const json::value* element_of(const json::array& list, const std::string& name) noexcept {
    std::size_t index = 0;
    const char* const last = name.data() + name.size();
    const auto [end, fault] = std::from_chars(name.data(), last, index);
    const bool plain = fault == std::errc() && end == last && (name.size() == 1 || name[0] != '0');
    return plain && index < list.size() ? &list[index] : nullptr;
}

// Whether a value that `path` leads to from `value` on passes.
template <class Passes>
bool some_at(std::span<const std::string> path, const json::value& value, const Passes& passes) {
    if (path.empty()) return passes(value);
    const std::string& name = path.front();
    const auto rest = path.subspan(1);
    if (const json::object* const object = value.if_object()) {
        const json::value* const member = object->if_contains(name);
        return member != nullptr && some_at(rest, *member, passes);
    }
    const json::array* const list = value.if_array();
    if (list == nullptr) return false;
    if (name == "*") {
        return std::any_of(list->begin(), list->end(),
                           [&](const json::value& one) { return some_at(rest, one, passes); });
    }
    const json::value* const element = element_of(*list, name);
    return element != nullptr && some_at(rest, *element, passes);
}

bool matches_condition(const FilterNode& node, const json::value& data) {
    const bool wants_none =
        std::any_of(node.tests.begin(), node.tests.end(), [](const FilterTest& test) {
            return test.compare == Compare::exists && !test.value.get_bool();
        });
    if (wants_none) {  // and no value is there that other tests could hold of
        return node.tests.size() == 1 &&
               !some_at(node.path, data, [](const json::value&) { return true; });
    }
    return some_at(node.path, data, [&](const json::value& field) {
        return std::all_of(node.tests.begin(), node.tests.end(),
                           [&](const FilterTest& test) { return meets(test, field); });
    });
}

bool matches_node(const FilterNode& node, const json::value& data) {
    const auto part = [&](const FilterNode& inner) { return matches_node(inner, data); };
    switch (node.kind) {
        case Kind::all:
            return std::all_of(node.parts.begin(), node.parts.end(), part);
        case Kind::any:
            return std::any_of(node.parts.begin(), node.parts.end(), part);
        case Kind::negation:
            return !part(node.parts.front());
        case Kind::condition:
            break;
    }
    return matches_condition(node, data);
}

Result<json::value> read_json(std::string_view text) {
    boost::system::error_code error;
    json::parse_options options;
    options.max_depth = limits::json_depth_max;
    json::value value =
        json::parse(json::string_view(text.data(), text.size()), error, {}, options);
    if (error) return fail(ErrorCode::invalid_json, "is no JSON: " + error.message(), "filter");
    return value;
}

}  // namespace

Result<Filter> Filter::parse(std::string_view text) {
    const auto too_large = [] { return refused("filter", "the filter is larger than 8 KiB"); };
    if (text.size() > limits::filter_bytes_max) return too_large();
    const Result<json::value> value = read_json(text);
    if (!value) return value.error();
    Reading reading;
    Result<FilterNode> root = read_node(*value, "filter", 0, reading);
    if (!root) return std::move(root).error();
    Filter filter;
    filter.text_ = json::serialize(*value);
    if (filter.text_.size() > limits::filter_bytes_max) return too_large();  // 0.3 is now 3E-1
    filter.root_ = std::make_shared<const FilterNode>(*std::move(root));
    return filter;
}

bool Filter::matches(std::string_view data) const {
    if (empty()) return true;
    const Result<json::value> value = read_json(data);
    return !value || matches_node(*root_, *value);
}

}  // namespace assay::notify
