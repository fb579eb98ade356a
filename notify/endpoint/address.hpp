// Which network addresses may be dialled: only what is globally reachable, by the IANA registries.
// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.hpp"

namespace assay::notify {

// An IPv4 or IPv6 address; IPv4 in its mapped form ::ffff:a.b.c.d, so that the mapped spelling of
// an IPv4 address and the address itself are one and the same here.
struct Address {
    std::array<std::uint8_t, 16> bytes{};
    bool is_v4() const noexcept;
    std::string text() const;  // "203.0.113.7", "2001:db8::1"
    friend bool operator==(const Address&, const Address&) = default;
};
// Dotted quads in their one spelling (no 127.1, 0177.0.0.1, 0x7f000001 or 2130706433), and any
// RFC 4291 spelling of IPv6 without brackets and zone.
std::optional<Address> parse_address(std::string_view text) noexcept;

struct Cidr {
    Address base;
    int prefix = 128;  // bits of the 128-bit form
    // IPv4 addresses are in IPv4 blocks only: ::/0 does not hold them.
    bool contains(const Address& address) const noexcept;
    friend bool operator==(const Cidr&, const Cidr&) = default;
};
// "10.0.0.0/8", "fd00::/8", or a single address. Errors: invalid_argument, also when bits behind
// the prefix are set ("10.0.0.1/8": which of the two was meant?).
Result<Cidr> parse_cidr(std::string_view text);

struct SocketAddress {
    Address address;
    std::uint16_t port = 0;
    friend bool operator==(const SocketAddress&, const SocketAddress&) = default;
};

struct AddressPolicy {
    bool allow_loopback = false;  // --allow-insecure-endpoints
    std::vector<Cidr> allowed;    // --allow-endpoint-cidr
    std::vector<SocketAddress>
        own;  // where this server itself listens: never called, allowed or not
};

// Empty: it may be dialled. Else the name of the block that forbids it: "loopback", "private",
// "link local" ... Forbidden is what the registries do not call globally reachable, multicast, the
// cloud's own addresses, and IPv6 beyond 2000::/3. IPv6 forms that embed an IPv4 address: NAT64
// (64:ff9b::/96) and ISATAP are judged by that address; 6to4, Teredo, IPv4-compatible, SIIT and
// local NAT64 are forbidden whatever they embed. The allow-list is about the address itself, never
// about what it embeds. Never allocates; any thread.
std::string_view forbidden_by(const Address& address, const AddressPolicy& policy) noexcept;
// The same for a connection: a port of the server's own is forbidden, too.
std::string_view forbidden_by(const SocketAddress& socket, const AddressPolicy& policy) noexcept;

// Where a server can be reached that listens on `address`: itself, or for 0.0.0.0 and :: every
// address that this machine has now.
std::vector<SocketAddress> sockets_of(const Address& address, std::uint16_t port);

}  // namespace assay::notify
