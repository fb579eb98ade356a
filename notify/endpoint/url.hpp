// Endpoint URLs: one strict parser, at registration and before every connection.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.hpp"
#include "notify/endpoint/address.hpp"

namespace assay::notify {

struct Url {
    bool https = true;
    std::string host;  // lower-case name, dotted quad, or IPv6 (RFC 5952) without brackets
    bool host_is_ip = false;
    std::uint16_t port = 443;
    std::string target;               // path and query as they were written, at least "/"
    std::string origin() const;       // "https://host:port", the key of pools and shards
    std::string host_header() const;  // host with brackets and port where they are needed
    friend bool operator==(const Url&, const Url&) = default;
};

struct UrlPolicy {
    bool allow_http = false;      // --allow-insecure-endpoints
    bool allow_loopback = false;  // the same switch: localhost and loopback literals
    // --allow-endpoint-cidr. Address literals outside it are judged by forbidden_by() already here,
    // so that the user hears of it at registration; names are judged when they are resolved.
    std::vector<Cidr> allowed_cidrs{};
};

// Takes `https://host[:port][/path][?query]` and refuses whatever two parsers could read in two
// ways: user info, fragments, control characters, spaces, bytes beyond ASCII, backslashes,
// %-encoded hosts, dot segments (also as %2e), odd IPv4 spellings (127.1, 0x7f.1, 2130706433),
// names that are no LDH or punycode, trailing dots, ports with a sign or leading zeros. Also
// refused: well-known service ports, other ports under 1024, address literals that must not be
// dialled, more than limits::url_bytes_max. Errors: invalid_argument on field "url", saying which
// rule and how to mend it.
Result<Url> parse_url(std::string_view text, const UrlPolicy& policy);

// The origin of an endpoint's URL, to find its shard or its connections by. Judges neither scheme
// nor address: nothing is dialled by what it gives. Errors: as parse_url.
Result<std::string> origin_of(std::string_view text);

}  // namespace assay::notify
