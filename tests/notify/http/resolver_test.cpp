// The resolver without the network: what it answers by itself, and that it ends.
// SPDX-License-Identifier: MIT
#include "notify/http/resolver.hpp"

#include <gmock/gmock.h>

#include <future>

#include "tests/support/matchers.hpp"

namespace assay::notify {
namespace {

using testing::IsOk;
using ::testing::SizeIs;

Result<std::vector<Address>> ask(NameResolver& resolver, const std::string& host) {
    std::promise<Result<std::vector<Address>>> answer;
    resolver.resolve(
        host, [&](Result<std::vector<Address>> result) { answer.set_value(std::move(result)); });
    return answer.get_future().get();
}

TEST(Resolver, LocalhostIsAlwaysLoopback) {
    auto resolver = make_resolver({});
    ASSERT_THAT(resolver, IsOk());
    for (const std::string name : {"localhost", "api.localhost"}) {
        const auto addresses = ask(**resolver, name);
        ASSERT_THAT(addresses, IsOk());
        ASSERT_THAT(*addresses, SizeIs(2));
        for (const Address& address : *addresses) {
            EXPECT_EQ(forbidden_by(address, {}), "loopback") << address.text();
        }
    }
}

TEST(Resolver, AnswersThroughItsThread) {
    auto resolver = make_resolver({});
    ASSERT_THAT(resolver, IsOk());
    for (int i = 0; i < 20; ++i) {
        const auto addresses = ask(**resolver, "127.0.0.1");  // a literal asks nobody
        ASSERT_THAT(addresses, IsOk());
        EXPECT_EQ(addresses->front().text(), "127.0.0.1");
    }
}

}  // namespace
}  // namespace assay::notify
