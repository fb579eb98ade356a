// Addresses as text, blocks of them, and the judgement over one.
// SPDX-License-Identifier: MIT
#include "notify/endpoint/address.hpp"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netdb.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>
#include <cstring>

#include "notify/endpoint/address_blocks.hpp"

namespace assay::notify {
namespace {

constexpr std::array<std::uint8_t, 12> mapped_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr std::size_t text_max = INET6_ADDRSTRLEN - 1;  // "ffff:...:255.255.255.255"

Address mapped(const std::uint8_t* four) noexcept {
    Address address;
    std::copy(mapped_prefix.begin(), mapped_prefix.end(), address.bytes.begin());
    std::copy_n(four, 4, address.bytes.begin() + 12);
    return address;
}

// The first `bits` bits of both are the same.
bool same_prefix(const Address& a, const Address& b, int bits) noexcept {
    const auto whole = static_cast<std::size_t>(bits / 8);
    if (!std::equal(a.bytes.begin(), a.bytes.begin() + static_cast<std::ptrdiff_t>(whole),
                    b.bytes.begin())) {
        return false;
    }
    const int rest = bits % 8;
    return rest == 0 || ((a.bytes[whole] ^ b.bytes[whole]) >> (8 - rest)) == 0;
}

// The block with the longest prefix that holds the address.
const AddressBlock* block_of(const Address& address) noexcept {
    const AddressBlock* best = nullptr;
    for (const AddressBlock& block : address_blocks) {
        if (best != nullptr && block.cidr.prefix <= best->cidr.prefix) continue;
        if (block.cidr.contains(address)) best = &block;
    }
    return best;
}

// The IPv4 address inside a NAT64 address (RFC 6052, /96) or an ISATAP interface identifier
// (RFC 5214: 0:5efe or 200:5efe before it).
std::optional<Address> embedded(const Address& address) noexcept {
    static constexpr Cidr nat64 = v6({0x64, 0xff9b, 0, 0, 0, 0, 0, 0}, 96);
    const auto& bytes = address.bytes;
    const bool isatap = (bytes[8] == 0x00 || bytes[8] == 0x02) && bytes[9] == 0x00 &&
                        bytes[10] == 0x5e && bytes[11] == 0xfe;
    if (isatap || nat64.contains(address)) return mapped(bytes.data() + 12);
    return std::nullopt;
}

std::string_view special_block(const Address& address) noexcept {
    const AddressBlock* block = block_of(address);
    if (block != nullptr) return block->reachable ? std::string_view{} : block->name;
    return address.is_v4() ? std::string_view{} : "not global unicast";
}

bool is_loopback(const Address& address) noexcept {
    static constexpr Cidr loopback_v4 = v4(127, 0, 0, 0, 8);
    static constexpr Cidr loopback_v6 = v6({0, 0, 0, 0, 0, 0, 0, 1}, 128);
    return loopback_v4.contains(address) || loopback_v6.contains(address);
}

Error bad_cidr(std::string_view text, std::string_view why) {
    return fail(
        ErrorCode::invalid_argument,
        "\"" + std::string(text.substr(0, 64)) + "\" is no address block: " + std::string(why),
        "cidr", "write it like 10.0.0.0/8 or fd00::/8");
}

}  // namespace

bool Address::is_v4() const noexcept {
    return std::equal(mapped_prefix.begin(), mapped_prefix.end(), bytes.begin());
}

std::string Address::text() const {
    std::array<char, INET6_ADDRSTRLEN> buffer{};
    if (is_v4()) {
        inet_ntop(AF_INET, bytes.data() + 12, buffer.data(), buffer.size());
    } else {
        inet_ntop(AF_INET6, bytes.data(), buffer.data(), buffer.size());
    }
    return buffer.data();
}

std::optional<Address> parse_address(std::string_view text) noexcept {
    if (text.empty() || text.size() > text_max) return std::nullopt;
    std::array<char, INET6_ADDRSTRLEN> buffer{};
    std::memcpy(buffer.data(), text.data(), text.size());
    if (std::strlen(buffer.data()) != text.size()) return std::nullopt;  // a NUL inside
    std::array<std::uint8_t, 4> four{};
    if (inet_pton(AF_INET, buffer.data(), four.data()) == 1) {
        // inet_pton takes "1.2.3.4" only; the check is that the spelling comes back unchanged.
        const Address address = mapped(four.data());
        return address.text() == text ? std::optional(address) : std::nullopt;
    }
    Address address;
    if (inet_pton(AF_INET6, buffer.data(), address.bytes.data()) == 1) return address;
    return std::nullopt;
}

bool Cidr::contains(const Address& address) const noexcept {
    const bool block_of_v4 = base.is_v4() && prefix >= 96;
    return block_of_v4 == address.is_v4() && same_prefix(base, address, prefix);
}

Result<Cidr> parse_cidr(std::string_view text) {
    const std::size_t slash = text.find('/');
    const std::string_view address_text = text.substr(0, slash);
    const std::optional<Address> base = parse_address(address_text);
    if (!base) return bad_cidr(text, "the address cannot be read");
    const bool v4_text = address_text.find(':') == std::string_view::npos;
    const int width = v4_text ? 32 : 128;
    int prefix = width;
    if (slash != std::string_view::npos) {
        const std::string_view digits = text.substr(slash + 1);
        const auto [end, error] =
            std::from_chars(digits.data(), digits.data() + digits.size(), prefix);
        const bool plain = !digits.empty() && digits.size() <= 3 && digits.front() != '-' &&
                           (digits.front() != '0' || digits.size() == 1);
        if (!plain || error != std::errc() || end != digits.data() + digits.size() ||
            prefix > width) {
            return bad_cidr(text, "the prefix is not a number from 0 to " + std::to_string(width));
        }
    }
    const Cidr cidr{*base, prefix + (128 - width)};
    Address masked = cidr.base;
    for (int bit = cidr.prefix; bit < 128; ++bit) {
        masked.bytes[static_cast<std::size_t>(bit / 8)] &=
            static_cast<std::uint8_t>(~(0x80U >> (bit % 8)));
    }
    if (masked != cidr.base) {
        return bad_cidr(text,
                        "bits behind the prefix are set; the block begins at " + masked.text());
    }
    return cidr;
}

std::string_view forbidden_by(const Address& address, const AddressPolicy& policy) noexcept {
    const bool listed = std::any_of(policy.allowed.begin(), policy.allowed.end(),
                                    [&](const Cidr& cidr) { return cidr.contains(address); });
    if (listed) return {};
    if (policy.allow_loopback && is_loopback(address)) return {};
    const std::string_view block = special_block(address);
    if (!block.empty()) return block;
    if (address.is_v4()) return {};
    if (const std::optional<Address> inside = embedded(address)) return special_block(*inside);
    return {};
}

std::string_view forbidden_by(const SocketAddress& socket, const AddressPolicy& policy) noexcept {
    const bool own = std::find(policy.own.begin(), policy.own.end(), socket) != policy.own.end();
    return own ? "this server's own address" : forbidden_by(socket.address, policy);
}

std::vector<SocketAddress> sockets_of(const Address& address, std::uint16_t port) {
    static const Address any_v4 = *parse_address("0.0.0.0");
    if (address != Address{} && address != any_v4) return {{address, port}};
    std::vector<SocketAddress> sockets;
    ifaddrs* list = nullptr;
    if (getifaddrs(&list) != 0) return sockets;
    for (const ifaddrs* one = list; one != nullptr; one = one->ifa_next) {
        if (one->ifa_addr == nullptr) continue;
        std::array<char, NI_MAXHOST> text{};
        const bool v6 = one->ifa_addr->sa_family == AF_INET6;
        if (!v6 && one->ifa_addr->sa_family != AF_INET) continue;
        const socklen_t size = v6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
        if (getnameinfo(one->ifa_addr, size, text.data(), text.size(), nullptr, 0,
                        NI_NUMERICHOST) != 0) {
            continue;
        }
        const std::string_view shown(text.data());
        if (const auto parsed = parse_address(shown.substr(0, shown.find('%'))))
            sockets.push_back({*parsed, port});
    }
    freeifaddrs(list);
    return sockets;
}

}  // namespace assay::notify
