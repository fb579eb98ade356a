// The head of a request, line by line, against RFC 9112 without its leniencies.
// SPDX-License-Identifier: MIT
#include "tools/api/request_rules.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "engine/base/ascii.hpp"
#include "engine/base/limits.hpp"

namespace assay::tools {
namespace {

HttpRefusal bad(std::string message) {
    return {400, "bad_request", std::move(message)};
}

constexpr char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

constexpr std::array<bool, 256> make_token_characters() {
    std::array<bool, 256> table{};
    for (char c = '0'; c <= '9'; ++c)
        table[static_cast<unsigned char>(c)] = true;
    for (char c = 'a'; c <= 'z'; ++c)
        table[static_cast<unsigned char>(c)] = true;
    for (char c = 'A'; c <= 'Z'; ++c)
        table[static_cast<unsigned char>(c)] = true;
    for (const char c : std::string_view("!#$%&'*+-.^_`|~"))
        table[static_cast<unsigned char>(c)] = true;
    return table;
}
constexpr auto token_characters = make_token_characters();

constexpr std::array<std::string_view, 7> known_methods{"GET",   "HEAD",   "POST",   "PUT",
                                                        "PATCH", "DELETE", "OPTIONS"};

std::string_view trim(std::string_view text) noexcept {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
        text.remove_suffix(1);
    return text;
}

// host[:port], the characters of RFC 3986 without user info.
bool is_host(std::string_view text) noexcept {
    if (text.empty()) return false;
    return std::all_of(text.begin(), text.end(), [](char c) {
        return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
               c == '.' || c == '_' || c == ':' || c == '[' || c == ']';
    });
}

// The path with its escapes undone, only to look for what may not be in it.
std::optional<HttpRefusal> check_path(std::string_view path) {
    std::string plain;
    for (std::size_t i = 0; i < path.size(); ++i) {
        char c = path[i];
        if (c == '%') {
            const int high = i + 2 < path.size() ? hex_value(path[i + 1]) : -1;
            const int low = high >= 0 ? hex_value(path[i + 2]) : -1;
            if (low < 0) return bad("the target has a broken percent escape");
            c = static_cast<char>(high * 16 + low);
            i += 2;
            if (c == '/' || c == '\\') return bad("the target hides a separator in an escape");
        }
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
            return bad("the target hides a control character in an escape");
        plain += c;
    }
    plain += '/';
    if (plain.find("/../") != std::string::npos || plain.find("/./") != std::string::npos)
        return bad("the target climbs with dots");
    return std::nullopt;
}

std::optional<HttpRefusal> read_target(std::string_view target, HttpRequest& request,
                                       std::string_view& authority) {
    for (const char c : target) {
        if (c < 0x21 || c > 0x7e || c == '#' || c == '\\')
            return bad("the target has a character that must be escaped");
    }
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (target.size() > scheme.size() &&
            equal_ignoring_case(target.substr(0, scheme.size()), scheme)) {
            target.remove_prefix(scheme.size());
            const std::size_t slash = std::min(target.find_first_of("/?"), target.size());
            authority = target.substr(0, slash);
            target.remove_prefix(slash);
            if (!is_host(authority)) return bad("the target names no host");
            if (target.empty()) target = "/";
        }
    }
    if (target.empty() || target.front() != '/') return bad("the target must begin with '/'");
    const std::size_t mark = std::min(target.find('?'), target.size());
    request.target = target;
    request.path = target.substr(0, mark);
    request.query = mark < target.size() ? target.substr(mark + 1) : std::string_view{};
    return check_path(request.path);
}

std::optional<HttpRefusal> read_request_line(std::string_view line, HttpRequest& request,
                                             std::string_view& authority) {
    const std::size_t first = line.find(' ');
    const std::size_t last = line.rfind(' ');
    if (first == std::string_view::npos || first == last) return bad("the request line is broken");
    const std::string_view method = line.substr(0, first);
    const std::string_view version = line.substr(last + 1);
    if (std::find(known_methods.begin(), known_methods.end(), method) == known_methods.end())
        return bad("the method is not one of GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
    if (version != "HTTP/1.1" && version != "HTTP/1.0") return bad("the version is not HTTP/1.1");
    request.method = method;
    request.minor_version = version.back() - '0';
    return read_target(line.substr(first + 1, last - first - 1), request, authority);
}

std::optional<HttpRefusal> read_field(std::string_view line, HttpRequest& request) {
    if (line.front() == ' ' || line.front() == '\t') return bad("a header line is folded");
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || !is_token(line.substr(0, colon)))
        return bad("a header line has no valid name");
    const std::string_view value = trim(line.substr(colon + 1));
    if (!is_field_value(value)) return bad("a header value has a control character");
    request.fields.push_back({std::string(line.substr(0, colon)), std::string(value)});
    return std::nullopt;
}

std::optional<HttpRefusal> check_host(const HttpRequest& request, std::string_view authority) {
    std::size_t hosts = 0;
    for (const HttpField& field : request.fields) {
        if (!equal_ignoring_case(field.name, "host")) continue;
        ++hosts;
        if (!is_host(field.value)) return bad("the Host is not a host name");
        if (!authority.empty() && !equal_ignoring_case(authority, field.value))
            return bad("the Host and the target's host differ");
    }
    if (hosts > 1) return bad("there are two Hosts");
    if (hosts == 0 && request.minor_version == 1) return bad("there is no Host");
    return std::nullopt;
}

std::optional<HttpRefusal> check_framing(HttpRequest& request) {
    std::size_t encodings = 0;
    std::size_t lengths = 0;
    for (const HttpField& field : request.fields) {
        if (equal_ignoring_case(field.name, "transfer-encoding")) {
            ++encodings;
            if (!equal_ignoring_case(field.value, "chunked"))
                return bad("the only Transfer-Encoding taken is chunked");
        } else if (equal_ignoring_case(field.name, "content-length")) {
            ++lengths;
            std::uint64_t length = 0;
            const char* end = field.value.data() + field.value.size();
            const auto [stop, error] = std::from_chars(field.value.data(), end, length);
            if (field.value.empty() || field.value.size() > 18 || error != std::errc{} ||
                stop != end)
                return bad("the Content-Length is not one plain number");
            request.content_length = length;
        }
    }
    if (encodings > 1) return bad("there are two Transfer-Encodings");
    if (lengths > 1) return bad("there are two Content-Lengths");
    if (encodings == 1 && lengths == 1)
        return bad("Transfer-Encoding and Content-Length exclude each other");
    if (encodings == 1 && request.minor_version == 0)
        return bad("HTTP/1.0 has no Transfer-Encoding");
    request.chunked = encodings == 1;
    return std::nullopt;
}

// Whether a comma-separated list names `token`.
bool lists(std::string_view list, std::string_view token) noexcept {
    while (!list.empty()) {
        const std::size_t comma = std::min(list.find(','), list.size());
        if (equal_ignoring_case(trim(list.substr(0, comma)), token)) return true;
        list.remove_prefix(std::min(comma + 1, list.size()));
    }
    return false;
}

std::optional<HttpRefusal> read_connection(HttpRequest& request) {
    request.keep_alive = request.minor_version == 1;
    bool close = false;
    for (const HttpField& field : request.fields) {
        if (equal_ignoring_case(field.name, "connection")) {
            close = close || lists(field.value, "close");
            if (lists(field.value, "keep-alive")) request.keep_alive = true;
        } else if (equal_ignoring_case(field.name, "expect")) {
            if (!equal_ignoring_case(field.value, "100-continue"))
                return HttpRefusal{417, "expectation_failed",
                                   "the only expectation met is 100-continue"};
            request.expects_continue = request.minor_version == 1;
        }
    }
    if (close) request.keep_alive = false;
    return std::nullopt;
}

}  // namespace

bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return lower(x) == lower(y); });
}

bool is_token(std::string_view text) noexcept {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return token_characters[static_cast<unsigned char>(c)];
    });
}

bool is_field_value(std::string_view text) noexcept {
    return std::all_of(text.begin(), text.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return (byte >= 0x20 && byte != 0x7f) || byte == '\t';
    });
}

bool is_allowed_in_trailer(std::string_view name) noexcept {
    static constexpr std::array<std::string_view, 9> refused{
        "content-length",   "transfer-encoding", "host",    "authorization",  "content-type",
        "content-encoding", "content-range",     "trailer", "idempotency-key"};
    return std::none_of(refused.begin(), refused.end(), [name](std::string_view other) {
        return equal_ignoring_case(name, other);
    });
}

std::optional<HttpRefusal> read_request_head(std::string_view head, HttpRequest& request) {
    request = HttpRequest{};
    std::string_view authority;
    bool first = true;
    while (true) {
        const std::size_t end = head.find("\r\n");
        if (end == std::string_view::npos) return bad("the head does not end");
        const std::string_view line = head.substr(0, end);
        head.remove_prefix(end + 2);
        if (line.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos)
            return bad("a header line has a bare CR, LF or NUL");
        if (line.empty()) break;
        if (!first && request.fields.size() == limits::request_fields_max)
            return HttpRefusal{431, "too_many_fields",
                               "the request has more than 100 header fields"};
        auto refusal =
            first ? read_request_line(line, request, authority) : read_field(line, request);
        if (refusal) return refusal;
        first = false;
    }
    if (first) return bad("the request line is empty");
    if (!head.empty()) return bad("the head goes on behind its end");
    if (auto refusal = check_host(request, authority)) return refusal;
    if (auto refusal = check_framing(request)) return refusal;
    return read_connection(request);
}

}  // namespace assay::tools
