// Loads on the dispatch path: their bodies, addresses and limits, and small ones to a receiver.
// SPDX-License-Identifier: MIT
#include "tools/load/load.hpp"

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <set>

#include "tests/support/certificates.hpp"
#include "tests/support/loopback_receiver.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tools/load/fast_receiver.hpp"

namespace assay::tools {
namespace {

TEST(Percentiles, AreValuesThatWereMeasured) {
    std::vector<double> values;
    for (int i = 1'000; i >= 1; --i)
        values.push_back(i);
    EXPECT_EQ(percentiles_of(values), (Percentiles{1'000, 500, 990, 999, 1'000}));
    EXPECT_EQ(percentiles_of({7}), (Percentiles{1, 7, 7, 7, 7}));
    EXPECT_EQ(percentiles_of({}), Percentiles{});
}

TEST(LoadBody, HasItsSizeAndSaysWhenItWasDue) {
    for (const std::size_t bytes : {256U, 1'024U, 8'192U}) {
        for (const std::int64_t due : {std::int64_t{0}, std::int64_t{9'223'372'036'854'775'807}}) {
            const std::string body = load_body(bytes, due);
            EXPECT_EQ(body.size(), bytes);
            EXPECT_EQ(due_of(R"({"data":)" + body + "}"), due);
        }
    }
    EXPECT_EQ(due_of("{}"), -1);
}

TEST(OwnAddress, DiffersForEveryEndpoint) {
    EXPECT_EQ(own_address("http://127.0.0.1:9000/hook", 0), "http://127.1.0.0:9000/hook");
    EXPECT_EQ(own_address("http://127.0.0.1:9000/hook", 9'999), "http://127.1.39.15:9000/hook");
    EXPECT_EQ(own_address("http://127.0.0.1/", 65'536), "http://127.2.0.0/");
}

TEST(Load, RefusesWhatItIsNotMeantFor) {
    LoadOptions good;
    good.url = "http://127.0.0.1:9000/hook";
    ASSERT_TRUE(validate(good));
    const auto refused = [&](auto edit) {
        LoadOptions options = good;
        edit(options);
        const auto valid = validate(options);
        return valid ? std::string("nothing") : valid.error().field;
    };
    EXPECT_EQ(refused([](LoadOptions& o) { o.url = "https://example.com/"; }), "url");
    EXPECT_EQ(refused([](LoadOptions& o) { o.deliveries = 0; }), "deliveries");
    EXPECT_EQ(refused([](LoadOptions& o) { o.body_bytes = 255; }), "body_bytes");
    EXPECT_EQ(refused([](LoadOptions& o) { o.endpoints = 10'001; }), "endpoints");
    EXPECT_EQ(refused([](LoadOptions& o) { o.in_flight = 65; }), "in_flight");
    EXPECT_EQ(refused([](LoadOptions& o) { o.silent = 1; }), "silent");
    EXPECT_EQ(refused([](LoadOptions& o) { o.rate = -1; }), "rate");
    EXPECT_EQ(refused([](LoadOptions& o) {
                  o.url = "http://localhost:9000/";
                  o.own_addresses = true;
              }),
              "url");
}

class LoadRoad : public ::testing::TestWithParam<bool> {};

TEST_P(LoadRoad, DeliversAllOfItInBodiesOfTheSizeThatWasAsked) {
    FastReceiver receiver(100);
    LoadOptions options;
    options.url = receiver.url();
    options.deliveries = 1'000;
    options.endpoints = 2;
    options.durable = GetParam();
    const auto report = run_load(options, &receiver);
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_EQ(report->delivered, 1'000U);
    EXPECT_EQ(report->failed, 0U);
    EXPECT_EQ(receiver.received(), 1'000U);
    EXPECT_GE(report->verified, 10U);
    for (const std::string& sample : receiver.samples())
        EXPECT_EQ(sample.size() - sample.find("\r\n\r\n") - 4, options.body_bytes);
}

INSTANTIATE_TEST_SUITE_P(FromMemoryAndDurably, LoadRoad, ::testing::Bool());

LoadOptions small_load(const FastReceiver& receiver) {
    LoadOptions options;
    options.url = receiver.url();
    options.deliveries = 400;
    options.endpoints = 20;
    return options;
}

TEST(Load, OpensConnectionsToEveryAddressOfItsOwn) {
    FastReceiver receiver(1, ListensAt::all_loopback);
    LoadOptions options = small_load(receiver);
    options.own_addresses = true;
    options.in_flight = 1;
    const auto report = run_load(options, &receiver);
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_EQ(report->delivered, 400U);
    EXPECT_EQ(report->connections, 20U);
    std::set<std::string> hosts;
    for (const std::string& sample : receiver.samples()) {
        const std::size_t at = sample.find("\r\nHost: ");
        hosts.insert(sample.substr(at, sample.find("\r\n", at + 2) - at));
    }
    EXPECT_EQ(hosts.size(), 20U);
}

TEST(Load, DeliversToThoseThatAnswerBesideSilentOnes) {
    FastReceiver receiver(1, ListensAt::all_loopback);
    const SilentReceiver silent;
    LoadOptions options = small_load(receiver);
    options.own_addresses = true;
    options.endpoints = 30;
    options.silent = 10;
    options.silent_url = silent.url();
    const auto report = run_load(options, &receiver);
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_EQ(report->delivered, 400U);
    EXPECT_EQ(report->failed, 0U);
    EXPECT_EQ(receiver.received(), 400U);
}

TEST_P(LoadRoad, TimesEveryDeliveryOfARateFromWhenItWasDue) {
    FastReceiver receiver(100);
    LoadOptions options = small_load(receiver);
    options.rate = 20'000;
    options.durable = GetParam();
    const auto report = run_load(options, &receiver);
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_EQ(report->delivered, 400U);
    EXPECT_EQ(report->latency.count, 400U);
    EXPECT_GT(report->latency.p50, 0);
    EXPECT_GE(report->seconds, 0.019);
}

TEST(Load, GoesOverHttpsToAReceiverWhoseAuthorityIsTrusted) {
    const testing::TemporaryDirectory directory;
    const testing::CertificateAuthority authority;
    testing::CertificateAuthority::Leaf leaf;
    leaf.alternative_names = "IP:127.0.0.1";
    ssl_ctx_st* const context = authority.serve_with(leaf);
    {
        testing::LoopbackReceiver receiver(
            [](testing::Peer& peer) {
                while (peer.read_request())
                    peer.respond(200);
            },
            context);
        LoadOptions options;
        options.url = "https://127.0.0.1:" + std::to_string(receiver.port()) + "/hook";
        options.deliveries = 50;
        options.in_flight = 2;
        options.patience = std::chrono::seconds(2);
        EXPECT_FALSE(run_load(options));  // whoever vouches for it is unknown
        options.ca_bundle = (directory.path() / "authority.pem").string();
        authority.write(options.ca_bundle);
        const auto report = run_load(options);
        ASSERT_TRUE(report) << report.error().message;
        EXPECT_EQ(report->delivered, 50U);
        EXPECT_EQ(report->connections, 2U);
        EXPECT_GE(report->verified, 1U);
    }
    SSL_CTX_free(context);
}

TEST(Load, SaysThatNobodyAnswersInsteadOfAFigure) {
    std::string url;
    {
        const FastReceiver gone(1);
        url = gone.url();
    }
    LoadOptions options;
    options.url = url;
    options.deliveries = 1;
    options.patience = std::chrono::milliseconds(50);
    const auto report = run_load(options);
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code, ErrorCode::timeout);
}

}  // namespace
}  // namespace assay::tools
