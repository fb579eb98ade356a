// The URL parser: bytes first, then the parts (Boost.URL), then our rules on each part.
// SPDX-License-Identifier: MIT
#include "notify/endpoint/url.hpp"

#include <algorithm>
#include <array>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <optional>

#include "engine/base/limits.hpp"

namespace assay::notify {
namespace {

namespace urls = boost::urls;

constexpr std::size_t name_characters_max = 253;
constexpr std::size_t label_characters_max = 63;

// Services from 1024 up that speak no webhooks, and on which a stray request does harm: databases,
// queues, consoles, remote desktops, chat. Sorted. Below 1024 only 80 and 443 are taken.
constexpr std::array<std::uint16_t, 49> service_ports{
    1080, 1433, 1434, 1521,  1723,  1883,  2049,  2181,  2375,  2376, 2379, 2380, 3128,
    3268, 3269, 3306, 3389,  4369,  5060,  5061,  5432,  5671,  5672, 5900, 5901, 5984,
    6000, 6379, 6443, 6566,  6665,  6666,  6667,  6668,  6669,  6697, 7001, 8086, 9042,
    9092, 9200, 9300, 10250, 10255, 11211, 27017, 27018, 27019, 28017};
static_assert(std::is_sorted(service_ports.begin(), service_ports.end()));

Error refused(std::string message, std::string remedy) {
    return fail(ErrorCode::invalid_argument, std::move(message), "url", std::move(remedy));
}

char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string lower_case(std::string_view text) {
    std::string copy(text);
    std::transform(copy.begin(), copy.end(), copy.begin(), lower);
    return copy;
}

bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

// What may not stand anywhere; said before the parser says something vaguer.
Result<void> check_bytes(std::string_view text) {
    if (text.empty()) return refused("the URL is empty", "write https://host/path");
    if (text.size() > limits::url_bytes_max) {
        return refused("the URL is longer than " + std::to_string(limits::url_bytes_max) + " bytes",
                       "shorten its path or query");
    }
    for (const char c : text) {
        if (static_cast<unsigned char>(c) >= 0x80) {
            return refused("the URL holds a character beyond ASCII",
                           "write names in punycode (xn--...) and %-encode paths");
        }
        if (c <= 0x20 || c == 0x7f) {
            return refused("the URL holds a space or control character", "remove it");
        }
        if (c == '\\') return refused("the URL holds a backslash", "write a slash");
        if (c == '#') return refused("the URL has a fragment (#...)", "remove it");
    }
    return {};
}

// The authority, between "//" and the next slash or question mark.
Result<std::string_view> find_authority(std::string_view text, const UrlPolicy& policy,
                                        bool& https) {
    const std::size_t colon = text.find(':');
    const std::string scheme = lower_case(text.substr(0, colon));
    if (colon == std::string_view::npos || (scheme != "https" && scheme != "http")) {
        return refused("the URL does not begin with https://", "write https://host/path");
    }
    https = scheme == "https";
    if (!https && !policy.allow_http) {
        return refused("http:// is refused: anybody on the way could read the products",
                       "use https://, or start the server with --allow-insecure-endpoints");
    }
    const std::string_view rest = text.substr(colon + 1);
    if (!rest.starts_with("//") || rest.starts_with("///")) {
        return refused("the scheme is not followed by exactly two slashes", "write https://host");
    }
    const std::string_view after = rest.substr(2);
    const std::string_view authority = after.substr(0, after.find_first_of("/?"));
    if (authority.find('@') != std::string_view::npos) {
        return refused("the URL holds a user name or password (an @ before the path)",
                       "put credentials into a custom header");
    }
    if (authority.find('%') != std::string_view::npos) {
        return refused("the host is %-encoded or has a zone", "write it in plain characters");
    }
    return authority;
}

struct HostAndPort {
    std::string_view host;                 // an IPv6 literal with its brackets
    std::optional<std::string_view> port;  // what follows the colon, if there is one
};

HostAndPort split_authority(std::string_view authority) noexcept {
    const std::size_t bracket = authority.rfind(']');
    const std::size_t colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
    if (colon == std::string_view::npos) return {authority, std::nullopt};
    return {authority.substr(0, colon), authority.substr(colon + 1)};
}

std::string_view view_of(urls::string_view text) noexcept {
    return {text.data(), text.size()};
}

Result<std::uint16_t> read_port(std::string_view digits) {
    const bool plain = !digits.empty() && digits.size() <= 5 && digits.front() != '0' &&
                       std::all_of(digits.begin(), digits.end(), is_digit);
    unsigned port = 0;
    for (const char c : plain ? digits : std::string_view{})
        port = port * 10 + static_cast<unsigned>(c - '0');
    if (port < 1 || port > 65'535) {
        return refused("the port is not a plain number from 1 to 65535",
                       "leave it out, colon included, for 443");
    }
    const auto number = static_cast<std::uint16_t>(port);
    const bool low = number < 1'024 && number != 80 && number != 443;
    if (low || std::binary_search(service_ports.begin(), service_ports.end(), number)) {
        return refused("port " + std::to_string(number) + " belongs to another service",
                       "use 443, 80, or a port from 1024 up that is no well-known service's");
    }
    return number;
}

// What browsers take for an IPv4 address: a last label of digits only, or one after 0x.
bool ends_in_number(std::string_view name) noexcept {
    const std::size_t dot = name.rfind('.');
    const std::string_view last = dot == std::string_view::npos ? name : name.substr(dot + 1);
    if (!last.empty() && std::all_of(last.begin(), last.end(), is_digit)) return true;
    return last.starts_with("0x") && std::all_of(last.begin() + 2, last.end(), [](char c) {
               return is_digit(c) || (c >= 'a' && c <= 'f');
           });
}

// Letters, digits and hyphens, no hyphen at either end; punycode labels with something in them.
bool is_label(std::string_view label) noexcept {
    if (label.empty() || label.size() > label_characters_max) return false;
    if (label.front() == '-' || label.back() == '-') return false;
    if (label == "xn--") return false;
    return std::all_of(label.begin(), label.end(),
                       [](char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || c == '-'; });
}

Result<void> check_name(std::string_view name, const UrlPolicy& policy) {
    if (name.ends_with('.')) {
        return refused("the host ends in a dot", "write the name without it");
    }
    if (name.size() > name_characters_max) {
        return refused("the host is longer than 253 characters", "use a shorter name");
    }
    std::string_view rest = name;
    while (true) {
        const std::size_t dot = rest.find('.');
        if (!is_label(rest.substr(0, dot))) {
            return refused("the host is no name of letters, digits and hyphens",
                           "write labels of 1 to 63 such characters, other scripts in punycode");
        }
        if (dot == std::string_view::npos) break;
        rest.remove_prefix(dot + 1);
    }
    const bool local = name == "localhost" || name.ends_with(".localhost");
    if (local && !policy.allow_loopback) {
        return refused("localhost is refused: it is this server itself",
                       "use a public host, or start the server with --allow-insecure-endpoints");
    }
    return {};
}

Result<void> check_literal(const Address& address, const UrlPolicy& policy) {
    const AddressPolicy rules{policy.allow_loopback, policy.allowed_cidrs, {}};
    const std::string_view block = forbidden_by(address, rules);
    if (block.empty()) return {};
    return refused(
        "the address " + address.text() + " must not be called (" + std::string(block) + ")",
        block == "loopback"
            ? "use a public host, or start the server with --allow-insecure-endpoints"
            : "use a public host, or allow it with --allow-endpoint-cidr");
}

Result<void> read_host(std::string_view text, const UrlPolicy& policy, Url& url) {
    if (text.empty()) return refused("the URL has no host", "write https://host/path");
    if (text.front() == '[') {
        const bool closed = text.size() > 2 && text.back() == ']';
        const auto address = closed ? parse_address(text.substr(1, text.size() - 2)) : std::nullopt;
        if (!address || text.find(':') == std::string_view::npos) {
            return refused("what stands in brackets is no IPv6 address", "write it like [2001:..]");
        }
        if (address->is_v4()) {
            return refused("the host is an IPv4 address in an IPv6 spelling",
                           "write " + address->text());
        }
        url.host_is_ip = true;
        url.host = address->text();
        return check_literal(*address, policy);
    }
    url.host = lower_case(text);
    if (!ends_in_number(url.host)) return check_name(url.host, policy);
    const auto address = parse_address(url.host);
    if (!address) {
        return refused("the host reads as an IPv4 address in an odd spelling",
                       "write four decimal numbers without leading zeros, or a name");
    }
    url.host_is_ip = true;
    return check_literal(*address, policy);
}

// A segment of one or two dots, however they are written, is resolved by some parsers.
bool has_dot_segment(std::string_view path) {
    while (true) {
        const std::size_t slash = path.find('/');
        std::string_view segment = path.substr(0, slash);
        int dots = 0;
        while (!segment.empty()) {
            if (segment.front() == '.') {
                segment.remove_prefix(1);
            } else if (segment.starts_with("%2e") || segment.starts_with("%2E")) {
                segment.remove_prefix(3);
            } else {
                break;
            }
            ++dots;
        }
        if (segment.empty() && (dots == 1 || dots == 2)) return true;
        if (slash == std::string_view::npos) return false;
        path.remove_prefix(slash + 1);
    }
}

}  // namespace

std::string Url::origin() const {
    const bool v6 = host_is_ip && host.find(':') != std::string::npos;
    return (https ? "https://" : "http://") + (v6 ? "[" + host + "]" : host) + ":" +
           std::to_string(port);
}

std::string Url::host_header() const {
    const bool v6 = host_is_ip && host.find(':') != std::string::npos;
    const std::string text = v6 ? "[" + host + "]" : host;
    return port == (https ? 443 : 80) ? text : text + ":" + std::to_string(port);
}

Result<Url> parse_url(std::string_view text, const UrlPolicy& policy) {
    if (const Result<void> bytes = check_bytes(text); !bytes) return bytes.error();
    Url url;
    const Result<std::string_view> authority = find_authority(text, policy, url.https);
    if (!authority) return authority.error();
    const HostAndPort split = split_authority(*authority);
    if (const Result<void> host = read_host(split.host, policy, url); !host) return host.error();
    url.port = url.https ? 443 : 80;
    if (split.port) {
        const Result<std::uint16_t> port = read_port(*split.port);
        if (!port) return port.error();
        url.port = *port;
    }
    const auto parsed = urls::parse_uri(urls::string_view(text.data(), text.size()));
    if (!parsed || !parsed->has_authority()) {
        return refused("the URL holds a character that has no place there",
                       "%-encode quotes, brackets and the like in path and query");
    }
    // Two readings of the same bytes must agree on where host and port end.
    if (view_of(parsed->encoded_host()) != split.host ||
        view_of(parsed->port()) != split.port.value_or("")) {
        return refused("the URL can be read in two ways", "write https://host/path");
    }
    if (has_dot_segment(view_of(parsed->encoded_path()))) {
        return refused("the path holds a . or .. segment", "write the path it stands for");
    }
    url.target = view_of(parsed->encoded_target());
    if (!url.target.starts_with('/')) url.target.insert(0, 1, '/');
    return url;
}

Result<std::string> origin_of(std::string_view text) {
    static const UrlPolicy anything{true, true, {Cidr{{}, 0}, *parse_cidr("0.0.0.0/0")}};
    const Result<Url> url = parse_url(text, anything);
    if (!url) return url.error();
    return url->origin();
}

}  // namespace assay::notify
