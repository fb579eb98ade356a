// One chunk on a plain thread: a bad product is a failed line, never the other products' loss.
// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include <algorithm>
#include <thread>

#include "engine/graph/batch_graph.hpp"
#include "tests/engine/graph/chunks.hpp"

namespace assay::engine {
namespace {

using assay::testing::ChunkSpec;
using assay::testing::make_plan;
using assay::testing::make_work;
using ::testing::HasSubstr;
using ::testing::StartsWith;

ChunkDone run(const ChunkWork& work) {
    ProductParser parser;
    Product product;
    Workspace workspace;
    return analyse_chunk(work, parser, product, workspace);
}

TEST(AnalyseChunk, GivesOneLinePerProductInInputOrder) {
    const ChunkDone done = run(make_work(make_plan(), ChunkSpec{100, 12, 0}));
    EXPECT_EQ(done.completed, 12);
    EXPECT_EQ(done.failed, 0);
    EXPECT_EQ(done.first_index, 100);
    EXPECT_EQ(done.lot.size(), 12U);
    std::size_t at = 0;
    for (int index = 100; index < 112; ++index) {
        const std::size_t found = done.results.find("\"p" + std::to_string(index) + "\"", at);
        ASSERT_NE(found, std::string::npos) << index;
        at = found;
    }
    std::int64_t decided = 0;
    for (const std::int64_t count : done.by_decision)
        decided += count;
    EXPECT_EQ(decided, done.completed);
}

TEST(AnalyseChunk, FailsAFaultyProductAloneAndSaysWhy) {
    const ChunkDone done = run(make_work(make_plan(), ChunkSpec{1, 10, 5}));
    EXPECT_EQ(done.completed, 8);
    EXPECT_EQ(done.failed, 2);
    EXPECT_THAT(done.results, HasSubstr("invalid_input"));
    EXPECT_THAT(done.results, HasSubstr("is no product"));
    EXPECT_EQ(std::count(done.results.begin(), done.results.end(), '\n'), 10);
}

TEST(AnalyseChunk, AFaultSaysOnWhichLineOfTheInputItStands) {
    ChunkBuilder builder;
    IntakeItem item;
    item.index = 3;
    item.line = 7;
    item.product_id = "p";
    item.json = R"({"title":"Kettle","quantity":-1})";
    builder.append(item);
    item.index = 4;
    item.line = 0;  // of a JSON document
    builder.append(item);
    ChunkWork work = make_work(make_plan(), ChunkSpec{3, 0, 0});
    work.input = builder.take();
    work.digest = true;
    const ChunkDone done = run(work);
    ASSERT_EQ(done.failed, 2);
    EXPECT_THAT(done.results, HasSubstr(R"("field":"/quantity","line":7})"));
    EXPECT_THAT(done.results, HasSubstr(R"("field":"/quantity"}})"));
    ASSERT_EQ(done.digests.size(), 2U);
    EXPECT_THAT(done.digests[0].error, StartsWith("line 7: /quantity: "));
    EXPECT_THAT(done.digests[1].error, StartsWith("product 5: /quantity: "));
}

TEST(AnalyseChunk, AFlagThatIsSetLeavesTheRestUndone) {
    ChunkWork work = make_work(make_plan(), ChunkSpec{0, 10, 0});
    work.cancelled = std::make_shared<std::atomic<bool>>(true);
    const ChunkDone done = run(work);
    EXPECT_TRUE(done.cancelled);
    EXPECT_EQ(done.completed + done.failed, 0);
}

TEST(AnalyseChunk, TheFirstPassLeavesFeaturesAndNothingElse) {
    ChunkWork work = make_work(make_plan(), ChunkSpec{1, 10, 5});
    work.features = true;
    const ChunkDone done = run(work);
    EXPECT_TRUE(done.results.empty());
    EXPECT_TRUE(done.lot.empty());
    EXPECT_EQ(done.completed + done.failed, 0);
    ASSERT_EQ(done.features.rows.size(), 8U) << "what cannot be read has none";
    for (const ProductFeatures& row : done.features.rows)
        EXPECT_EQ(done.features.id(row), "p" + std::to_string(row.index));
}

TEST(AnalyseChunk, TheSecondPassKnowsTheGroups) {
    ChunkWork work = make_work(make_plan(), ChunkSpec{0, 10, 0});
    work.features = true;
    std::vector<FeatureBlock> blocks;
    blocks.push_back(run(work).features);
    work.features = false;
    EXPECT_THAT(run(work).results, HasSubstr("not_compared")) << "nobody has decided";
    work.groups = std::make_shared<const DuplicateGroups>(
        decide_duplicates(std::move(blocks), work.plan->tables().defaults));
    EXPECT_THAT(run(work).results, ::testing::Not(HasSubstr("not_compared")));
    EXPECT_THAT(run(work).results, HasSubstr(R"("duplicates":{"group":"p0","role":")"));
}

TEST(AnalyseChunk, BytesThatNoBuilderWroteAreReportedAsDamaged) {
    ChunkWork work = make_work(make_plan(), ChunkSpec{0, 10, 0});
    work.input.resize(work.input.size() / 2);
    EXPECT_TRUE(run(work).damaged);
}

TEST(AnalyseChunk, GivesTheSameBytesOnSeveralThreadsAtOnce) {
    const ChunkWork work = make_work(make_plan(), ChunkSpec{0, 64, 9});
    const std::string expected = run(work).results;
    std::vector<std::thread> threads;
    std::array<bool, 4> same{};
    for (std::size_t number = 0; number < same.size(); ++number) {
        threads.emplace_back([&, number] { same[number] = run(work).results == expected; });
    }
    for (std::thread& thread : threads)
        thread.join();
    EXPECT_THAT(same, ::testing::Each(true));
}

}  // namespace
}  // namespace assay::engine
