// verify and sign as a user calls them: what one prints, the other takes.
// SPDX-License-Identifier: MIT
#include "tools/cli/signatures.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <sstream>

#include "notify/profile/profile.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/matchers.hpp"
#include "tools/cli/commands.hpp"

namespace assay::tools {
namespace {

// As every envelope has it, or none of them minds.
const std::string stamped = R"({"object_id":4711,"timestamp":"1779705000"})";
constexpr const char* secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

struct Outcome {
    int code = 0;
    std::string out, error;
};

Outcome call(std::vector<std::string> arguments, const std::string& body,
             std::map<std::string, std::string> environment = {}) {
    testing::ManualClock clock;
    SeededRandom random(1);
    std::istringstream in(body);
    std::ostringstream out, error;
    CommandContext context{in, out, error, clock, random};
    context.environment = [&](const std::string& name) -> std::optional<std::string> {
        const auto found = environment.find(name);
        return found == environment.end() ? std::nullopt : std::optional(found->second);
    };
    const int code = run_command_line(arguments, all_commands(), context);
    return {code, out.str(), error.str()};
}

std::vector<std::string> header_options(const std::string& headers) {
    std::vector<std::string> options;
    std::istringstream lines(headers);
    for (std::string line; std::getline(lines, line);) {
        options.push_back("--header");
        options.push_back(line);
    }
    return options;
}

class SignAndVerify : public ::testing::TestWithParam<const char*> {
  protected:
    Outcome verify(const std::string& headers, const std::string& body) {
        std::vector<std::string> arguments{"verify", "--profile", GetParam(), "--secret", secret};
        for (const auto& option : header_options(headers))
            arguments.push_back(option);
        return call(arguments, body);
    }
};

TEST_P(SignAndVerify, WhatSignPrintsVerifyTakes) {
    const Outcome signed_ = call({"sign", "--profile", GetParam(), "--secret", secret}, stamped);
    ASSERT_EQ(signed_.code, exit_ok) << signed_.error;
    EXPECT_EQ(verify(signed_.out, stamped).out, "valid\n");
    const std::string profile = GetParam();
    if (profile == "resilientlink") return;  // it signs nothing of the message
    std::string changed = stamped;
    changed.replace(changed.find("4711"), 4, "4712");
    const Outcome tampered = verify(signed_.out, changed);
    EXPECT_EQ(tampered.code, exit_failed);
    EXPECT_EQ(tampered.out.find("not valid: "), 0U) << tampered.out;
}

TEST_P(SignAndVerify, AnOldSignatureIsNotValid) {
    const notify::Profile& profile = *notify::find_profile(GetParam());
    if (!notify::signs_time(profile.signature.layout)) GTEST_SKIP() << "it signs no time";
    const Outcome signed_ =
        call({"sign", "--profile", GetParam(), "--secret", secret, "--at", "2026-05-25T10:20:00Z"},
             "{}");
    EXPECT_EQ(verify(signed_.out, "{}").code, exit_failed);  // the clock says 10:30
}

INSTANTIATE_TEST_SUITE_P(Profiles, SignAndVerify,
                         ::testing::Values("standard-webhooks", "resell-scan", "reusely", "sellapp",
                                           "resilientlink", "ztrace", "cloudevents", "github",
                                           "stripe", "svix", "shopify"),
                         [](const auto& profile) {
                             std::string name = profile.param;
                             std::replace(name.begin(), name.end(), '-', '_');
                             return name;
                         });

TEST(Verify, TakesAnEd25519SignatureByThePublicKey) {
    const Outcome signed_ =
        call({"sign", "--secret",
              "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMi"
              "cMFs6Kvg=="},
             "{}");
    ASSERT_EQ(signed_.code, exit_ok) << signed_.error;
    EXPECT_NE(signed_.out.find("webhook-signature: v1a,"), std::string::npos) << signed_.out;
    const std::string shared = "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=";
    std::vector<std::string> arguments{"verify", "--secret", shared};
    for (const auto& option : header_options(signed_.out))
        arguments.push_back(option);
    EXPECT_EQ(call(arguments, "{}").out, "valid\n");
    EXPECT_EQ(call(arguments, "{ }").code, exit_failed);
    EXPECT_EQ(call({"sign", "--secret", shared}, "{}").code, exit_usage) << "it cannot sign";
}

TEST(Sign, NeedsABodyThatItsSchemeCanSign) {
    const Outcome outcome = call({"sign", "--profile", "reusely", "--secret", secret}, "{}");
    EXPECT_EQ(outcome.code, exit_failed);
    EXPECT_NE(outcome.error.find("object_id"), std::string::npos) << outcome.error;
    EXPECT_EQ(call({"sign", "--secret", secret, "--id", "a.b"}, "{}").code, exit_usage);
}

TEST(Verify, TakesTheGoldenVectorOfStandardWebhooks) {
    const Outcome outcome =
        call({"verify", "--secret", secret, "--at", "2021-02-25T19:55:30Z", "--tolerance",
              "31536000", "--header", "webhook-id: msg_p5jXN8AQM9LWM0D4loKWxJek", "--header",
              "webhook-timestamp: 1614265330", "--header",
              "webhook-signature: v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="},
             "{\"test\": 2432232314}");
    EXPECT_EQ(outcome.out, "valid\n") << outcome.error;
}

TEST(Verify, TakesATimeAsSignaturesHaveIt) {
    const std::vector<std::string> golden{
        "verify",
        "--secret",
        secret,
        "--header",
        "webhook-id: msg_p5jXN8AQM9LWM0D4loKWxJek",
        "--header",
        "webhook-timestamp: 1614265330",
        "--header",
        "webhook-signature: v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="};
    const auto at = [&](const char* time) {
        std::vector<std::string> arguments = golden;
        arguments.insert(arguments.end(), {"--at", time});
        return call(arguments, "{\"test\": 2432232314}");
    };
    EXPECT_EQ(at("1614265330").out, "valid\n");
    EXPECT_EQ(at("1614265631").code, exit_failed) << "a second beyond the tolerance";
    for (const char* wrong : {"99999999999999999999", "16142653.5", "-1", "soon"}) {
        const Outcome outcome = at(wrong);
        EXPECT_EQ(outcome.code, exit_usage) << wrong;
        EXPECT_NE(outcome.error.find("unix seconds"), std::string::npos) << outcome.error;
    }
}

TEST(Sign, AndItsNeighboursRefuseProfilesThatSignNothing) {
    for (const char* profile : {"discord", "email"}) {
        for (const std::vector<std::string>& command : {std::vector<std::string>{"sign"},
                                                        {"verify", "--header", "a: b"},
                                                        {"listen"},
                                                        {"check", "https://example.com/hook"}}) {
            std::vector<std::string> arguments = command;
            arguments.insert(arguments.end(), {"--profile", profile, "--secret", secret});
            const Outcome outcome = call(arguments, "{}");
            EXPECT_EQ(outcome.code, exit_usage) << command.front();
            EXPECT_NE(outcome.error.find("nothing is signed there"), std::string::npos)
                << outcome.error;
            EXPECT_EQ(outcome.error.find(", discord"), std::string::npos) << outcome.error;
        }
    }
}

TEST(Verify, CalledWronglySaysHow) {
    EXPECT_EQ(call({"verify", "--secret", secret}, "{}").code, exit_usage);  // no header
    EXPECT_EQ(call({"verify", "--header", "a: b"}, "{}").code, exit_usage);  // no secret
    const Outcome unknown =
        call({"verify", "--profile", "resel-scan", "--secret", secret, "--header", "a: b"}, "{}");
    EXPECT_EQ(unknown.code, exit_usage);
    EXPECT_NE(unknown.error.find("resell-scan"), std::string::npos) << unknown.error;
}

TEST(Verify, TakesTheSecretFromTheEnvironment) {
    const std::map<std::string, std::string> environment{{"ASSAY_WEBHOOK_SECRET", secret}};
    const Outcome signed_ = call({"sign", "--profile", "resell-scan"}, "{}", environment);
    std::vector<std::string> arguments{"verify", "--profile", "resell-scan"};
    for (const auto& option : header_options(signed_.out))
        arguments.push_back(option);
    EXPECT_EQ(call(arguments, "{}", environment).code, exit_ok);
}

TEST(HeaderLine, NeedsANameAndAColon) {
    EXPECT_THAT(parse_header_line("no colon"), testing::FailsWith(ErrorCode::invalid_argument));
    EXPECT_THAT(parse_header_line(": value"), testing::FailsWith(ErrorCode::invalid_argument));
    const auto header = parse_header_line("X-A:  b: c");
    ASSERT_TRUE(header.has_value());
    EXPECT_EQ(*header, (notify::Header{"X-A", "b: c"}));
}

}  // namespace
}  // namespace assay::tools
