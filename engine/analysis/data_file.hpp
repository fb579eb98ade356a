// Reads one JSON data file with faults that name file and place.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json/value.hpp>

#include "engine/base/result.hpp"

namespace assay::engine {

class DataFile;

// A place in a data file. Reading never fails at once: the first fault is kept in the file and a
// harmless value is returned, so that a reader is written straight down and asks finish() at the
// end. The file outlives its nodes. One thread.
class DataNode {
  public:
    bool present() const noexcept { return value_ != nullptr; }
    // A member that must be there, and one that may be absent.
    DataNode at(std::string_view key) const;
    DataNode find(std::string_view key) const;

    std::string text() const;  // not empty
    std::int64_t integer(std::int64_t from, std::int64_t to) const;
    double number(double from, double to) const;
    bool flag() const;                  // false where it is absent
    std::size_t size() const noexcept;  // of an array; 0 where it is none

    void for_each_item(const std::function<void(const DataNode&)>& visit) const;
    void for_each_member(const std::function<void(std::string_view, const DataNode&)>& visit) const;

    // Refuses members beside `keys`; `why`, `source`, `sources` and `about` are allowed everywhere,
    // since every value of data/ says where it comes from.
    void only(std::initializer_list<std::string_view> keys) const;
    void fault(std::string message) const;

  private:
    friend class DataFile;
    DataNode(DataFile& file, const boost::json::value* value, std::string pointer)
        : file_(&file), value_(value), pointer_(std::move(pointer)) {}

    DataFile* file_;
    const boost::json::value* value_;
    std::string pointer_;
};

class DataFile {
  public:
    DataFile(std::string_view path, std::string_view bytes);
    DataFile(const DataFile&) = delete;
    DataFile& operator=(const DataFile&) = delete;

    DataNode root() { return {*this, fault_ ? nullptr : &value_, {}}; }
    // The first fault: invalid_input, with "<path>: ..." and the JSON pointer as field.
    Result<void> finish() const;

  private:
    friend class DataNode;
    std::string path_;
    boost::json::value value_;
    std::optional<Error> fault_;
};

}  // namespace assay::engine
