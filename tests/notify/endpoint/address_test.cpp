// Addresses: every row of the registries, every IPv6 spelling of a private IPv4 address.
// SPDX-License-Identifier: MIT
#include "notify/endpoint/address.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "notify/endpoint/address_blocks.hpp"
#include "tests/support/matchers.hpp"
#include "tests/support/source_tree.hpp"

namespace assay::notify {
namespace {

using testing::FailsWith;
using testing::IsOk;

std::string judged(std::string_view text, const AddressPolicy& policy = {}) {
    const auto address = parse_address(text);
    EXPECT_TRUE(address) << text;
    return address ? std::string(forbidden_by(*address, policy)) : "unreadable";
}

AddressPolicy allowing(std::initializer_list<std::string_view> cidrs) {
    AddressPolicy policy;
    for (const std::string_view cidr : cidrs)
        policy.allowed.push_back(parse_cidr(cidr).value());
    return policy;
}

Address last_of(const Cidr& cidr) {
    Address address = cidr.base;
    for (int bit = cidr.prefix; bit < 128; ++bit)
        address.bytes[static_cast<std::size_t>(bit / 8)] |=
            static_cast<std::uint8_t>(0x80U >> (bit % 8));
    return address;
}

TEST(ParseAddress, TakesOneSpellingOfIpv4) {
    EXPECT_EQ(parse_address("127.0.0.1")->text(), "127.0.0.1");
    EXPECT_TRUE(parse_address("127.0.0.1")->is_v4());
    for (const auto* text : {"", "127.1", "127.0.0.01", "0177.0.0.1", "0x7f.0.0.1", "2130706433",
                             "127.0.0.256", "127.0.0.1.", "127.0.0.1 ", " 127.0.0.1", "1.2.3",
                             "1.2.3.4.5", "127.0.0.1/8", "-1.0.0.0"})
        EXPECT_EQ(parse_address(text), std::nullopt) << text;
    EXPECT_EQ(parse_address(std::string_view("127.0.0.1\0", 10)), std::nullopt);
}

TEST(ParseAddress, TakesEverySpellingOfIpv6AndPrintsOne) {
    EXPECT_EQ(parse_address("2001:DB8:0:0:0:0:0:1")->text(), "2001:db8::1");
    EXPECT_EQ(parse_address("::")->text(), "::");
    EXPECT_EQ(parse_address("64:ff9b::10.0.0.1")->text(), "64:ff9b::a00:1");
    for (const auto* text :
         {"[::1]", "::1%eth0", ":::", "1:2:3:4:5:6:7:8:9", "12345::", "::1.2.3", "::g", "1::2::3"})
        EXPECT_EQ(parse_address(text), std::nullopt) << text;
    EXPECT_EQ(parse_address(std::string(100, ':')), std::nullopt);
}

TEST(ParseAddress, AMappedAddressIsTheIpv4AddressItself) {
    EXPECT_EQ(parse_address("::ffff:127.0.0.1"), parse_address("127.0.0.1"));
    EXPECT_EQ(parse_address("::ffff:7f00:1"), parse_address("127.0.0.1"));
}

TEST(ParseCidr, ReadsBlocksAndSingleAddresses) {
    EXPECT_EQ(parse_cidr("10.0.0.0/8").value(), v4(10, 0, 0, 0, 8));
    EXPECT_EQ(parse_cidr("fd00::/8").value(), v6({0xfd00, 0, 0, 0, 0, 0, 0, 0}, 8));
    EXPECT_EQ(parse_cidr("10.1.2.3").value(), v4(10, 1, 2, 3, 32));
    EXPECT_EQ(parse_cidr("0.0.0.0/0").value(), v4(0, 0, 0, 0, 0));
    for (const auto* text :
         {"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/08", "10.0.0.0/8x",
          "fd00::/129", "10.0.0.1/8", "fd00::1/64", "10/8", "10.0.0.0/8/8", "10.0.0.0/99999999999"})
        EXPECT_THAT(parse_cidr(text), FailsWith(ErrorCode::invalid_argument)) << text;
}

TEST(Cidr, HoldsItsFirstAndLastAddressAndNotTheNeighbours) {
    const Cidr block = parse_cidr("172.16.0.0/12").value();
    EXPECT_TRUE(block.contains(*parse_address("172.16.0.0")));
    EXPECT_TRUE(block.contains(*parse_address("172.31.255.255")));
    EXPECT_FALSE(block.contains(*parse_address("172.15.255.255")));
    EXPECT_FALSE(block.contains(*parse_address("172.32.0.0")));
    EXPECT_FALSE(parse_cidr("::/0")->contains(*parse_address("10.0.0.1")));
    EXPECT_TRUE(parse_cidr("0.0.0.0/0")->contains(*parse_address("10.0.0.1")));
    EXPECT_FALSE(parse_cidr("0.0.0.0/0")->contains(*parse_address("::1")));
}

TEST(ForbiddenBy, PublicAddressesMayBeDialled) {
    for (const auto* text : {"8.8.8.8",
                             "1.1.1.1",
                             "9.255.255.255",
                             "11.0.0.0",
                             "100.63.255.255",
                             "100.128.0.0",
                             "126.255.255.255",
                             "128.0.0.0",
                             "169.253.255.255",
                             "172.15.255.255",
                             "172.32.0.0",
                             "192.0.1.0",
                             "192.0.0.9",
                             "192.0.0.10",
                             "192.167.255.255",
                             "198.17.255.255",
                             "198.20.0.0",
                             "223.255.255.255",
                             "168.63.129.15",
                             "2606:4700:4700::1111",
                             "2a00:1450:4001::200e",
                             "2001:200::1",
                             "2001:1::1",
                             "2001:1::2",
                             "2001:1::3",
                             "2001:3::1",
                             "2001:4:112::1",
                             "2001:20::1",
                             "2620:4f:8000::1",
                             "64:ff9b::8.8.8.8"})
        EXPECT_EQ(judged(text), "") << text;
}

TEST(ForbiddenBy, TheBlocksAreNamed) {
    EXPECT_EQ(judged("127.0.0.1"), "loopback");
    EXPECT_EQ(judged("::1"), "loopback");
    EXPECT_EQ(judged("10.1.2.3"), "private");
    EXPECT_EQ(judged("192.168.1.1"), "private");
    EXPECT_EQ(judged("169.254.169.254"), "link local");
    EXPECT_EQ(judged("fe80::1"), "link local");
    EXPECT_EQ(judged("100.100.100.200"), "shared address space");
    EXPECT_EQ(judged("168.63.129.16"), "cloud platform");
    EXPECT_EQ(judged("224.0.0.1"), "multicast");
    EXPECT_EQ(judged("239.255.255.255"), "multicast");
    EXPECT_EQ(judged("ff02::1"), "multicast");
    EXPECT_EQ(judged("fec0::1"), "site local");
    EXPECT_EQ(judged("0.0.0.0"), "this network");
    EXPECT_EQ(judged("0.1.2.3"), "this network");
    EXPECT_EQ(judged("255.255.255.255"), "broadcast");
    EXPECT_EQ(judged("240.0.0.1"), "reserved");
    EXPECT_EQ(judged("203.0.113.7"), "documentation");
    EXPECT_EQ(judged("2001:db8::1"), "documentation");
    EXPECT_EQ(judged("fd00:ec2::254"), "unique local");
    EXPECT_EQ(judged("::"), "unspecified");
    EXPECT_EQ(judged("192.0.0.192"), "protocol assignments");
    EXPECT_EQ(judged("2001:1::4"), "protocol assignments");
}

TEST(ForbiddenBy, Ipv6BeyondGlobalUnicastIsForbidden) {
    for (const auto* text : {"4000::1", "1::1", "100::1", "100:0:0:1::1", "200::1", "5f00::1",
                             "8000::1", "a000::1", "e000::1", "f000::1", "::2:0:0:0"})
        EXPECT_NE(judged(text), "") << text;
}

// The IPv6 spellings of an IPv4 address; %1 and %2 are its halves in hexadecimal.
std::vector<std::string> spellings(const std::string& high, const std::string& low) {
    const std::string pair = high + ":" + low;
    return {"::" + pair,                    // IPv4-compatible
            "::ffff:" + pair,               // mapped
            "::ffff:0:" + pair,             // SIIT
            "64:ff9b::" + pair,             // NAT64
            "64:ff9b:1::" + pair,           // local NAT64
            "2002:" + pair + "::1",         // 6to4
            "2001:0:" + pair + "::1",       // Teredo, as its server
            "2606:4700::5efe:" + pair,      // ISATAP
            "2606:4700::200:5efe:" + pair,  // ISATAP, universal bit set
            "fe80::5efe:" + pair};
}

TEST(ForbiddenBy, EveryIpv6SpellingOfAPrivateAddressIsForbidden) {
    const std::vector<std::pair<std::string, std::string>> addresses{
        {"7f00", "1"},     // 127.0.0.1
        {"a00", "1"},      // 10.0.0.1
        {"ac10", "1"},     // 172.16.0.1
        {"c0a8", "101"},   // 192.168.1.1
        {"a9fe", "a9fe"},  // 169.254.169.254
        {"6440", "1"},     // 100.64.0.1
        {"0", "0"},        // 0.0.0.0
        {"a83f", "8110"},  // 168.63.129.16
        {"e000", "1"}};    // 224.0.0.1
    AddressPolicy loopback_allowed;
    loopback_allowed.allow_loopback = true;
    for (const auto& [high, low] : addresses) {
        for (const std::string& text : spellings(high, low)) {
            EXPECT_NE(judged(text), "") << text;
            // ::ffff:127.0.0.1 is 127.0.0.1; all others are no loopback address of this machine.
            if (text != "::ffff:7f00:1") {
                EXPECT_NE(judged(text, loopback_allowed), "") << text;
            }
        }
    }
    // Teredo hides its client in the last 32 bits, inverted: 10.0.0.1.
    EXPECT_EQ(judged("2001:0:808:808:0:0:f5ff:fffe"), "teredo");
}

TEST(ForbiddenBy, TransitionFormsOfPublicAddressesAreForbiddenButForNat64AndIsatap) {
    EXPECT_EQ(judged("::808:808"), "ipv4-compatible");
    EXPECT_EQ(judged("::ffff:0:808:808"), "ipv4-translated");
    EXPECT_EQ(judged("64:ff9b:1::808:808"), "local nat64");
    EXPECT_EQ(judged("2002:808:808::1"), "6to4");
    EXPECT_EQ(judged("64:ff9b::808:808"), "");
    EXPECT_EQ(judged("2606:4700::5efe:808:808"), "");
    EXPECT_EQ(judged("::ffff:808:808"), "");
}

TEST(ForbiddenBy, LoopbackIsAllowedOnRequestAndNothingElseWithIt) {
    AddressPolicy policy;
    policy.allow_loopback = true;
    EXPECT_EQ(judged("127.0.0.1", policy), "");
    EXPECT_EQ(judged("127.255.255.254", policy), "");
    EXPECT_EQ(judged("::1", policy), "");
    EXPECT_EQ(judged("10.0.0.1", policy), "private");
    EXPECT_EQ(judged("0.0.0.0", policy), "this network");
    EXPECT_EQ(judged("169.254.169.254", policy), "link local");
}

TEST(ForbiddenBy, ListedBlocksAreAllowedAndOnlyThose) {
    const AddressPolicy policy = allowing({"10.1.0.0/16", "fd00:1::/32"});
    EXPECT_EQ(judged("10.1.255.255", policy), "");
    EXPECT_EQ(judged("10.2.0.0", policy), "private");
    EXPECT_EQ(judged("fd00:1::1", policy), "");
    EXPECT_EQ(judged("fd00:2::1", policy), "unique local");
    EXPECT_EQ(judged("::ffff:10.1.0.1", policy), "") << "the same address";
    EXPECT_EQ(judged("64:ff9b::10.1.0.1", policy), "private") << "a list is not about what hides";
    EXPECT_EQ(judged("2002:a01:1::1", policy), "6to4");
}

TEST(AddressBlocks, HaveNoBitsBehindTheirPrefixAndAreForbiddenAtBothEnds) {
    for (const AddressBlock& block : address_blocks) {
        const std::string text = block.cidr.base.text();
        const bool v4_block = block.cidr.base.is_v4();
        EXPECT_THAT(
            parse_cidr(text + "/" + std::to_string(block.cidr.prefix - (v4_block ? 96 : 0))),
            IsOk());
        if (block.reachable) continue;
        EXPECT_NE(forbidden_by(block.cidr.base, {}), "") << text;
        EXPECT_NE(forbidden_by(last_of(block.cidr), {}), "") << last_of(block.cidr).text();
    }
}

// --- the registries themselves, where the files are there ---

// RFC 4180, with line breaks inside quotes.
std::vector<std::vector<std::string>> read_csv(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::vector<std::vector<std::string>> rows{{""}};
    bool quoted = false;
    for (char c; file.get(c);) {
        if (c == '"') {
            quoted = !quoted;
        } else if (!quoted && c == ',') {
            rows.back().emplace_back();
        } else if (!quoted && c == '\n') {
            rows.push_back({""});
        } else if (c != '\r') {
            rows.back().back() += c;
        }
    }
    if (rows.back().size() < 2) rows.pop_back();
    return rows;
}

class Registry : public ::testing::TestWithParam<const char*> {};

TEST(OwnAddresses, AreNeverCalledWhateverElseIsAllowed) {
    const Address here = *parse_address("127.0.0.1");
    AddressPolicy policy;
    policy.allow_loopback = true;
    policy.allowed = {*parse_cidr("127.0.0.0/8")};
    policy.own = sockets_of(here, 8080);
    EXPECT_EQ(policy.own, (std::vector<SocketAddress>{{here, 8080}}));
    EXPECT_EQ(forbidden_by(SocketAddress{here, 8080}, policy), "this server's own address");
    EXPECT_EQ(forbidden_by(SocketAddress{here, 8081}, policy), "");
    EXPECT_EQ(forbidden_by(SocketAddress{*parse_address("10.0.0.1"), 8080}, policy),
              forbidden_by(*parse_address("10.0.0.1"), policy));
}

TEST(OwnAddresses, WhoListensEverywhereIsReachedOnEveryAddressOfTheMachine) {
    for (const char* anywhere : {"0.0.0.0", "::"}) {
        const auto sockets = sockets_of(*parse_address(anywhere), 8080);
        const SocketAddress loopback{*parse_address("127.0.0.1"), 8080};
        EXPECT_NE(std::find(sockets.begin(), sockets.end(), loopback), sockets.end()) << anywhere;
    }
}

TEST_P(Registry, EveryRowIsJudgedAsItSays) {
    const std::filesystem::path path = testing::shared_data(GetParam());
    if (!std::filesystem::exists(path)) GTEST_SKIP() << path << " is not there";
    const auto rows = read_csv(path);
    ASSERT_EQ(rows.front().at(8), "Globally Reachable");
    int checked = 0;
    for (std::size_t i = 1; i < rows.size(); ++i) {
        std::stringstream blocks(rows[i].at(0));
        for (std::string text; std::getline(blocks, text, ',');) {
            text.erase(0, text.find_first_not_of(' '));
            text = text.substr(0, text.find(' '));  // "192.0.0.0/24 [2]"
            const Cidr cidr = parse_cidr(text).value();
            const bool reachable = rows[i].at(8) == "True";
            const bool mapped = text == "::ffff:0:0/96";  // IPv4 itself, judged row by row
            const bool nat64 = text == "64:ff9b::/96";    // judged by what it embeds
            // The row's own block is what decides at its base and in its last address, unless a
            // longer row begins or ends there too; those are the ones tested with them.
            const auto listed = std::find_if(
                address_blocks.begin(), address_blocks.end(), [&](const AddressBlock& block) {
                    return cidr.base == block.cidr.base && cidr.prefix == block.cidr.prefix;
                });
            ++checked;
            if (mapped) continue;
            if (listed != address_blocks.end()) {
                EXPECT_EQ(listed->reachable, reachable) << text;
            }
            if (nat64) continue;
            EXPECT_EQ(forbidden_by(cidr.base, {}).empty(), reachable) << text;
            EXPECT_EQ(forbidden_by(last_of(cidr), {}).empty(), reachable) << text;
        }
    }
    EXPECT_GE(checked, 25);
}

INSTANTIATE_TEST_SUITE_P(Iana, Registry,
                         ::testing::Values("iana_ipv4_special.csv", "iana_ipv6_special.csv"),
                         [](const auto& file) { return std::string(file.param).substr(5, 4); });

}  // namespace
}  // namespace assay::notify
