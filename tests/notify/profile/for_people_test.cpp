// What events say to people: titles, facts and tones of the samples, and a mail as JSON.
// SPDX-License-Identifier: MIT
#include "notify/profile/for_people.hpp"

#include <gmock/gmock.h>

#include <boost/json.hpp>

#include "notify/profile/sample.hpp"
#include "tests/support/matchers.hpp"

namespace assay::notify {
namespace {

using testing::FailsWith;
using ::testing::HasSubstr;
using testing::IsOk;

class ForPeople : public ::testing::Test {
  protected:
    Message said(const std::string& type, const std::string& data = {}) {
        event_ = sample_event(type);
        if (!data.empty()) event_.data = data;
        options_.results_url = "https://assay.example/results";
        auto message =
            message_of({*find_profile("email"), type, "evt_1", event_, options_}, sample_line);
        EXPECT_THAT(message, IsOk()) << type;
        return message ? *message : Message{};
    }
    static std::string fact(const Message& message, std::string_view name) {
        for (const Fact& one : message.facts) {
            if (one.name == name) return one.value;
        }
        return {};
    }
    engine::Event event_;
    RenderOptions options_;
};

TEST_F(ForPeople, ABatchThatEndedSaysItsCountsAndLinksToItsResults) {
    const Message message = said("batch.completed");
    EXPECT_EQ(message.title, "Batch completed: 2 of 3 products succeeded");
    EXPECT_EQ(message.tone, Tone::warning);
    EXPECT_EQ(fact(message, "Failed"), "1");
    EXPECT_EQ(fact(message, "Success rate"), "66.67 %");
    EXPECT_EQ(message.link, "https://assay.example/results");
    EXPECT_EQ(message.footer, "batch.completed evt_1");
    EXPECT_EQ(said("batch.started").link, "");
    EXPECT_EQ(said("batch.failed").tone, Tone::bad);
}

// It is sent while its result is still to come, so it can neither wait for one nor tell of one.
TEST_F(ForPeople, AProductThatHasBegunHasNoVerdictYet) {
    const Message message = said("item.started");
    EXPECT_EQ(message.title, "Product started: sample-1");
    EXPECT_EQ(fact(message, "Product"), "sample-1");
    EXPECT_FALSE(fact(message, "Batch").empty());
    EXPECT_EQ(message.facts.size(), 2U);
    const Page page{*find_profile("discord"), "item.started", "evt_1", event_, options_};
    EXPECT_THAT(message_of(page, {}), testing::IsOk()) << "no source of results is asked";
}

TEST_F(ForPeople, OneProductIsNotCalledProducts) {
    const auto begun = [](std::int64_t products) {
        boost::json::object data =
            boost::json::parse(sample_event("batch.started").data).as_object();
        data["total_count"] = products;
        return boost::json::serialize(data);
    };
    EXPECT_EQ(said("batch.started", begun(1)).title, "Batch started: 1 product");
    EXPECT_EQ(said("batch.started", begun(2)).title, "Batch started: 2 products");
}

TEST_F(ForPeople, AProductSaysItsVerdict) {
    const Message message = said("item.completed");
    EXPECT_FALSE(fact(message, "Verdict").empty());
    EXPECT_THAT(message.title, HasSubstr(fact(message, "Verdict") + ": "));
    EXPECT_THAT(said("item.failed").title, HasSubstr("Product failed: "));
}

TEST_F(ForPeople, AnEventOfOnesOwnIsListedMemberByMember) {
    const Message message = said("order.completed", R"({"id":236,"buyer":{"name":"A"},"x":null})");
    EXPECT_EQ(message.title, "order.completed");
    EXPECT_EQ(fact(message, "id"), "236");
    EXPECT_EQ(fact(message, "buyer.name"), "A");
    EXPECT_EQ(fact(message, "x"), "-");
}

TEST_F(ForPeople, OperationalEventsSayWhatToDo) {
    EXPECT_THAT(said("endpoint.disabled").text, HasSubstr("enable it again"));
    EXPECT_THAT(said("delivery.exhausted").text, HasSubstr("sent again"));
    EXPECT_THAT(said("quota.exceeded").text, HasSubstr("refused"));
}

TEST_F(ForPeople, DataThatCannotBeReadIsCorrupt) {
    event_ = sample_event("order.completed");
    event_.data = "[1]";
    EXPECT_THAT(message_of({*find_profile("email"), "order.completed", "evt_1", event_, options_},
                           sample_line),
                FailsWith(ErrorCode::corrupt));
}

TEST_F(ForPeople, AMailAsJsonHasSubjectTextAndHtml) {
    event_ = sample_event("quota.warning");
    const auto text = mail_as_json(
        {*find_profile("email"), "quota.warning", "evt_1", event_, options_}, sample_line);
    ASSERT_THAT(text, IsOk());
    const auto mail = boost::json::parse(*text);
    EXPECT_EQ(mail.at("subject").as_string(), "80 % of the month's quota is used");
    EXPECT_THAT(std::string(mail.at("html").as_string()), HasSubstr("<table"));
}

}  // namespace
}  // namespace assay::notify
