// Every type of every catalogue has a sample that its profile can send.
// SPDX-License-Identifier: MIT
#include "notify/profile/sample.hpp"

#include <gmock/gmock.h>

#include <boost/json.hpp>

#include "tests/support/matchers.hpp"

namespace assay::notify {
namespace {

using testing::FailsWith;
using ::testing::HasSubstr;
using testing::IsOk;

TEST(Sample, EveryTypeOfEveryCatalogueHasOne) {
    int count = 0;
    for (const Profile& profile : built_in_profiles()) {
        for (const std::string& type : profile.catalogue) {
            const Result<std::string> body = sample_body(profile, type);
            ASSERT_THAT(body, IsOk()) << profile.name << " " << type;
            boost::system::error_code error;
            const auto parsed = boost::json::parse(*body, error);
            ASSERT_FALSE(error) << *body;
            EXPECT_THAT(*body, ::testing::Not(HasSubstr(R"("sample":true)")))
                << profile.name << " " << type << ": nobody wrote one";
            EXPECT_EQ(*body, *sample_body(profile, type)) << "always the same";
            ++count;
        }
    }
    EXPECT_GE(count, 100);
}

TEST(Sample, ABatchBringsThreeProductsOfItsKind) {
    const auto body = [](std::string_view profile, std::string_view type) {
        return boost::json::parse(sample_body(*find_profile(profile), type).value());
    };
    const auto data = body("resell-scan", "analysis.completed").at("data");
    EXPECT_EQ(data.at("products").as_array().size(), 3U);
    EXPECT_EQ(data.at("success_rate").as_double(), 66.67);
    EXPECT_THAT(sample_lines("batch.failed"), ::testing::Not(HasSubstr("completed")));
    EXPECT_THAT(sample_lines("batch.cancelled"), HasSubstr(R"("status":"cancelled")"));
    EXPECT_EQ(sample_lines("batch.started"), "");
    EXPECT_EQ(body("cloudevents", "batch.completed").at("subject"),
              "6f1c8f0a-3c2e-4b47-9f0e-2a9f3c1d5e77");
}

TEST(Sample, APublishedTypeThatNobodyKnowsSaysThatItIsOne) {
    const Result<std::string> body = sample_body(*find_profile("standard-webhooks"), "my.own");
    ASSERT_THAT(body, IsOk());
    EXPECT_THAT(*body, HasSubstr(R"("data":{"sample":true})"));
    EXPECT_THAT(sample_body(*find_profile("ztrace"), "my.own"),
                FailsWith(ErrorCode::invalid_argument));
    EXPECT_THAT(sample_body(*find_profile("github"), "batch.unheard_of"),
                FailsWith(ErrorCode::invalid_argument));
}

TEST(Sample, ALineBeyondThemIsCorrupt) {
    EXPECT_THAT(sample_line(0), IsOk());
    EXPECT_THAT(sample_line(3), FailsWith(ErrorCode::corrupt));
    EXPECT_THAT(sample_line(-1), FailsWith(ErrorCode::corrupt));
}

}  // namespace
}  // namespace assay::notify
