// Walks a JSON data file and keeps the first fault with its place.
// SPDX-License-Identifier: MIT
#include "engine/analysis/data_file.hpp"

#include <algorithm>
#include <cmath>

#include <boost/json/stream_parser.hpp>

namespace assay::engine {
namespace json = boost::json;

DataNode DataNode::at(std::string_view key) const {
    DataNode node = find(key);
    if (value_ != nullptr && !node.present()) {
        fault("has no member \"" + std::string(key) + "\"");
    }
    return node;
}

DataNode DataNode::find(std::string_view key) const {
    const json::value* found = nullptr;
    if (value_ != nullptr) {
        if (const json::object* object = value_->if_object()) {
            found = object->if_contains(json::string_view(key.data(), key.size()));
        } else {
            fault("is not an object");
        }
    }
    return {*file_, found, pointer_ + "/" + std::string(key)};
}

std::string DataNode::text() const {
    if (value_ == nullptr) return {};
    const json::string* text = value_->if_string();
    if (text == nullptr || text->empty()) {
        fault("is not a text");
        return {};
    }
    return {text->data(), text->size()};
}

std::int64_t DataNode::integer(std::int64_t from, std::int64_t to) const {
    if (value_ == nullptr) return from;
    const std::int64_t* number = value_->if_int64();
    if (number == nullptr || *number < from || *number > to) {
        fault("is not a whole number from " + std::to_string(from) + " to " + std::to_string(to));
        return from;
    }
    return *number;
}

double DataNode::number(double from, double to) const {
    if (value_ == nullptr) return from;
    double number = std::nan("");
    if (const double* fraction = value_->if_double()) number = *fraction;
    if (const std::int64_t* whole = value_->if_int64()) number = static_cast<double>(*whole);
    if (!(number >= from && number <= to)) {
        fault("is not a number from " + std::to_string(from) + " to " + std::to_string(to));
        return from;
    }
    return number;
}

bool DataNode::flag() const {
    if (value_ == nullptr) return false;
    if (const bool* flag = value_->if_bool()) return *flag;
    fault("is not true or false");
    return false;
}

std::size_t DataNode::size() const noexcept {
    const json::array* array = value_ == nullptr ? nullptr : value_->if_array();
    return array == nullptr ? 0 : array->size();
}

void DataNode::for_each_item(const std::function<void(const DataNode&)>& visit) const {
    if (value_ == nullptr) return;
    const json::array* array = value_->if_array();
    if (array == nullptr) return fault("is not an array");
    for (std::size_t i = 0; i < array->size(); ++i) {
        visit(DataNode(*file_, &(*array)[i], pointer_ + "/" + std::to_string(i)));
    }
}

void DataNode::for_each_member(
    const std::function<void(std::string_view, const DataNode&)>& visit) const {
    if (value_ == nullptr) return;
    const json::object* object = value_->if_object();
    if (object == nullptr) return fault("is not an object");
    for (const auto& member : *object) {
        const std::string_view name(member.key().data(), member.key().size());
        visit(name, DataNode(*file_, &member.value(), pointer_ + "/" + std::string(name)));
    }
}

void DataNode::only(std::initializer_list<std::string_view> keys) const {
    for_each_member([&](std::string_view name, const DataNode& member) {
        if (name == "why" || name == "source" || name == "sources" || name == "about") return;
        if (std::find(keys.begin(), keys.end(), name) == keys.end()) {
            member.fault("is not known here");
        }
    });
}

void DataNode::fault(std::string message) const {
    if (file_->fault_) return;
    file_->fault_ = fail(ErrorCode::invalid_input,
                         file_->path_ + ": " + (pointer_.empty() ? "the document" : pointer_) +
                             " " + std::move(message),
                         pointer_);
}

DataFile::DataFile(std::string_view path, std::string_view bytes) : path_(path) {
    json::stream_parser parser;
    json::error_code code;
    const std::size_t read = parser.write_some(bytes.data(), bytes.size(), code);
    if (!code) parser.finish(code);
    std::string_view rest = bytes.substr(std::min(read, bytes.size()));
    const bool more = rest.find_first_not_of(" \t\r\n") != std::string_view::npos;
    if (code || more) {
        Error error =
            fail(ErrorCode::invalid_input,
                 path_ + ": is not JSON: " + (code ? code.message() : "text after its end"));
        const std::string_view before = bytes.substr(0, std::min(read, bytes.size()));
        error.line = 1 + static_cast<std::uint64_t>(std::count(before.begin(), before.end(), '\n'));
        fault_ = std::move(error);
        return;
    }
    value_ = parser.release();
}

Result<void> DataFile::finish() const {
    if (fault_) return *fault_;
    return {};
}

}  // namespace assay::engine
