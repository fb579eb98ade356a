// `assay check` against receivers over real sockets: good ones, and ones with a fault each.
// SPDX-License-Identifier: MIT
#include "tools/cli/check.hpp"

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <mutex>
#include <set>

#include "notify/profile/profile.hpp"
#include "tests/support/certificates.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/tools/cli/fake_api.hpp"
#include "tools/cli/commands.hpp"

namespace assay::tools {
namespace {

namespace json = boost::json;

constexpr const char* secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

// What one receiver does wrong.
struct Faults {
    bool any_body = false;    // verifies nothing
    bool rewrites = false;    // parses and writes again before it verifies
    int repeat_status = 200;  // for what it has seen
    int success = 200;
};

class CheckTest : public ::testing::TestWithParam<std::string> {
  protected:
    // A receiver under the clock of the runner.
    testing::LoopbackReceiver::Script script(const std::string& profile, const Faults& faults) {
        return [this, profile, faults](testing::Peer& peer) {
            while (const auto request = peer.read_request()) {
                peer.respond(answer(*notify::find_profile(profile), *request, faults));
            }
        };
    }
    int answer(const notify::Profile& profile, const testing::ReceivedRequest& request,
               const Faults& faults) {
        if (!request.line.starts_with("POST ")) return 405;
        std::vector<notify::Header> headers;
        for (const auto& [name, value] : request.headers)
            headers.push_back({name, value});
        std::string body = request.body;
        if (faults.rewrites) body = json::serialize(json::parse(body));
        const auto key = notify::Secret::parse(secret).value();
        const auto verified = notify::verify(
            profile.signature, {&key, 1}, headers, body,
            {std::chrono::seconds(300), to_unix_seconds(testing::ManualClock().now())});
        if (!verified && !faults.any_body) return 401;
        const std::lock_guard lock(mutex_);
        const bool repeat = !seen_.insert(request.header("X-Assay-Event-Id")).second;
        return repeat ? faults.repeat_status : faults.success;
    }

    json::object check(const std::string& profile, const testing::LoopbackReceiver& receiver,
                       int exit_code) {
        const int code =
            runner_.run(all_commands(), {"check", receiver.url(), "--profile", profile, "--secret",
                                         secret, "--allow-insecure-endpoints", "--json"});
        EXPECT_EQ(code, exit_code) << runner_.out() << runner_.error();
        return json::parse(runner_.out()).as_object();
    }
    static std::vector<std::string> failed(const json::object& report) {
        std::vector<std::string> names;
        for (const json::value& row : report.at("checks").as_array()) {
            if (row.at("verdict") == "failed") {
                names.emplace_back(row.at("check").as_string());
                EXPECT_TRUE(row.at("fix").is_string()) << row;
            }
        }
        return names;
    }

    testing::CommandRunner runner_;
    std::mutex mutex_;
    std::set<std::string> seen_;
};

TEST_P(CheckTest, AReceiverThatVerifiesIsGradedA) {
    const testing::LoopbackReceiver receiver(script(GetParam(), {}));
    const json::object report = check(GetParam(), receiver, exit_ok);
    EXPECT_EQ(report.at("grade"), "A") << json::serialize(report);
    EXPECT_EQ(failed(report), std::vector<std::string>{});
}

TEST_P(CheckTest, AReceiverThatVerifiesNothingIsGradedF) {
    const testing::LoopbackReceiver receiver(script(GetParam(), {true}));
    const json::object report = check(GetParam(), receiver, exit_failed);
    EXPECT_EQ(report.at("grade"), "F");
    std::vector<std::string> expected;
    const auto& scheme = notify::find_profile(GetParam())->signature;
    if (notify::signs_body(scheme.layout)) expected.emplace_back("tampered");
    expected.insert(expected.end(), {"wrong_secret", "no_signature"});
    if (notify::signs_time(scheme.layout)) expected.emplace_back("old_time");
    EXPECT_EQ(failed(report), expected);
}

INSTANTIATE_TEST_SUITE_P(EveryProfile, CheckTest,
                         ::testing::Values("standard-webhooks", "resell-scan", "reusely", "sellapp",
                                           "resilientlink", "ztrace", "cloudevents", "github",
                                           "stripe", "svix", "shopify"),
                         [](const auto& profile) {
                             std::string name = profile.param;
                             std::replace(name.begin(), name.end(), '-', '_');
                             return name;
                         });

TEST_F(CheckTest, AParserBeforeTheVerifierIsFound) {
    const testing::LoopbackReceiver receiver(script("github", {false, true}));
    const json::object report = check("github", receiver, exit_failed);
    EXPECT_EQ(failed(report), std::vector<std::string>{"exact_bytes"});
}

TEST_F(CheckTest, ARefusedDuplicateIsFound) {
    const testing::LoopbackReceiver receiver(script("resell-scan", {false, false, 409}));
    const json::object report = check("resell-scan", receiver, exit_failed);
    EXPECT_EQ(report.at("grade"), "C");
    EXPECT_EQ(failed(report), std::vector<std::string>{"duplicate"});
}

TEST_F(CheckTest, TheWrongSuccessIsFoundAtOnce) {
    const testing::LoopbackReceiver receiver(script("reusely", {false, false, 204, 204}));
    const json::object report = check("reusely", receiver, exit_failed);
    EXPECT_EQ(failed(report), std::vector<std::string>{"valid"});
    EXPECT_EQ(receiver.requests().size(), 2U) << "one delivery and one GET";
}

TEST_F(CheckTest, TheAddressPolicyHoldsHereToo) {
    const testing::LoopbackReceiver receiver(script("github", {}));
    EXPECT_EQ(runner_.run(all_commands(), {"check", receiver.url(), "--secret", secret}),
              exit_usage);
    EXPECT_EQ(receiver.connections(), 0);
    EXPECT_NE(runner_.error().find("add --allow-insecure-endpoints"), std::string::npos)
        << runner_.error();
    EXPECT_EQ(runner_.error().find("start the server"), std::string::npos) << runner_.error();
}

class CheckOverHttps : public CheckTest {
  protected:
    CheckOverHttps() { authority_.write(bundle()); }
    ~CheckOverHttps() override { SSL_CTX_free(server_); }
    std::string bundle() const { return directory_.path() / "ca.pem"; }

    // What is said of one receiver whose certificate is for these names.
    json::object check_with(const std::string& names, bool trusted, int exit_code) {
        SSL_CTX_free(server_);
        server_ = authority_.serve_with({"receiver", names});
        const testing::LoopbackReceiver receiver(script("github", {}), server_);
        std::vector<std::string> arguments{
            "check", receiver.url_of("127.0.0.1"), "--profile", "github", "--secret",
            secret,  "--allow-insecure-endpoints", "--json"};
        if (trusted) arguments.insert(arguments.end(), {"--ca-bundle", bundle()});
        EXPECT_EQ(runner_.run(all_commands(), arguments), exit_code) << runner_.error();
        return json::parse(runner_.out()).as_object();
    }
    static std::string said(const json::object& report, std::string_view check) {
        for (const json::value& row : report.at("checks").as_array()) {
            if (row.at("check") == check) return std::string(row.at("said").as_string());
        }
        return "";
    }

    testing::TemporaryDirectory directory_;
    testing::CertificateAuthority authority_;
    SSL_CTX* server_ = nullptr;
};

TEST_F(CheckOverHttps, ACertificateOfAKnownAuthorityForThisNameIsGradedA) {
    const json::object report = check_with("IP:127.0.0.1", true, exit_ok);
    EXPECT_EQ(report.at("grade"), "A") << json::serialize(report);
    EXPECT_EQ(said(report, "transport").find("https, certificate valid for "), 0U)
        << json::serialize(report);
    EXPECT_EQ(said(report, "method"), "GET answered 405") << "the plain look is https too";
}

TEST_F(CheckOverHttps, AnotherNameOrAnUnknownAuthorityTakesNothing) {
    for (const auto& [names, trusted] :
         {std::pair<std::string, bool>{"DNS:receiver.test", true}, {"IP:127.0.0.1", false}}) {
        const json::object report = check_with(names, trusted, exit_failed);
        EXPECT_EQ(report.at("grade"), "F");
        EXPECT_EQ(failed(report), std::vector<std::string>{"valid"}) << json::serialize(report);
        EXPECT_EQ(said(report, "valid").find("no answer: tls"), 0U) << json::serialize(report);
    }
}

TEST_F(CheckTest, PeopleAreToldWhatToMend) {
    const testing::LoopbackReceiver receiver(script("github", {true}));
    EXPECT_EQ(runner_.run(all_commands(), {"check", receiver.url(), "--profile", "github",
                                           "--secret", secret, "--allow-insecure-endpoints"}),
              exit_failed);
    EXPECT_NE(runner_.out().find("refuses a changed body"), std::string::npos);
    EXPECT_NE(runner_.out().find("Mend: refuses a changed body: compute"), std::string::npos);
    EXPECT_NE(runner_.out().find("Grade F: "), std::string::npos) << runner_.out();
}

}  // namespace
}  // namespace assay::tools
