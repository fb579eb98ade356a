// Tests of batch options as JSON, and of the names of states.
// SPDX-License-Identifier: MIT
#include "engine/batch/batch.hpp"

#include "tests/support/matchers.hpp"

namespace assay::engine {
namespace {

using testing::FailsWith;
using testing::IsOk;

TEST(BatchStatus, EveryNameReadsBack) {
    for (int i = 0; i <= static_cast<int>(BatchStatus::cancelled); ++i) {
        const auto status = static_cast<BatchStatus>(i);
        EXPECT_EQ(parse_batch_status(to_string(status)), status);
    }
    EXPECT_EQ(parse_batch_status("done"), std::nullopt);
}

TEST(BatchOptions, SurviveTheStore) {
    BatchOptions options;
    EXPECT_EQ(*parse_batch_options(to_json(options)), options);
    options.collection_id = "c \"1\"";
    options.metadata = R"({"a":[1.50,"x"],"b":{}})";
    options.analyzers = {"price", "fees"};
    options.lot.freight = 64'000;
    options.lot.premium = 50'000;
    options.lot.bid = 1;
    options.lot.target_roi = 123'456;
    options.lot.probability = 0.75;
    options.as_of = *parse_time("2026-05-25T10:30:00.123Z");
    options.money_unit = MoneyUnit::major;
    options.on_invalid = OnInvalid::reject;
    options.bootstrap = true;
    const auto read = parse_batch_options(to_json(options));
    ASSERT_THAT(read, IsOk());
    EXPECT_EQ(*read, options);
    options.money_unit = MoneyUnit::minor;
    EXPECT_EQ(*parse_batch_options(to_json(options)), options);
}

TEST(BatchOptions, ReadWhatPeopleWrite) {
    const auto lot = [](std::string_view members) {
        auto read = parse_batch_options("{\"lot\":{" + std::string(members) + "}}");
        EXPECT_THAT(read, IsOk()) << members;
        return read.value_or(BatchOptions{}).lot;
    };
    EXPECT_EQ(lot(R"("freight":"640.00")").freight, 64'000);
    EXPECT_EQ(lot(R"("freight":64000)").freight, 64'000);
    EXPECT_EQ(lot(R"("freight":{"amount":"640","currency":"JPY"})").freight, 640);
    EXPECT_EQ(lot(R"("premium":0.05)").premium, 50'000);
    EXPECT_EQ(lot(R"("premium":"5%")").premium, 50'000);
    EXPECT_EQ(lot(R"("premium":"12.5%")").premium, 125'000);
    EXPECT_EQ(lot(R"("target_roi":0.25)").target_roi, 250'000);
    EXPECT_EQ(parse_batch_options(R"({"lot":{"freight":640},"money_unit":"major"})")->lot.freight,
              64'000);
    EXPECT_EQ(parse_batch_options(R"({"metadata":{"a":1.50}})")->metadata, R"({"a":1.50})");
}

TEST(BatchOptions, RefuseWhatTheyDoNotKnow) {
    const std::pair<std::string_view, std::string_view> wrong[] = {
        {R"({"product":[]})", "/product"},
        {R"({"lot":{"freigth":1}})", "/lot/freigth"},
        {R"({"collection_id":5})", "/collection_id"},
        {R"({"metadata":[]})", "/metadata"},
        {R"({"analyzers":"price"})", "/analyzers"},
        {R"({"analyzers":[1]})", "/analyzers/0"},
        {R"({"as_of":"now"})", "/as_of"},
        {R"({"money_unit":"cents"})", "/money_unit"},
        {R"({"on_invalid":"skip"})", "/on_invalid"},
        {R"({"ci":"normal"})", "/ci"},
        {R"({"lot":{"premium":5}})", "/lot/premium"},
        {R"({"lot":{"premium":"5"}})", "/lot/premium"},
        {R"({"lot":{"premium":-0.1}})", "/lot/premium"},
        {R"({"lot":{"freight":-1}})", "/lot/freight"},
        {R"({"lot":{"probability":1}})", "/lot/probability"},
        {R"([])", ""}};
    for (const auto& [json, field] : wrong) {
        const auto read = parse_batch_options(json);
        ASSERT_THAT(read, FailsWith(ErrorCode::invalid_argument)) << json;
        EXPECT_EQ(read.error().field, field) << json;
    }
    EXPECT_THAT(parse_batch_options("{\"freight\":9.99}"), FailsWith(ErrorCode::invalid_argument));
    EXPECT_THAT(parse_batch_options("{\"lot\":{\"freight\":9.99}}"),
                FailsWith(ErrorCode::ambiguous_money));
    EXPECT_THAT(parse_batch_options("{"), FailsWith(ErrorCode::invalid_json));
    EXPECT_THAT(parse_batch_options("{\"ci\":\"exact\",\"ci\":\"exact\"}"),
                FailsWith(ErrorCode::duplicate_key));
    EXPECT_THAT(parse_batch_options("{\"metadata\":{\"a\":\"" + std::string(20'000, 'x') + "\"}}"),
                FailsWith(ErrorCode::invalid_argument));
}

}  // namespace
}  // namespace assay::engine
