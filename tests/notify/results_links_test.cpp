// Links to results: stable, and good for one batch of one tenant only.
// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include "notify/notifier.hpp"

namespace assay::notify {
namespace {

TEST(ResultsLinks, OpenOneBatchOfOneTenant) {
    const ResultsLinks links("https://assay.example/", "key");
    const TenantId tenant("default");
    const BatchId batch("6f1c8f0a-3c2e-4b47-9f0e-2a9f3c1d5e77");
    const std::string link = links.make(tenant, batch);
    const std::string start =
        "https://assay.example/v1/batches/" + batch.text() + "/results?token=";
    ASSERT_EQ(link.substr(0, start.size()), start);
    const std::string token = link.substr(start.size());
    EXPECT_EQ(link, links.make(tenant, batch));
    EXPECT_TRUE(links.check(tenant, batch, token));
    EXPECT_FALSE(links.check(TenantId("other"), batch, token));
    EXPECT_FALSE(links.check(tenant, BatchId("another"), token));
    EXPECT_FALSE(links.check(tenant, batch, ""));
    EXPECT_FALSE(links.check(tenant, batch, token.substr(1)));
    EXPECT_FALSE(ResultsLinks("https://assay.example", "other key").check(tenant, batch, token));
}

}  // namespace
}  // namespace assay::notify
