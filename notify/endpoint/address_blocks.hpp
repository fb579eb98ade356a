// The special-purpose address blocks of the IANA registries, as facts. Private to notify/endpoint.
// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "notify/endpoint/address.hpp"

namespace assay::notify {

struct AddressBlock {
    Cidr cidr;
    bool reachable = false;  // globally, by the registry; blank and "N/A" count as no
    std::string_view name;   // shown to users
};

constexpr Cidr v4(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d, int prefix) {
    return {{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, a, b, c, d}}, 96 + prefix};
}

// The eight groups as they are written between colons.
constexpr Cidr v6(const std::array<std::uint16_t, 8>& groups, int prefix) {
    Cidr cidr{{}, prefix};
    for (std::size_t i = 0; i < groups.size(); ++i) {
        cidr.base.bytes[2 * i] = static_cast<std::uint8_t>(groups[i] >> 8);
        cidr.base.bytes[2 * i + 1] = static_cast<std::uint8_t>(groups[i] & 0xff);
    }
    return cidr;
}

// IANA IPv4 and IPv6 Special-Purpose Address Registries (iana.org/assignments/
// iana-ipv4-special-registry and iana-ipv6-special-registry), as of 2026-07-18, every row; and
// what else must not be dialled, marked "not IANA's". The longest matching prefix decides, so the
// order is only for the reader.
inline constexpr std::array address_blocks{
    AddressBlock{v4(0, 0, 0, 0, 8), false, "this network"},
    AddressBlock{v4(10, 0, 0, 0, 8), false, "private"},
    AddressBlock{v4(100, 64, 0, 0, 10), false, "shared address space"},
    AddressBlock{v4(127, 0, 0, 0, 8), false, "loopback"},
    AddressBlock{v4(169, 254, 0, 0, 16), false, "link local"},
    AddressBlock{v4(172, 16, 0, 0, 12), false, "private"},
    AddressBlock{v4(192, 0, 0, 0, 24), false, "protocol assignments"},
    AddressBlock{v4(192, 0, 0, 0, 29), false, "service continuity"},
    AddressBlock{v4(192, 0, 0, 8, 32), false, "dummy address"},
    AddressBlock{v4(192, 0, 0, 9, 32), true, "port control protocol anycast"},
    AddressBlock{v4(192, 0, 0, 10, 32), true, "relay anycast"},
    AddressBlock{v4(192, 0, 0, 170, 31), false, "nat64 discovery"},
    AddressBlock{v4(192, 0, 2, 0, 24), false, "documentation"},
    AddressBlock{v4(192, 31, 196, 0, 24), true, "as112"},
    AddressBlock{v4(192, 52, 193, 0, 24), true, "amt"},
    AddressBlock{v4(192, 88, 99, 0, 24), false, "6to4 relay anycast"},  // deprecated: blank
    AddressBlock{v4(192, 88, 99, 2, 32), false, "6a44 relay anycast"},
    AddressBlock{v4(192, 168, 0, 0, 16), false, "private"},
    AddressBlock{v4(192, 175, 48, 0, 24), true, "as112"},
    AddressBlock{v4(198, 18, 0, 0, 15), false, "benchmarking"},
    AddressBlock{v4(198, 51, 100, 0, 24), false, "documentation"},
    AddressBlock{v4(203, 0, 113, 0, 24), false, "documentation"},
    AddressBlock{v4(240, 0, 0, 0, 4), false, "reserved"},
    AddressBlock{v4(255, 255, 255, 255, 32), false, "broadcast"},
    // Not IANA's special registry: RFC 5771, and the address at which Azure answers its guests.
    AddressBlock{v4(224, 0, 0, 0, 4), false, "multicast"},
    AddressBlock{v4(168, 63, 129, 16, 32), false, "cloud platform"},

    AddressBlock{v6({0, 0, 0, 0, 0, 0, 0, 1}, 128), false, "loopback"},
    AddressBlock{v6({0, 0, 0, 0, 0, 0, 0, 0}, 128), false, "unspecified"},
    // RFC 6052: judged by the IPv4 address inside. RFC 8215: local, and not reachable.
    AddressBlock{v6({0x64, 0xff9b, 0, 0, 0, 0, 0, 0}, 96), true, "nat64"},
    AddressBlock{v6({0x64, 0xff9b, 1, 0, 0, 0, 0, 0}, 48), false, "local nat64"},
    AddressBlock{v6({0x100, 0, 0, 0, 0, 0, 0, 0}, 64), false, "discard only"},
    AddressBlock{v6({0x100, 0, 0, 1, 0, 0, 0, 0}, 64), false, "dummy prefix"},
    AddressBlock{v6({0x2001, 0, 0, 0, 0, 0, 0, 0}, 23), false, "protocol assignments"},
    AddressBlock{v6({0x2001, 0, 0, 0, 0, 0, 0, 0}, 32), false, "teredo"},
    AddressBlock{v6({0x2001, 1, 0, 0, 0, 0, 0, 1}, 128), true, "port control protocol anycast"},
    AddressBlock{v6({0x2001, 1, 0, 0, 0, 0, 0, 2}, 128), true, "relay anycast"},
    AddressBlock{v6({0x2001, 1, 0, 0, 0, 0, 0, 3}, 128), true, "service registration anycast"},
    AddressBlock{v6({0x2001, 2, 0, 0, 0, 0, 0, 0}, 48), false, "benchmarking"},
    AddressBlock{v6({0x2001, 3, 0, 0, 0, 0, 0, 0}, 32), true, "amt"},
    AddressBlock{v6({0x2001, 4, 0x112, 0, 0, 0, 0, 0}, 48), true, "as112"},
    AddressBlock{v6({0x2001, 0x10, 0, 0, 0, 0, 0, 0}, 28), false, "orchid"},  // deprecated: blank
    AddressBlock{v6({0x2001, 0x20, 0, 0, 0, 0, 0, 0}, 28), true, "orchid v2"},
    AddressBlock{v6({0x2001, 0x30, 0, 0, 0, 0, 0, 0}, 28), true, "drone remote id"},
    AddressBlock{v6({0x2001, 0xdb8, 0, 0, 0, 0, 0, 0}, 32), false, "documentation"},
    AddressBlock{v6({0x2002, 0, 0, 0, 0, 0, 0, 0}, 16), false, "6to4"},  // N/A
    AddressBlock{v6({0x2620, 0x4f, 0x8000, 0, 0, 0, 0, 0}, 48), true, "as112"},
    AddressBlock{v6({0x3fff, 0, 0, 0, 0, 0, 0, 0}, 20), false, "documentation"},
    AddressBlock{v6({0x5f00, 0, 0, 0, 0, 0, 0, 0}, 16), false, "segment routing"},
    AddressBlock{v6({0xfc00, 0, 0, 0, 0, 0, 0, 0}, 7), false, "unique local"},
    AddressBlock{v6({0xfe80, 0, 0, 0, 0, 0, 0, 0}, 10), false, "link local"},
    // Not IANA's special registry: RFC 3879, RFC 4291, RFC 7915; and 2000::/3, the only part of
    // IPv6 that has been given out as global unicast.
    AddressBlock{v6({0xfec0, 0, 0, 0, 0, 0, 0, 0}, 10), false, "site local"},
    AddressBlock{v6({0xff00, 0, 0, 0, 0, 0, 0, 0}, 8), false, "multicast"},
    AddressBlock{v6({0, 0, 0, 0, 0, 0, 0, 0}, 96), false, "ipv4-compatible"},
    AddressBlock{v6({0, 0, 0, 0, 0xffff, 0, 0, 0}, 96), false, "ipv4-translated"},
    AddressBlock{v6({0x2000, 0, 0, 0, 0, 0, 0, 0}, 3), true, "global unicast"},
};

}  // namespace assay::notify
