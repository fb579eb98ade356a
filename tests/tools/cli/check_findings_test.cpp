// What is concluded from a receiver's answers, row by row.
// SPDX-License-Identifier: MIT
#include "tools/cli/check_findings.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace assay::tools {
namespace {

using notify::Outcome;
using notify::OutcomeKind;

Outcome answer(int status, std::int32_t took_ms = 20) {
    Outcome outcome;
    outcome.kind = OutcomeKind::response;
    outcome.status = status;
    outcome.timings.done = took_ms;
    return outcome;
}
Outcome failure(OutcomeKind kind) {
    Outcome outcome;
    outcome.kind = kind;
    return outcome;
}

bool must_be_refused(Check check) {
    return check == Check::tampered || check == Check::wrong_secret ||
           check == Check::no_signature || check == Check::old_time || check == Check::future_time;
}

// A receiver without a fault, but for one answer.
std::vector<Observation> good_but(Check odd, const Outcome& outcome) {
    std::vector<Observation> seen;
    for (const Check check : checks) {
        if (check == Check::quick || check == Check::method || check == Check::transport) continue;
        seen.push_back({check, check == odd             ? outcome
                               : must_be_refused(check) ? answer(401)
                                                        : answer(200)});
    }
    return seen;
}

const notify::Profile& profile(std::string_view name = "standard-webhooks") {
    return *notify::find_profile(name);
}
const Look good_look{true, false, 405, 60};

Finding finding_of(Check check, const std::vector<Finding>& findings) {
    const auto found = std::find_if(findings.begin(), findings.end(),
                                    [&](const Finding& one) { return one.check == check; });
    return found == findings.end() ? Finding{} : *found;
}

TEST(CheckFindings, AReceiverWithoutFaultIsGradedA) {
    const auto findings = judge(profile(), good_but(Check::valid, answer(204)), good_look);
    ASSERT_EQ(findings.size(), std::size(checks));
    for (std::size_t i = 0; i < findings.size(); ++i) {
        EXPECT_EQ(findings[i].check, checks[i]);
        EXPECT_EQ(findings[i].verdict, Verdict::passed) << to_string(checks[i]);
        EXPECT_EQ(findings[i].fix, "");
    }
    EXPECT_EQ(grade(findings), 'A');
}

struct Row {
    Check check;
    Outcome outcome;
    Verdict verdict;
    char grade;
    std::string_view fix;  // is part of it
};

TEST(CheckFindings, EveryFaultHasAVerdictAGradeAndAFix) {
    const Row rows[] = {
        {Check::tampered, answer(200), Verdict::failed, 'F', "raw body"},
        {Check::wrong_secret, answer(202), Verdict::failed, 'F', "constant time"},
        {Check::no_signature, answer(200), Verdict::failed, 'F', "header is missing"},
        {Check::old_time, answer(200), Verdict::failed, 'F', "replay"},
        {Check::future_time, answer(200), Verdict::advice, 'B', "5 minutes ahead"},
        {Check::tampered, answer(500), Verdict::advice, 'B', "401 or 403"},
        {Check::tampered, answer(302), Verdict::advice, 'B', "401 or 403"},
        {Check::tampered, failure(OutcomeKind::reset), Verdict::advice, 'B', "401 or 403"},
        {Check::tampered, answer(400), Verdict::passed, 'A', ""},
        {Check::duplicate, answer(409), Verdict::failed, 'C', "seen already"},
        {Check::rotation, answer(401), Verdict::failed, 'C', "any of the listed"},
        {Check::exact_bytes, answer(401), Verdict::failed, 'C', "bytes as they came"},
        {Check::unknown_type, answer(422), Verdict::failed, 'C', "new ones will come"},
        {Check::large, answer(413), Verdict::failed, 'C', "client_max_body_size"},
        {Check::large, failure(OutcomeKind::reset), Verdict::failed, 'C', "payload: thin"},
        {Check::duplicate, answer(200, 2'001), Verdict::passed, 'B', ""},
        {Check::valid, answer(401), Verdict::failed, 'F', "before any parsing"},
        {Check::valid, answer(308), Verdict::failed, 'F', "never followed"},
        {Check::valid, answer(404), Verdict::failed, 'F', "take POST"},
        {Check::valid, answer(500), Verdict::failed, 'F', "log"},
        {Check::valid, failure(OutcomeKind::timeout), Verdict::failed, 'F', "20 s"},
        {Check::valid, failure(OutcomeKind::dns), Verdict::failed, 'F', "DNS"},
        {Check::valid, failure(OutcomeKind::connect), Verdict::failed, 'F', "firewall"},
        {Check::valid, failure(OutcomeKind::tls), Verdict::failed, 'F', "chain"},
        {Check::valid, failure(OutcomeKind::blocked), Verdict::failed, 'F', "allow-endpoint-cidr"},
    };
    for (const Row& row : rows) {
        const auto findings = judge(profile(), good_but(row.check, row.outcome), good_look);
        const Finding finding = finding_of(row.check, findings);
        const std::string where = std::string(to_string(row.check)) + ", " + finding.said;
        EXPECT_EQ(finding.verdict, row.verdict) << where;
        EXPECT_EQ(grade(findings), row.grade) << where;
        EXPECT_NE(finding.fix.find(row.fix), std::string::npos) << where << ": " << finding.fix;
    }
}

TEST(CheckFindings, WhereTheValidOneIsRefusedTheOthersSayNothing) {
    const auto findings = judge(profile(), good_but(Check::valid, answer(403)), good_look);
    for (const Finding& finding : findings) {
        if (finding.check == Check::valid || finding.check == Check::transport) continue;
        EXPECT_EQ(finding.verdict, Verdict::skipped) << to_string(finding.check);
    }
}

TEST(CheckFindings, TheSuccessRuleIsTheProfiles) {
    const auto seen = good_but(Check::valid, answer(204));
    const Finding strict = finding_of(Check::valid, judge(profile("reusely"), seen, good_look));
    EXPECT_EQ(strict.verdict, Verdict::failed);
    EXPECT_NE(strict.fix.find("answer 200, not 204"), std::string::npos) << strict.fix;
    const Finding usual = finding_of(Check::valid, judge(profile("ztrace"), seen, good_look));
    EXPECT_EQ(usual.verdict, Verdict::passed);
}

TEST(CheckFindings, WhatAProfileCannotProtectIsSaidAndNotCounted) {
    const std::pair<std::string_view, std::vector<Check>> rows[] = {
        {"standard-webhooks", {}},
        {"cloudevents", {}},
        {"resell-scan", {}},
        {"ztrace", {Check::rotation}},
        {"sellapp", {Check::old_time, Check::future_time, Check::rotation}},
        {"github", {Check::old_time, Check::future_time, Check::rotation}},
        {"reusely", {Check::tampered, Check::old_time, Check::future_time, Check::rotation}},
        {"resilientlink", {Check::tampered, Check::old_time, Check::future_time, Check::rotation}},
    };
    for (const auto& [name, expected] : rows) {
        std::vector<Check> found;
        for (const Check check : checks) {
            if (!not_applicable(check, profile(name)).empty()) found.push_back(check);
        }
        EXPECT_EQ(found, expected) << name;
    }
}

TEST(CheckFindings, PlainHttpIsForThisMachineOnly) {
    const auto verdict = [](const Look& look) {
        return finding_of(Check::transport,
                          judge(profile(), good_but(Check::valid, answer(200)), look))
            .verdict;
    };
    EXPECT_EQ(verdict({false, true, 405, {}}), Verdict::skipped);
    EXPECT_EQ(verdict({false, false, 405, {}}), Verdict::failed);
    EXPECT_EQ(verdict({true, false, 405, 13}), Verdict::advice);
    EXPECT_EQ(verdict({true, false, 405, 14}), Verdict::passed);
}

TEST(CheckFindings, AGetThatIsTakenGetsAdvice) {
    const auto finding = [](int status) {
        return finding_of(Check::method, judge(profile(), good_but(Check::valid, answer(200)),
                                               {true, false, status, 60}));
    };
    EXPECT_EQ(finding(200).verdict, Verdict::advice);
    EXPECT_EQ(finding(405).verdict, Verdict::passed);
    EXPECT_EQ(finding(0).verdict, Verdict::passed);
}

}  // namespace
}  // namespace assay::tools
