// Writes request heads: the prepared beginning, and what is one request's alone.
// SPDX-License-Identifier: MIT
#include "notify/http/request_head.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace assay::notify {
namespace {

// parse_url() lets none of this through; a request line is too dear to rest on one check.
bool is_plain(std::string_view text) noexcept {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return static_cast<unsigned char>(c) > 0x20 && static_cast<unsigned char>(c) < 0x7f;
    });
}

}  // namespace

Result<std::string> request_prefix(const Url& url, const HeaderLines& headers) {
    const std::string host = url.host_header();
    if (!is_plain(url.target) || url.target.front() != '/' || !is_plain(host)) {
        return fail(ErrorCode::invalid_argument, "the URL cannot be written");
    }
    if (Result<void> checked = headers.checked(); !checked) return std::move(checked).error();
    return "POST " + url.target + " HTTP/1.1\r\nHost: " + host +
           "\r\nAccept-Encoding: identity\r\n" + headers.text();
}

Result<void> write_request_head(std::string_view prefix, const SignedRequest& request,
                                std::string& out) {
    if (Result<void> checked = request.headers.checked(); !checked) return checked;
    std::array<char, 20> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(),
                                   request.body ? request.body->size() : 0);
    out.assign(prefix).append(request.headers.text()).append("Content-Length: ");
    out.append(digits.data(), end.ptr).append("\r\n\r\n");
    return {};
}

}  // namespace assay::notify
