// URLs: what is taken, in which parts, and which rule refuses the rest.
// SPDX-License-Identifier: MIT
#include "notify/endpoint/url.hpp"

#include <gmock/gmock.h>

#include "tests/support/matchers.hpp"

namespace assay::notify {
namespace {

using testing::FailsWith;
using ::testing::HasSubstr;
using testing::IsOk;

const UrlPolicy strict_policy{};
const UrlPolicy insecure_policy{true, true, {}};

Url parsed(std::string_view text, const UrlPolicy& policy = strict_policy) {
    Result<Url> url = parse_url(text, policy);
    EXPECT_THAT(url, IsOk()) << text;
    return url ? *url : Url{};
}

struct Refusal {
    std::string text, rule;
};

void refuses_all(const std::vector<Refusal>& table, const UrlPolicy& policy) {
    for (const Refusal& row : table) {
        const Result<Url> url = parse_url(row.text, policy);
        ASSERT_THAT(url, FailsWith(ErrorCode::invalid_argument)) << row.text;
        EXPECT_EQ(url.error().field, "url");
        EXPECT_THAT(url.error().message, HasSubstr(row.rule)) << row.text;
        EXPECT_FALSE(url.error().remedy.empty()) << row.text;
    }
}

TEST(ParseUrl, TakesAUrlApart) {
    EXPECT_EQ(parsed("https://example.com"), (Url{true, "example.com", false, 443, "/"}));
    EXPECT_EQ(parsed("https://example.com:8443/hooks/a%20b?x=1&y=@:/?"),
              (Url{true, "example.com", false, 8443, "/hooks/a%20b?x=1&y=@:/?"}));
    EXPECT_EQ(parsed("https://example.com?x=1"), (Url{true, "example.com", false, 443, "/?x=1"}));
    EXPECT_EQ(parsed("HTTPS://Example.COM/Path"), (Url{true, "example.com", false, 443, "/Path"}));
    EXPECT_EQ(parsed("https://8.8.8.8/a"), (Url{true, "8.8.8.8", true, 443, "/a"}));
    EXPECT_EQ(parsed("https://[2606:4700:0:0::1111]:8443/"),
              (Url{true, "2606:4700::1111", true, 8443, "/"}));
    EXPECT_EQ(parsed("https://xn--mnchen-3ya.example/").host, "xn--mnchen-3ya.example");
    EXPECT_EQ(parsed("http://example.com/", insecure_policy),
              (Url{false, "example.com", false, 80, "/"}));
}

TEST(ParseUrl, OriginAndHostHeaderNameThePortWhereItIsNeeded) {
    EXPECT_EQ(parsed("https://example.com/x").origin(), "https://example.com:443");
    EXPECT_EQ(parsed("https://example.com/x").host_header(), "example.com");
    EXPECT_EQ(parsed("https://example.com:443/x").host_header(), "example.com");
    EXPECT_EQ(parsed("https://example.com:8443/x").host_header(), "example.com:8443");
    EXPECT_EQ(parsed("https://example.com:80/x").host_header(), "example.com:80");
    EXPECT_EQ(parsed("https://[2606:4700::1111]/x").origin(), "https://[2606:4700::1111]:443");
    EXPECT_EQ(parsed("https://[2606:4700::1111]:8443/x").host_header(), "[2606:4700::1111]:8443");
    EXPECT_EQ(parsed("http://example.com:443/", insecure_policy).host_header(), "example.com:443");
}

TEST(ParseUrl, SchemesOtherThanHttpsAreRefused) {
    refuses_all({{"", "empty"},
                 {"example.com", "does not begin with https://"},
                 {"//example.com/", "does not begin with https://"},
                 {"ftp://example.com/", "does not begin with https://"},
                 {"file:///etc/passwd", "does not begin with https://"},
                 {"gopher://example.com/", "does not begin with https://"},
                 {"javascript:alert(1)", "does not begin with https://"},
                 {"https:example.com", "two slashes"},
                 {"https:/example.com", "two slashes"},
                 {"https:///example.com", "two slashes"},
                 {"https:////example.com", "two slashes"},
                 {"https://", "no host"},
                 {"https:///", "two slashes"},
                 {"https://?x", "no host"},
                 {"https://:443/", "no host"},
                 {"http://example.com/", "http:// is refused"}},
                strict_policy);
}

TEST(ParseUrl, BytesThatHaveNoPlaceAreRefused) {
    refuses_all({{"https://example.com/\r\nX-Injected: 1", "space or control"},
                 {"https://example.com\r\n/", "space or control"},
                 {"https://exa\tmple.com/", "space or control"},
                 {"https://exa\nmple.com/", "space or control"},
                 {" https://example.com/", "space or control"},
                 {"https://example.com/ ", "space or control"},
                 {"https://example.com/a b", "space or control"},
                 {std::string("https://example.com/\0x", 22), "space or control"},
                 {"https://example.com/\x7f", "space or control"},
                 {"https://m\xc3\xbcnchen.example/", "beyond ASCII"},
                 {"https://example\xe3\x80\x82"
                  "com/",
                  "beyond ASCII"},
                 {"https://example.com/\xff", "beyond ASCII"},
                 {"https://example.com\\@evil.example/", "backslash"},
                 {"https:\\\\example.com\\", "backslash"},
                 {"https://example.com/a\\b", "backslash"},
                 {"https://example.com/#part", "fragment"},
                 {"https://example.com#@evil.example/", "fragment"},
                 {"https://example.com/<x>", "no place"},
                 {"https://example.com/\"x\"", "no place"},
                 {"https://example.com/a^b", "no place"},
                 {"https://example.com/a`b", "no place"},
                 {"https://example.com/{x}", "no place"},
                 {"https://example.com/a|b", "no place"},
                 {"https://example.com/[x]", "no place"},
                 {"https://example.com/%", "no place"},
                 {"https://example.com/%zz", "no place"},
                 {"https://example.com/%2", "no place"}},
                strict_policy);
}

TEST(ParseUrl, UserInfoIsRefused) {
    refuses_all({{"https://user@example.com/", "user name"},
                 {"https://user:password@example.com/", "user name"},
                 {"https://@example.com/", "user name"},
                 {"https://example.com@evil.example/", "user name"},
                 {"https://example.com:443@evil.example/", "user name"},
                 {"https://example.com%40evil.example/", "%-encoded"}},
                strict_policy);
    EXPECT_EQ(parsed("https://example.com/@user").target, "/@user");
}

TEST(ParseUrl, NamesAreLettersDigitsAndHyphens) {
    const std::string label(63, 'a');
    refuses_all(
        {{"https://example.com./", "ends in a dot"},
         {"https://localhost./", "ends in a dot"},
         {"https://./", "ends in a dot"},
         {"https://.example.com/", "no name"},
         {"https://example..com/", "no name"},
         {"https://-example.com/", "no name"},
         {"https://example-.com/", "no name"},
         {"https://exa_mple.com/", "no name"},
         {"https://exa*mple.com/", "no name"},
         {"https://exa$mple.com/", "no name"},
         {"https://exa,mple.com/", "no name"},
         {"https://exa;mple.com/", "no name"},
         {"https://ex%61mple.com/", "%-encoded"},
         {"https://%6c%6f%63alhost/", "%-encoded"},
         {"https://xn--/", "no name"},
         {"https://xn--.example/", "no name"},
         {"https://" + label + "a.example/", "no name"},
         {"https://" + label + "." + label + "." + label + "." + label + ".a/", "longer than 253"}},
        strict_policy);
    EXPECT_EQ(parsed("https://" + label + ".example/").host.size(), 71U);
    EXPECT_EQ(parsed("https://a-b.1x.example/").host, "a-b.1x.example");
    EXPECT_EQ(parsed("https://123.example/").host, "123.example");
    EXPECT_EQ(parsed("https://receiver/").host, "receiver");
}

TEST(ParseUrl, OddSpellingsOfAddressesAreRefusedEvenWhereLoopbackIsAllowed) {
    refuses_all({{"http://2130706433/", "odd spelling"},
                 {"http://0x7f000001/", "odd spelling"},
                 {"http://0X7F000001/", "odd spelling"},
                 {"http://017700000001/", "odd spelling"},
                 {"http://0177.0.0.1/", "odd spelling"},
                 {"http://0x7f.0.0.1/", "odd spelling"},
                 {"http://127.1/", "odd spelling"},
                 {"http://127.0.1/", "odd spelling"},
                 {"http://127.0.0.01/", "odd spelling"},
                 {"http://127.0.0.0x1/", "odd spelling"},
                 {"http://127.0.0.1.1/", "odd spelling"},
                 {"http://1.2.3.256/", "odd spelling"},
                 {"http://0/", "odd spelling"},
                 {"http://0x/", "odd spelling"},
                 {"http://example.1/", "odd spelling"},
                 {"http://example.0x1f/", "odd spelling"},
                 {"http://4294967297/", "odd spelling"},
                 {"http://127.0.0.1./", "ends in a dot"},
                 {"http://[::ffff:127.0.0.1]/", "IPv6 spelling"},
                 {"http://[::ffff:7f00:1]/", "IPv6 spelling"},
                 {"http://[::ffff:8.8.8.8]/", "IPv6 spelling"},
                 {"http://[::127.0.0.1]/", "must not be called"},
                 {"http://[::1%25eth0]/", "%-encoded or has a zone"},
                 {"http://[fe80::1%eth0]/", "%-encoded or has a zone"},
                 {"http://[127.0.0.1]/", "no IPv6"},
                 {"http://[]/", "no IPv6"},
                 {"http://[/", "no IPv6"},
                 {"http://[::1/", "no IPv6"},
                 {"http://[::1]x/", "no IPv6"},
                 {"http://[v1.x]/", "no IPv6"},
                 {"http://[1:2:3]/", "no IPv6"},
                 {"http://::1/", "no host"}},
                insecure_policy);
}

TEST(ParseUrl, ThisServerIsOnlyCalledWhereLoopbackIsAllowed) {
    refuses_all({{"https://localhost/", "localhost is refused"},
                 {"https://LOCALHOST:8443/", "localhost is refused"},
                 {"https://a.localhost/", "localhost is refused"},
                 {"https://127.0.0.1/", "(loopback)"},
                 {"https://127.255.255.254/", "(loopback)"},
                 {"https://[::1]/", "(loopback)"},
                 {"https://[0:0:0:0:0:0:0:1]/", "(loopback)"}},
                strict_policy);
    EXPECT_EQ(parsed("http://localhost:8080/", insecure_policy).host, "localhost");
    EXPECT_EQ(parsed("http://127.0.0.1:40001/x", insecure_policy).origin(),
              "http://127.0.0.1:40001");
    EXPECT_EQ(parsed("http://[::1]:40001/x", insecure_policy).origin(), "http://[::1]:40001");
    EXPECT_EQ(parsed("https://localhost.example/").host, "localhost.example");
}

TEST(ParseUrl, LiteralsThatMustNotBeDialledAreRefusedAtOnce) {
    refuses_all({{"https://10.0.0.1/", "(private)"},
                 {"https://169.254.169.254/latest/meta-data/", "(link local)"},
                 {"https://0.0.0.0/", "(this network)"},
                 {"https://[fd00:ec2::254]/", "(unique local)"},
                 {"https://[64:ff9b::7f00:1]/", "(loopback)"}},
                insecure_policy);
    UrlPolicy with_private = strict_policy;
    with_private.allowed_cidrs.push_back(parse_cidr("10.0.0.0/8").value());
    EXPECT_EQ(parsed("https://10.0.0.1/", with_private).host, "10.0.0.1");
}

TEST(ParseUrl, PortsOfOtherServicesAreRefused) {
    for (const int port : {1,   21,   22,   23,   25,   53,   110,  143,  445,   465,   587,
                           993, 1023, 2375, 3306, 3389, 5432, 6379, 9200, 10250, 11211, 27017}) {
        refuses_all(
            {{"https://example.com:" + std::to_string(port) + "/", "belongs to another service"}},
            strict_policy);
    }
    for (const int port : {80, 443, 1024, 3000, 5000, 8000, 8080, 8443, 9000, 49152, 65535}) {
        EXPECT_EQ(parsed("https://example.com:" + std::to_string(port) + "/").port, port);
    }
}

TEST(ParseUrl, PortsAreWrittenInOneWay) {
    for (const auto* port : {"", "0", "65536", "99999", "443443", "0443", "+443", "-1", "44a",
                             "4.4", "0x1bb", "443:443"}) {
        const std::string text = "https://example.com:" + std::string(port) + "/";
        refuses_all({{text, "not a plain number"}}, strict_policy);
    }
}

TEST(ParseUrl, DotSegmentsAreRefusedInEverySpelling) {
    for (const auto* path : {"/.", "/..", "/a/../b", "/a/./b", "/%2e", "/%2E%2e/a", "/.%2e/x",
                             "/%2e./x", "/a/%2e%2E"}) {
        refuses_all({{"https://example.com" + std::string(path), "segment"}}, strict_policy);
    }
    for (const auto* path :
         {"/...", "/.well-known/x", "/a..b", "/a.", "/%2e%2e%2e", "/a/b.c", "//a", "/?a=/../b"}) {
        EXPECT_EQ(parsed("https://example.com" + std::string(path)).target, path);
    }
}

TEST(OriginOf, IsGivenForEveryAddressAndScheme) {
    EXPECT_EQ(origin_of("https://example.com/a").value(), "https://example.com:443");
    EXPECT_EQ(origin_of("http://10.0.0.1/a").value(), "http://10.0.0.1:80");
    EXPECT_EQ(origin_of("http://127.0.0.1:8080/").value(), "http://127.0.0.1:8080");
    EXPECT_EQ(origin_of("https://[fd00::1]/").value(), "https://[fd00::1]:443");
    EXPECT_THAT(origin_of("https://127.1/"), FailsWith(ErrorCode::invalid_argument));
}

TEST(ParseUrl, LengthIsLimited) {
    const std::string start = "https://example.com/";
    EXPECT_THAT(parse_url(start + std::string(2'048 - start.size(), 'a'), strict_policy), IsOk());
    refuses_all({{start + std::string(2'049 - start.size(), 'a'), "longer than 2048"}},
                strict_policy);
}

}  // namespace
}  // namespace assay::notify
