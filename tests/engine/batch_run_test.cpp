// The sums of a batch: they survive the store, and nothing else is taken for them.
// SPDX-License-Identifier: MIT
#include "engine/batch_run.hpp"

#include <gmock/gmock.h>

#include <boost/json/parse.hpp>
#include <fstream>
#include <iterator>

#include "tests/support/matchers.hpp"
#include "tests/support/schema_faults.hpp"
#include "tests/support/source_tree.hpp"

namespace assay::engine {
namespace {

using testing::FailsWith;
using ::testing::HasSubstr;
using testing::IsOk;
using ::testing::Not;

ChunkDone chunk_of(std::uint64_t first, std::size_t lines) {
    ChunkDone done;
    for (std::size_t i = 0; i < lines; ++i) {
        LotLine line;
        line.index = first + i;
        line.retail = 100.0 * static_cast<double>(i + 1);
        done.lot.push_back(line);
    }
    done.by_decision[static_cast<std::size_t>(Decision::buy)] = 2;
    done.by_decision[static_cast<std::size_t>(Decision::pass)] = 1;
    done.cost.add(*Currency::parse("EUR"), 250, 4);
    return done;
}

TEST(BatchRun, TheSumsOfChunksAddUpAfterTheStore) {
    BatchSums sums;
    ASSERT_THAT(decode_sums(encode_sums(chunk_of(0, 3)), sums), IsOk());
    ASSERT_THAT(decode_sums(encode_sums(chunk_of(3, 2)), sums), IsOk());
    ASSERT_THAT(decode_sums(encode_sums({}), sums), IsOk());
    ASSERT_EQ(sums.lot.size(), 5U);
    EXPECT_EQ(sums.lot[4].index, 4U);
    EXPECT_EQ(sums.lot[4].retail, 200.0);
    EXPECT_EQ(sums.by_decision[static_cast<std::size_t>(Decision::buy)], 4);
    EXPECT_EQ(sums.cost.total, 2'000);
    EXPECT_EQ(sums.cost.lines, 2);
}

TEST(BatchRun, BytesOfAnyOtherLengthOrLayoutAreRefused) {
    const std::string blob = encode_sums(chunk_of(0, 2));
    for (std::size_t size = 0; size < blob.size(); ++size) {
        BatchSums sums;
        EXPECT_THAT(decode_sums(blob.substr(0, size), sums), FailsWith(ErrorCode::corrupt)) << size;
        EXPECT_TRUE(sums.lot.empty());
    }
    BatchSums sums;
    EXPECT_THAT(decode_sums(blob + "x", sums), FailsWith(ErrorCode::corrupt));
    std::string newer = blob;
    ++newer[0];  // the layout's number
    EXPECT_THAT(decode_sums(newer, sums), FailsWith(ErrorCode::corrupt));
}

TEST(BatchRun, VerdictsAreNamedInTheirOrderWithoutThoseNobodyGot) {
    const std::vector<std::pair<std::string, std::int64_t>> expected = {{"buy", 2}, {"pass", 1}};
    EXPECT_EQ(named_decisions(chunk_of(0, 1).by_decision), expected);
}

class FirstPassTest : public ::testing::Test {
  protected:
    static std::shared_ptr<BatchRun> open(const std::vector<std::string>& analyzers,
                                          std::int64_t products) {
        batch_store::BatchRow row;
        row.counts.total = row.counts.pending = products;
        row.options.analyzers = analyzers;
        auto plan = AnalysisPlan::make(analyzers, *load_tables());
        return std::make_shared<BatchRun>(row, std::make_shared<const AnalysisPlan>(*plan));
    }
    static FeatureBlock one(std::uint64_t index, const std::string& id) {
        FeatureBlock block;
        ProductFeatures row;
        row.index = index;
        row.gtin = 7;
        row.id_size = static_cast<std::uint8_t>(id.size());
        row.models_at = row.id_size;
        block.texts = id;
        block.rows.push_back(row);
        return block;
    }
};

TEST_F(FirstPassTest, TheGroupsAreThereWithTheLastChunk) {
    const auto run = open({"duplicates"}, 2);
    EXPECT_TRUE(run->wants_features());
    run->features_arrived(1, 1, one(1, "b"));
    run->features_arrived(1, 1, one(1, "b"));  // read again after a claim whose fate was unknown
    EXPECT_TRUE(run->wants_features());
    EXPECT_EQ(run->groups(), nullptr);
    EXPECT_TRUE(run->has_features_of(1));
    EXPECT_FALSE(run->has_features_of(0));
    run->features_arrived(0, 1, one(0, "a"));
    EXPECT_FALSE(run->wants_features());
    ASSERT_NE(run->groups(), nullptr);
    EXPECT_EQ(run->groups()->find(1, "b").of, "a");
    ChunkDone done;
    run->arrived(done, 2);
    EXPECT_THAT(run->summary(), HasSubstr(R"("duplicates":1,"duplicate_groups":1)"));
}

TEST_F(FirstPassTest, NobodyWantsFeaturesWhereProductsAreNotCompared) {
    EXPECT_FALSE(open({"price", "fees"}, 2)->wants_features());
    EXPECT_TRUE(open({"verdict"}, 2)->wants_features());
    EXPECT_TRUE(open({}, 2)->wants_features());
}

TEST_F(FirstPassTest, AProgramThatDiedInItThreeTimesReadsOneByOne) {
    const auto run = open({}, 2);
    run->take_note({2, std::nullopt, {}});
    EXPECT_FALSE(run->reads_one_by_one());
    run->take_note({3, std::nullopt, {5}});
    EXPECT_TRUE(run->reads_one_by_one());
    EXPECT_TRUE(run->leaves_out(5));
    EXPECT_FALSE(run->leaves_out(4));
}

TEST(BatchRun, ABatchCutShortHasItsVerdictsAndNoPrice) {
    BatchSums sums;
    ASSERT_THAT(decode_sums(encode_sums(chunk_of(0, 3)), sums), IsOk());
    const std::string cut = make_summary(sums, {}, {}, false);
    EXPECT_EQ(cut, R"({"by_verdict":{"buy":2,"pass":1}})");
    const std::string whole = make_summary(sums, {}, {}, true);
    EXPECT_THAT(whole, HasSubstr(R"("total_cost":1000)"));
    EXPECT_THAT(whole, HasSubstr(R"("lot":)"));
    BatchOptions verdicts_only;
    verdicts_only.analyzers = {"verdict"};
    EXPECT_THAT(make_summary(sums, verdicts_only, {}, true), Not(HasSubstr(R"("lot":)")));
    std::ifstream file(testing::source_tree() / "docs/schemas/summary.json");
    const auto schema = boost::json::parse(std::string{std::istreambuf_iterator<char>(file), {}});
    for (const std::string& summary : {cut, whole})
        EXPECT_EQ(testing::schema_faults(schema, boost::json::parse(summary)), "") << summary;
}

}  // namespace
}  // namespace assay::engine
