// Filters: what they take, what they say of what they do not, and what they let through.
// SPDX-License-Identifier: MIT
#include "notify/endpoint/filter.hpp"

#include <gmock/gmock.h>

#include <random>

#include "engine/base/limits.hpp"
#include "tests/support/matchers.hpp"

namespace assay::notify {
namespace {

using testing::FailsWith;
using ::testing::HasSubstr;
using testing::IsOk;

bool lets_through(const std::string& filter, const std::string& data) {
    const Result<Filter> parsed = Filter::parse(filter);
    EXPECT_THAT(parsed, IsOk()) << filter;
    return parsed && parsed->matches(data);
}

const std::string batch = R"({"failed_products":2,"success_rate":66.67,"status":"completed",)"
                          R"("collection_id":null,"products":[],"completed_at":"2026-05-25"})";

TEST(Filter, OfNothingLetsEverythingThrough) {
    EXPECT_TRUE(Filter().matches(batch));
    EXPECT_TRUE(Filter().matches("no json"));
    EXPECT_EQ(Filter().text(), "");
}

TEST(Filter, TakesOnlyBatchesWithFailures) {
    const std::string only_failures = R"({"path":"/failed_products","gt":0})";
    EXPECT_TRUE(lets_through(only_failures, batch));
    EXPECT_FALSE(lets_through(only_failures, R"({"failed_products":0})"));
    EXPECT_FALSE(lets_through(only_failures, R"({"failed_products":"2"})"))
        << "a text is no number";
    EXPECT_FALSE(lets_through(only_failures, "{}"));
}

TEST(Filter, TakesOnlyItemsToBuyWithAProfitAboveFifty) {
    const std::string good = R"({"all":[{"path":"/result/verdict/decision","eq":"buy"},)"
                             R"({"path":"/result/channels/*/profit_expected","gt":5000}]})";
    const auto item = [](const std::string& verdict, const std::string& profits) {
        return R"({"result":{"verdict":{"decision":")" + verdict + R"("},"channels":[)" + profits +
               "]}}";
    };
    EXPECT_TRUE(
        lets_through(good, item("buy", R"({"profit_expected":10},{"profit_expected":5001})")));
    EXPECT_FALSE(lets_through(good, item("buy", R"({"profit_expected":5000})")));
    EXPECT_FALSE(lets_through(good, item("avoid", R"({"profit_expected":9000})")));
    EXPECT_FALSE(lets_through(good, item("buy", R"({"profit_expected":null})")));
    EXPECT_FALSE(lets_through(good, item("buy", "")));
    EXPECT_FALSE(lets_through(good, R"({"result":null})"));
}

TEST(Filter, KnowsEveryComparison) {
    struct Case {
        const char* filter;
        bool passes;
    };
    const Case cases[] = {
        {R"({"path":"/status","eq":"completed"})", true},
        {R"({"path":"/status","eq":"Completed"})", false},
        {R"({"path":"/status","ne":"failed"})", true},
        {R"({"path":"/status","ne":"completed"})", false},
        {R"({"path":"/failed_products","eq":2.0})", true},
        {R"({"path":"/failed_products","eq":"2"})", false},
        {R"({"path":"/failed_products","gte":2,"lt":3})", true},
        {R"({"path":"/failed_products","gte":2,"lt":2})", false},
        {R"({"path":"/success_rate","lte":66.67})", true},
        {R"({"path":"/success_rate","gt":66.67})", false},
        {R"({"path":"/status","in":["failed","completed"]})", true},
        {R"({"path":"/status","in":["failed",1,null]})", false},
        {R"({"path":"/collection_id","in":["a",null]})", true},
        {R"({"path":"/collection_id","eq":null})", true},
        {R"({"path":"/collection_id","exists":true})", true},
        {R"({"path":"/collection_id","exists":false})", false},
        {R"({"path":"/nowhere","exists":false})", true},
        {R"({"path":"/nowhere","exists":true})", false},
        {R"({"path":"/status","prefix":"comp"})", true},
        {R"({"path":"/status","prefix":"done"})", false},
        {R"({"path":"/failed_products","prefix":"2"})", false},
        {R"({"path":"/status","contains":"let"})", true},
        {R"({"path":"/status","contains":"zzz"})", false},
        {R"({"path":"/completed_at","gte":"2026-05-01"})", true},
        {R"({"path":"/completed_at","lt":"2026-05-01"})", false},
        {R"({"path":"/completed_at","gt":5})", false},
        {R"({"any":[{"path":"/failed_products","eq":9},{"path":"/status","eq":"completed"}]})",
         true},
        {R"({"all":[{"path":"/failed_products","eq":2},{"path":"/status","eq":"failed"}]})", false},
        {R"({"not":{"path":"/failed_products","eq":9}})", true},
    };
    for (const Case& one : cases)
        EXPECT_EQ(lets_through(one.filter, batch), one.passes) << one.filter;
}

TEST(Filter, AFieldThatIsNotThereMeetsNothingButItsAbsence) {
    for (const char* comparison :
         {R"("eq":1)", R"("ne":1)", R"("gt":1)", R"("lte":1)", R"("in":[1])", R"("prefix":"a")",
          R"("contains":1)", R"("exists":true)"}) {
        const std::string filter = std::string(R"({"path":"/gone",)") + comparison + "}";
        EXPECT_FALSE(lets_through(filter, batch)) << filter;
        EXPECT_TRUE(lets_through(R"({"not":)" + filter + "}", batch)) << filter;
    }
    EXPECT_FALSE(lets_through(R"({"path":"/gone","exists":false,"eq":1})", batch));
}

TEST(Filter, FollowsPointersAsTheirStandardSays) {
    const std::string data = R"({"a/b":1,"m~n":2,"":3,"*":4,"list":[10,[20],{"x":30}],"0":5})";
    EXPECT_TRUE(lets_through(R"({"path":"/a~1b","eq":1})", data));
    EXPECT_TRUE(lets_through(R"({"path":"/m~0n","eq":2})", data));
    EXPECT_TRUE(lets_through(R"({"path":"/","eq":3})", data));
    EXPECT_TRUE(lets_through(R"({"path":"/*","eq":4})", data)) << "of an object: a name";
    EXPECT_TRUE(lets_through(R"({"path":"/0","eq":5})", data));
    EXPECT_TRUE(lets_through(R"({"path":"/list/0","eq":10})", data));
    EXPECT_FALSE(lets_through(R"({"path":"/list/00","eq":10})", data));
    EXPECT_FALSE(lets_through(R"({"path":"/list/-","exists":true})", data));
    EXPECT_FALSE(lets_through(R"({"path":"/list/3","exists":true})", data));
    EXPECT_TRUE(lets_through(R"({"path":"/list/*/0","eq":20})", data));
    EXPECT_TRUE(lets_through(R"({"path":"/list/*/x","exists":true})", data));
    EXPECT_TRUE(lets_through(R"({"path":"/list/*/y","exists":false})", data));
    EXPECT_TRUE(lets_through(R"({"path":"/list","contains":10})", data));
}

TEST(Filter, ComparesLargeNumbersToTheLastDigit) {
    const std::string data = R"({"n":9007199254740993})";
    EXPECT_FALSE(lets_through(R"({"path":"/n","eq":9007199254740992})", data));
    EXPECT_TRUE(lets_through(R"({"path":"/n","gt":9007199254740992.0})", data));
    EXPECT_TRUE(lets_through(R"({"path":"/n","lt":18446744073709551615})", data));
}

TEST(Filter, NamesThePlaceOfWhatIsWrong) {
    struct Case {
        const char* filter;
        const char* field;
        const char* says;
    };
    const Case cases[] = {
        {R"([])", "filter", "must be an object"},
        {R"({})", "filter", "is empty"},
        {R"({"eq":1})", "filter.eq", "is no group"},
        {R"({"eq":1,"gt":0})", "filter", "lacks its path"},
        {R"({"path":"failed"})", "filter.path", "begins with /"},
        {R"({"path":"","eq":1})", "filter.path", "begins with /"},
        {R"({"path":7,"eq":1})", "filter.path", "begins with /"},
        {R"({"path":"/a~2","eq":1})", "filter.path", "neither ~0 nor ~1"},
        {R"({"path":"/a~","eq":1})", "filter.path", "neither ~0 nor ~1"},
        {R"({"path":"/a"})", "filter", "compares with nothing"},
        {R"({"path":"/a","like":"x"})", "filter.like", "is no comparison"},
        {R"({"path":"/a","gt":true})", "filter.gt", "must be a number or a text"},
        {R"({"path":"/a","eq":{}})", "filter.eq", "must be a text, a number"},
        {R"({"path":"/a","in":[]})", "filter.in", "list of 1 to 64"},
        {R"({"path":"/a","in":[1,[2]]})", "filter.in[1]", "must be a text"},
        {R"({"path":"/a","exists":1})", "filter.exists", "true or false"},
        {R"({"path":"/a","prefix":1})", "filter.prefix", "must be a text"},
        {R"({"all":[]})", "filter.all", "at least one"},
        {R"({"all":[{"path":"/a","eq":1},{"any":[{"path":"/b","gt":null}]}]})",
         "filter.all[1].any[0].gt", "must be a number or a text"},
        {R"({"not":[]})", "filter.not", "must be an object"},
        {R"({"not":{"not":{"not":{"not":{"not":{"not":{"path":"/a","eq":1}}}}}}})",
         "filter.not.not.not.not.not.not", "nested more than 5 deep"},
    };
    for (const Case& one : cases) {
        const Result<Filter> parsed = Filter::parse(one.filter);
        ASSERT_THAT(parsed, FailsWith(ErrorCode::invalid_argument)) << one.filter;
        EXPECT_EQ(parsed.error().field, one.field) << one.filter;
        EXPECT_THAT(parsed.error().message, HasSubstr(one.says)) << one.filter;
    }
    EXPECT_THAT(Filter::parse("{"), FailsWith(ErrorCode::invalid_json));
}

TEST(Filter, IsBounded) {
    std::string many = R"({"any":[)";
    for (std::size_t i = 0; i <= limits::filter_conditions_max; ++i)
        many += std::string(i > 0 ? "," : "") + R"({"path":"/a","eq":1})";
    EXPECT_THAT(Filter::parse(many + "]}"), FailsWith(ErrorCode::invalid_argument));
    const std::string long_text(limits::filter_text_bytes_max + 1, 'x');
    EXPECT_THAT(Filter::parse(R"({"path":"/a","eq":")" + long_text + R"("})"),
                FailsWith(ErrorCode::invalid_argument));
    EXPECT_THAT(Filter::parse(R"({"path":"/)" + long_text + R"(","eq":1})"),
                FailsWith(ErrorCode::invalid_argument));
    EXPECT_THAT(Filter::parse(std::string(limits::filter_bytes_max + 1, ' ')),
                FailsWith(ErrorCode::invalid_argument));
}

TEST(Filter, LetsThroughWhatIsNoJsonSoThatTheFaultIsSeen) {
    EXPECT_TRUE(lets_through(R"({"path":"/a","eq":1})", "{\"a\":"));
}

// Random filters on random documents: what must hold of all of them.
class RandomFilters : public ::testing::Test {
  protected:
    std::size_t pick(std::size_t count) {
        return std::uniform_int_distribution<std::size_t>(0, count - 1)(engine_);
    }
    std::string scalar() {
        static constexpr const char* values[] = {"0",      "1",       "2",     "-3",    "1.0",
                                                 "2.5",    "null",    "true",  "false", R"("")",
                                                 R"("a")", R"("ab")", R"("b")"};
        return values[pick(std::size(values))];
    }
    std::string condition() {
        static constexpr const char* paths[] = {"/a", "/b", "/list/*", "/list/0", "/in/a"};
        static constexpr const char* names[] = {"eq", "ne", "gt", "gte", "lt", "lte"};
        std::string text = std::string(R"({"path":")") + paths[pick(std::size(paths))] + "\",";
        switch (pick(4)) {
            case 0:
                return text + R"("exists":)" + (pick(2) == 0 ? "true}" : "false}");
            case 1:
                return text + R"("in":[)" + scalar() + "," + scalar() + "]}";
            default: {
                const std::size_t name = pick(std::size(names));
                std::string value = scalar();
                while (name >= 2 && (value == "null" || value == "true" || value == "false"))
                    value = scalar();
                return text + "\"" + names[name] + "\":" + value + "}";
            }
        }
    }
    std::string document() {
        std::string text = "{";
        if (pick(3) != 0) text += R"("a":)" + scalar() + ",";
        if (pick(3) != 0) text += R"("in":{"a":)" + scalar() + "},";
        text += R"("list":[)" + scalar() + "," + scalar() + "]";
        if (pick(3) != 0) text += R"(,"b":)" + scalar();
        return text + "}";
    }
    std::mt19937 engine_{20'260'525};
};

TEST_F(RandomFilters, ObeyLogicAndSurviveBeingWritten) {
    for (int round = 0; round < 5'000; ++round) {
        const std::string a = condition();
        const std::string b = condition();
        const std::string data = document();
        const bool x = lets_through(a, data);
        const bool y = lets_through(b, data);
        const std::string pair = "[" + a + "," + b + "]}";
        EXPECT_EQ(lets_through(R"({"not":)" + a + "}", data), !x) << a << data;
        EXPECT_EQ(lets_through(R"({"all":)" + pair, data), x && y) << a << b << data;
        EXPECT_EQ(lets_through(R"({"any":)" + pair, data), x || y) << a << b << data;
        const Result<Filter> once = Filter::parse(R"({"any":)" + pair);
        ASSERT_THAT(once, IsOk());
        const Result<Filter> again = Filter::parse(once->text());
        ASSERT_THAT(again, IsOk());
        EXPECT_EQ(once->text(), again->text());
        EXPECT_EQ(again->matches(data), x || y);
    }
}

}  // namespace
}  // namespace assay::notify
