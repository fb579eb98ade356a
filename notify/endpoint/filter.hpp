// Which events of those it subscribed to an endpoint wants: comparisons on fields of their data.
// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "engine/base/result.hpp"

namespace assay::notify {

namespace detail {
struct FilterNode;
}

// A closed language in JSON; an object is a condition or a group:
//
//   {"path":"/failed_products","gt":0}        a condition: a JSON pointer (RFC 6901) into the data
//                                             and one or more comparisons; all of them must hold
//   {"path":"/result/channels/*/profit_expected","gt":5000}
//                                             `*` in a list: one of its elements meets them
//   {"all":[...]}  {"any":[...]}  {"not":{}}  groups, at most limits::filter_depth_max deep
//
//   eq, ne            text, number, true, false or null
//   gt, gte, lt, lte  number with number by value, text with text by bytes (so do RFC 3339 times)
//   in                one of a list of what eq takes
//   prefix            text that begins so
//   contains          text that holds this text, or a list that holds this value
//   exists            true or false: whether the field is there, null or not
//
// A field that is not there meets no condition but `exists: false`, not even `ne`; nor does a value
// of another kind meet gt, gte, lt, lte, prefix and contains. `not` turns round what it holds. Pure
// value, shared by copies; thread safety: any thread.
class Filter {
  public:
    Filter() = default;  // empty: lets everything through
    // Errors: invalid_argument, the field naming the place: "filter.all[1].gt"; invalid_json.
    static Result<Filter> parse(std::string_view json);

    bool empty() const noexcept { return root_ == nullptr; }
    // As JSON, as it was written but for white space; empty without one.
    const std::string& text() const noexcept { return text_; }
    // `data`: a JSON document. One that cannot be read is let through: its delivery then fails
    // where people see it, instead of being left out in silence.
    bool matches(std::string_view data) const;

    friend bool operator==(const Filter& a, const Filter& b) noexcept { return a.text_ == b.text_; }

  private:
    std::string text_;
    std::shared_ptr<const detail::FilterNode> root_;
};

}  // namespace assay::notify
