// One mail an hour and kind, on a clock of its own.
// SPDX-License-Identifier: MIT
#include "notify/channel/failure_mail.hpp"

#include <gmock/gmock.h>

#include <set>

#include "engine/base/limits.hpp"

namespace assay::notify {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::Not;

const TenantId ours("ours"), theirs("theirs");
const TimePoint start = parse_time("2026-05-25T10:00:00.000Z").value();

TEST(FailureMails, TheFirstGoesOutAndTheRestOfTheHourIsHeldBack) {
    FailureMails mails;
    const auto note = [&](milliseconds after) {
        return mails.note(ours, FailureKind::bad_response, start + after);
    };
    EXPECT_EQ(note(milliseconds(0)), FailureMails::Due{0});
    EXPECT_EQ(note(milliseconds(1)), std::nullopt);
    EXPECT_EQ(note(hours(1) - milliseconds(1)), std::nullopt);
    EXPECT_EQ(note(hours(1)), FailureMails::Due{2});
    EXPECT_EQ(note(hours(2) - milliseconds(1)), std::nullopt);
    EXPECT_EQ(note(hours(5)), FailureMails::Due{1});
    EXPECT_EQ(note(hours(6)), FailureMails::Due{0});
}

TEST(FailureMails, EachTenantAndKindHasItsOwnHour) {
    FailureMails mails;
    for (const FailureKind kind :
         {FailureKind::bad_response, FailureKind::unreachable, FailureKind::disabled}) {
        EXPECT_EQ(mails.note(ours, kind, start), FailureMails::Due{0});
        EXPECT_EQ(mails.note(theirs, kind, start), FailureMails::Due{0});
        EXPECT_EQ(mails.note(ours, kind, start), std::nullopt);
    }
}

TEST(FailureMails, AMailThatCouldNotGoOutIsToldAMinuteLater) {
    FailureMails mails;
    const auto due = mails.note(ours, FailureKind::unreachable, start);
    ASSERT_TRUE(due);
    mails.take_back(ours, FailureKind::unreachable, *due, start);
    const auto note = [&](milliseconds after) {
        return mails.note(ours, FailureKind::unreachable, start + after);
    };
    EXPECT_EQ(note(failure_mail_retry - milliseconds(1)), std::nullopt);
    EXPECT_EQ(note(failure_mail_retry), FailureMails::Due{2});
    EXPECT_EQ(note(failure_mail_retry + milliseconds(1)), std::nullopt);
}

TEST(FailureMails, AClockThatIsSetBackSilencesNothing) {
    FailureMails mails;
    EXPECT_TRUE(mails.note(ours, FailureKind::disabled, start));
    EXPECT_TRUE(mails.note(ours, FailureKind::disabled, start - hours(48)));
    EXPECT_EQ(mails.note(ours, FailureKind::disabled, start - hours(48)), std::nullopt);
}

TEST(FailureMails, WhatAnEarlierProcessKeptCountsOn) {
    FailureMails before;
    EXPECT_TRUE(before.note(ours, FailureKind::disabled, start));
    EXPECT_EQ(before.note(ours, FailureKind::disabled, start), std::nullopt);
    FailureMails after;
    EXPECT_EQ(before.state(theirs, FailureKind::disabled), std::nullopt);
    after.restore(ours, FailureKind::disabled, *before.state(ours, FailureKind::disabled));
    EXPECT_EQ(after.note(ours, FailureKind::disabled, start + hours(1) - milliseconds(1)),
              std::nullopt);
    EXPECT_EQ(after.note(ours, FailureKind::disabled, start + hours(1)), FailureMails::Due{2});
    EXPECT_EQ(failure_kind("disabled"), FailureKind::disabled);
    EXPECT_EQ(failure_kind("enabled"), std::nullopt);
}

TEST(FailureMails, RemembersABoundedNumber) {
    FailureMails mails;
    for (std::size_t i = 0; i <= limits::failure_mail_states_max; ++i) {
        EXPECT_TRUE(mails.note(TenantId(std::to_string(i)), FailureKind::unreachable,
                               start + milliseconds(static_cast<std::int64_t>(i))));
    }
    EXPECT_EQ(mails.size(), limits::failure_mail_states_max);
    // The one that was told of longest ago gave way; once their hour is over they all do.
    EXPECT_EQ(mails.note(TenantId("1"), FailureKind::unreachable, start + milliseconds(20'000)),
              std::nullopt);
    EXPECT_TRUE(mails.note(TenantId("x"), FailureKind::unreachable, start + hours(3)));
    EXPECT_EQ(mails.size(), 1U);
}

TEST(FailureKindOf, SeparatesWrongAnswersFromNone) {
    Outcome outcome;
    outcome.kind = OutcomeKind::response;
    outcome.status = 500;
    EXPECT_EQ(failure_kind_of(outcome), FailureKind::bad_response);
    for (const OutcomeKind kind :
         {OutcomeKind::dns, OutcomeKind::connect, OutcomeKind::tls, OutcomeKind::timeout,
          OutcomeKind::reset, OutcomeKind::blocked}) {
        outcome.kind = kind;
        EXPECT_EQ(failure_kind_of(outcome), FailureKind::unreachable);
    }
    for (const OutcomeKind kind : {OutcomeKind::aborted, OutcomeKind::invalid_request}) {
        outcome.kind = kind;
        EXPECT_EQ(failure_kind_of(outcome), std::nullopt);
    }
}

TEST(FailureMessage, SaysWhatHappenedHowToMendItAndWhatWasHeldBack) {
    Failure failure;
    failure.kind = FailureKind::bad_response;
    failure.endpoint = "wh_1";
    failure.target = "https://shop.example/hook";
    failure.outcome.kind = OutcomeKind::response;
    failure.outcome.status = 503;
    failure.outcome.response_text = "<b>what the receiver said</b>";
    failure.why = "status 503; this profile never retries";
    const Message first = failure_message(failure, 0);
    EXPECT_THAT(first.text, HasSubstr("How to mend it"));
    EXPECT_THAT(first.text, Not(HasSubstr("more failure")));
    EXPECT_THAT(first.facts, ::testing::Contains(Fact{"Outcome", "status 503"}));
    for (const Fact& fact : first.facts)
        EXPECT_THAT(fact.value, Not(HasSubstr("what the receiver said")));
    EXPECT_THAT(failure_message(failure, 1).text, HasSubstr("1 more failure of this kind"));
    EXPECT_THAT(failure_message(failure, 12).text, HasSubstr("12 more failures of this kind"));
}

TEST(FailureMessage, EachKindHasItsOwnRemedy) {
    Failure failure;
    std::set<std::string> titles, texts;
    for (const FailureKind kind :
         {FailureKind::bad_response, FailureKind::unreachable, FailureKind::disabled}) {
        failure.kind = kind;
        const Message message = failure_message(failure, 0);
        titles.insert(message.title);
        texts.insert(message.text);
    }
    EXPECT_EQ(titles.size(), 3U);
    EXPECT_EQ(texts.size(), 3U);
}

}  // namespace
}  // namespace assay::notify
