// JSON bodies of the API: parsed strictly, read member by member, with nothing left unread.
// SPDX-License-Identifier: MIT
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.hpp"

namespace assay::tools {

// Refuses what two parsers might read differently: a name twice in one object, bytes that are not
// UTF-8, depth over 32, anything behind the document. Errors: invalid_json, duplicate_key.
Result<boost::json::value> parse_json(std::string_view text);

// parse_json, and the document is an object; an empty body and `null` are an empty one.
Result<boost::json::object> parse_json_object(std::string_view text);

// Reads the members of one object. The first fault is kept, and what is read after it is empty:
// check finish() at the end, which also refuses members that nobody asked for and lists those that
// somebody did. Not thread-safe; the object outlives it.
class MemberReader {
  public:
    explicit MemberReader(const boost::json::object& object, std::string path = {});

    std::optional<std::string> text(std::string_view name, std::size_t bytes_max);
    std::optional<bool> boolean(std::string_view name);
    std::optional<std::int64_t> integer(std::string_view name, std::int64_t min, std::int64_t max);
    std::optional<double> number(std::string_view name, double min, double max);
    std::optional<std::vector<std::string>> texts(std::string_view name, std::size_t items_max,
                                                  std::size_t bytes_max);
    // Whether the member is there and null: in a change it clears what was set.
    bool clears(std::string_view name);
    const boost::json::object* object(std::string_view name);
    const boost::json::array* array(std::string_view name, std::size_t items_max);

    std::string path_of(std::string_view name) const;  // "overrides.retry"
    void refuse(std::string_view name, std::string message, std::string remedy = {});
    void refuse(Error error);
    Result<void> finish();

  private:
    const boost::json::value* find(std::string_view name);

    const boost::json::object& object_;
    std::string path_;
    std::vector<std::string> known_;
    std::optional<Error> fault_;
};

}  // namespace assay::tools
