// Who hears of which batch, and from when on no more.
// SPDX-License-Identifier: MIT
#include "engine/progress_hub.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

namespace assay::engine {
namespace {

class ProgressHubTest : public ::testing::Test {
  protected:
    Engine::ProgressListener note() {
        return [this](const Progress& progress) { heard_.push_back(progress.counts.completed); };
    }
    void publish(const BatchId& batch, std::int64_t completed) {
        ProductCounts counts;
        counts.total = 10;
        counts.completed = completed;
        counts.pending = 10 - completed;
        hub_.publish(batch, BatchStatus::in_progress, counts);
    }

    ProgressHub hub_;
    std::vector<std::int64_t> heard_;
    BatchId one_{"one"}, two_{"two"};
};

TEST_F(ProgressHubTest, EachListenerHearsOfItsBatchOnly) {
    const auto handle = hub_.subscribe(one_, note());
    publish(one_, 3);
    publish(two_, 4);
    publish(one_, 5);
    EXPECT_EQ(heard_, (std::vector<std::int64_t>{3, 5}));
}

TEST_F(ProgressHubTest, NothingIsHeardAfterASubscriptionHasEnded) {
    auto first = hub_.subscribe(one_, note());
    const auto second = hub_.subscribe(one_, note());
    publish(one_, 1);
    first.reset();
    publish(one_, 2);
    EXPECT_EQ(heard_, (std::vector<std::int64_t>{1, 1, 2}));
}

TEST_F(ProgressHubTest, AListenerMayEndItselfWhileItHears) {
    std::shared_ptr<void> handle;
    handle = hub_.subscribe(one_, [&](const Progress& progress) {
        heard_.push_back(progress.percent);
        handle.reset();
    });
    publish(one_, 5);
    publish(one_, 6);
    EXPECT_EQ(heard_, (std::vector<std::int64_t>{50}));
}

TEST_F(ProgressHubTest, AHandleMayOutliveTheHub) {
    auto hub = std::make_unique<ProgressHub>();
    auto handle = hub->subscribe(one_, note());
    hub.reset();
    handle.reset();
    EXPECT_TRUE(heard_.empty());
}

}  // namespace
}  // namespace assay::engine
