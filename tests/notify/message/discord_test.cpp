// Embeds at Discord's limits, and texts that try to be more than text.
// SPDX-License-Identifier: MIT
#include "notify/message/discord.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace assay::notify {
namespace {

namespace json = boost::json;

Message message_with(std::string title, std::string text = {}, std::vector<Fact> facts = {}) {
    Message message;
    message.title = std::move(title);
    message.text = std::move(text);
    message.facts = std::move(facts);
    message.footer = "batch.completed evt_1";
    message.time = parse_time("2026-05-25T10:30:00.000Z").value();
    return message;
}

json::object embed_of(const Message& message) {
    const json::value body = json::parse(discord_body(message));
    return body.at("embeds").as_array().at(0).as_object();
}

std::string text_of(const json::object& object, std::string_view key) {
    const json::value* const value = object.if_contains(key);
    return value == nullptr ? std::string() : std::string(value->as_string());
}

// All units that Discord adds up to its 6,000.
std::size_t counted_units(const json::object& embed) {
    std::size_t units =
        utf16_units(text_of(embed, "title")) + utf16_units(text_of(embed, "description"));
    if (const json::value* footer = embed.if_contains("footer")) {
        units += utf16_units(footer->at("text").as_string());
    }
    if (const json::value* fields = embed.if_contains("fields")) {
        for (const json::value& field : fields->as_array()) {
            units += utf16_units(field.at("name").as_string());
            units += utf16_units(field.at("value").as_string());
        }
    }
    return units;
}

TEST(DiscordBody, HoldsWhatHappenedInOneEmbed) {
    Message message = message_with("Batch completed", "All is well.", {{"Products", "3"}});
    message.link = "https://assay.example/v1/batches/1/results";
    message.tone = Tone::good;
    EXPECT_EQ(discord_body(message),
              R"({"embeds":[{"title":"Batch completed","description":"All is well.",)"
              R"("url":"https://assay.example/v1/batches/1/results","color":3050327,)"
              R"("timestamp":"2026-05-25T10:30:00.000Z","fields":[{"name":"Products","value":"3",)"
              R"("inline":true}],"footer":{"text":"batch.completed evt_1"}}],)"
              R"("allowed_mentions":{"parse":[]}})");
}

TEST(DiscordBody, NoTextMentionsAnybodyOrFormatsAnything) {
    const json::object embed =
        embed_of(message_with("@everyone **free** [click](http://evil.example) <@1> `x`"));
    EXPECT_EQ(text_of(embed, "title"),
              R"(\@everyone \*\*free\*\* \[click\]\(http://evil.example\) \<\@1\> \`x\`)");
    const json::value body = json::parse(discord_body(message_with("@here")));
    EXPECT_TRUE(body.at("allowed_mentions").at("parse").as_array().empty());
    EXPECT_FALSE(body.as_object().contains("content"));
}

TEST(DiscordBody, EachTextKeepsItsLimitToTheCharacter) {
    const std::string mark = "\u2026";
    for (const int extra : {-1, 0, 1}) {
        const auto sized = [&](std::size_t limit) {
            return std::string(limit + static_cast<std::size_t>(extra), 'a');
        };
        const json::object embed = embed_of(message_with(
            sized(discord_limits::title), sized(discord_limits::description),
            {{sized(discord_limits::field_name), sized(discord_limits::field_value)}}));
        const auto expected = [&](std::size_t limit) {
            return extra == 1 ? std::string(limit - 1, 'a') + mark : sized(limit);
        };
        EXPECT_EQ(text_of(embed, "title"), expected(discord_limits::title));
        EXPECT_EQ(text_of(embed, "description"), expected(discord_limits::description));
        const json::value& field = embed.at("fields").as_array().at(0);
        EXPECT_EQ(field.at("name").as_string(), expected(discord_limits::field_name));
        EXPECT_EQ(field.at("value").as_string(), expected(discord_limits::field_value));
    }
}

TEST(DiscordBody, TakesTwentyFiveFieldsAndNoMore) {
    for (const std::size_t count : {24U, 25U, 26U}) {
        const std::vector<Fact> facts(count, Fact{"n", "v"});
        EXPECT_EQ(embed_of(message_with("t", "", facts)).at("fields").as_array().size(),
                  std::min<std::size_t>(count, 25));
    }
}

TEST(DiscordBody, StaysWithinSixThousandInAll) {
    const std::vector<Fact> facts(25, Fact{std::string(200, 'n'), std::string(1'000, 'v')});
    const json::object embed =
        embed_of(message_with(std::string(256, 't'), std::string(4'096, 'd'), facts));
    EXPECT_LE(counted_units(embed), discord_limits::all);
    EXPECT_GE(counted_units(embed), discord_limits::all - 1);
    for (const json::value& field : embed.at("fields").as_array()) {
        EXPECT_FALSE(field.at("name").as_string().empty());
        EXPECT_FALSE(field.at("value").as_string().empty());
    }
    EXPECT_EQ(embed.at("footer").at("text").as_string(), "batch.completed evt_1");
}

TEST(DiscordBody, LeavesOutALinkThatIsNone) {
    Message message = message_with("t");
    message.link = "javascript:alert(1)";
    EXPECT_FALSE(embed_of(message).contains("url"));
    message.link = "https://a.example/" + std::string(discord_limits::url, 'x');
    EXPECT_FALSE(embed_of(message).contains("url"));
}

TEST(DiscordBody, EmptyTextsBecomeWhatDiscordTakes) {
    const json::object embed = embed_of(message_with("", "", {{"", ""}}));
    EXPECT_EQ(text_of(embed, "title"), "-");
    EXPECT_FALSE(embed.contains("description"));
    EXPECT_EQ(embed.at("fields").as_array().at(0).at("value").as_string(), "-");
}

TEST(DiscordText, CountsAsUtf16AndCutsBetweenCharacters) {
    EXPECT_EQ(utf16_units("a\u00e9\u20ac\U0001F600"), 5U);
    EXPECT_EQ(discord_text("\U0001F600\U0001F600", 4), "\U0001F600\U0001F600");
    EXPECT_EQ(discord_text("\U0001F600\U0001F600", 3), "\U0001F600\u2026");
    EXPECT_EQ(discord_text("\U0001F600\U0001F600", 2), "\u2026");
    EXPECT_EQ(discord_text("**", 4), R"(\*\*)");
    EXPECT_EQ(discord_text("**", 3), "\\*\u2026");  // never a lone backslash
    EXPECT_EQ(discord_text("**", 2), "\u2026");
    EXPECT_EQ(discord_text("", 1), "");
}

TEST(DiscordRetryAfter, IsRoundedUpAndBounded) {
    using std::chrono::seconds;
    EXPECT_EQ(discord_retry_after(R"({"message":"slow","retry_after":0.337,"global":false})"),
              seconds(1));
    EXPECT_EQ(discord_retry_after(R"({"retry_after":65})"), seconds(65));
    EXPECT_EQ(discord_retry_after(R"({"retry_after":2.0})"), seconds(2));
    EXPECT_EQ(discord_retry_after(R"({"retry_after":1e300})"), std::chrono::hours(24));
}

TEST(DiscordRetryAfter, SaysNothingWhereThereIsNothingToRead) {
    for (const char* body : {"", "rate limited", "[]", "{}", R"({"retry_after":"5"})",
                             R"({"retry_after":-1.5})", R"({"retry_after":null})"}) {
        EXPECT_EQ(discord_retry_after(body), std::nullopt) << body;
    }
}

}  // namespace
}  // namespace assay::notify
