// Writes request heads, checking every header once more.
// SPDX-License-Identifier: MIT
#include "notify/http/request_head.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "notify/endpoint/endpoint.hpp"

namespace assay::notify {
namespace {

constexpr std::array<std::string_view, 9> framing_headers{
    "host",       "content-length", "transfer-encoding", "connection", "te",
    "keep-alive", "trailer",        "upgrade",           "expect"};

char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

bool is_framing(std::string_view name) noexcept {
    return std::any_of(framing_headers.begin(), framing_headers.end(), [&](std::string_view ours) {
        return name.size() == ours.size() &&
               std::equal(name.begin(), name.end(), ours.begin(),
                          [](char a, char b) { return lower(a) == b; });
    });
}

// parse_url() lets none of this through; a request line is too dear to rest on one check.
bool is_plain(std::string_view text) noexcept {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return static_cast<unsigned char>(c) > 0x20 && static_cast<unsigned char>(c) < 0x7f;
    });
}

}  // namespace

std::string request_prefix(const Url& url) {
    const std::string host = url.host_header();
    if (!is_plain(url.target) || url.target.front() != '/' || !is_plain(host)) return {};
    return "POST " + url.target + " HTTP/1.1\r\nHost: " + host +
           "\r\nAccept-Encoding: identity\r\n";
}

Result<void> write_request_head(const std::string& prefix, const SignedRequest& request,
                                std::string& out) {
    if (prefix.empty()) return fail(ErrorCode::invalid_argument, "the URL cannot be written");
    out = prefix;
    for (const Header& header : request.headers) {
        if (Result<void> checked = check_header_syntax(header); !checked) return checked;
        if (is_framing(header.name)) {
            return fail(ErrorCode::invalid_argument,
                        "the header " + header.name + " frames the message and is ours to write",
                        "headers");
        }
        out += header.name;
        out += ": ";
        out += header.value;
        out += "\r\n";
    }
    out += "Content-Length: ";
    std::array<char, 20> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(),
                                   request.body ? request.body->size() : 0);
    out.append(digits.data(), end.ptr);
    out += "\r\n\r\n";
    return {};
}

}  // namespace assay::notify
