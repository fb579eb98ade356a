// Writes header lines, and takes back those that must not be sent.
// SPDX-License-Identifier: MIT
#include "notify/sign/header_lines.hpp"

#include <algorithm>
#include <array>
#include <cassert>

#include "notify/sign/header_name.hpp"

namespace assay::notify {
namespace {

constexpr std::string_view separator = ": ";
constexpr std::string_view line_end = "\r\n";

constexpr std::array<std::string_view, 9> framing_headers{
    "host",       "content-length", "transfer-encoding", "connection", "te",
    "keep-alive", "trailer",        "upgrade",           "expect"};

bool is_framing(std::string_view name) noexcept {
    return std::any_of(framing_headers.begin(), framing_headers.end(), [&](std::string_view ours) {
        return name.size() == ours.size() && same_header_name(name, ours);
    });
}

}  // namespace

void HeaderLines::add(std::string_view name, std::string_view value) {
    begin(name).append(value);
    end();
}

std::string& HeaderLines::begin(std::string_view name) {
    assert(value_ == line_);
    line_ = text_.size();
    text_.append(name).append(separator);
    value_ = text_.size();
    return text_;
}

void HeaderLines::end() {
    assert(value_ > line_ && text_.size() >= value_);
    const std::string_view line = std::string_view(text_).substr(line_);
    const std::string_view name = line.substr(0, value_ - line_ - separator.size());
    if (!is_header_name(name)) {
        // Not quoted: it may hold line breaks, and ends up in logs.
        refuse({}, "a header's name is empty, too long, or holds a character it must not");
    } else if (!is_header_value(line.substr(value_ - line_))) {
        refuse(name,
               " is too long, or holds a line break, a control character or one beyond ASCII");
    } else if (is_framing(name)) {
        refuse(name, " frames the message and is ours to write");
    } else {
        text_.append(line_end);
    }
    value_ = line_ = text_.size();
}

void HeaderLines::refuse(std::string_view name, std::string why) {
    if (!name.empty()) why = "the header " + std::string(name) + why;
    if (!fault_) fault_ = fail(ErrorCode::invalid_argument, std::move(why), "headers");
    text_.resize(line_);
}

Result<void> HeaderLines::checked() const {
    if (fault_) return *fault_;
    return {};
}

void HeaderLines::clear() noexcept {
    text_.clear();
    line_ = value_ = 0;
    fault_.reset();
}

std::vector<Header> HeaderLines::list() const {
    std::vector<Header> headers;
    std::string_view rest = text_;
    while (!rest.empty()) {
        const std::string_view line = rest.substr(0, rest.find(line_end));
        const std::size_t colon = line.find(separator);  // no name holds a colon
        headers.push_back({std::string(line.substr(0, colon)),
                           std::string(line.substr(colon + separator.size()))});
        rest.remove_prefix(line.size() + line_end.size());
    }
    return headers;
}

}  // namespace assay::notify
