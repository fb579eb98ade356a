// The registry: snapshots stand still, changes show in the next one.
// SPDX-License-Identifier: MIT
#include "notify/endpoint/registry.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace assay::notify {
namespace {

Endpoint endpoint_of(std::string id, std::string tenant = "default", bool active = true) {
    Endpoint endpoint;
    endpoint.id = EndpointId(std::move(id));
    endpoint.tenant = TenantId(std::move(tenant));
    endpoint.active = active;
    return endpoint;
}

std::vector<std::string> ids_of(const EndpointSnapshot& snapshot, const std::string& tenant) {
    std::vector<std::string> ids;
    const auto found = snapshot.by_tenant.find(TenantId(tenant));
    if (found == snapshot.by_tenant.end()) return ids;
    for (const auto& endpoint : found->second)
        ids.push_back(endpoint->id.text());
    return ids;
}

using Ids = std::vector<std::string>;

TEST(Registry, BeginsEmpty) {
    const EndpointRegistry registry;
    EXPECT_TRUE(registry.snapshot()->by_id.empty());
    EXPECT_EQ(registry.snapshot()->version, 0U);
}

TEST(Registry, ListsActiveEndpointsByTenantAndId) {
    EndpointRegistry registry;
    registry.replace({endpoint_of("c"), endpoint_of("a"), endpoint_of("b", "default", false),
                      endpoint_of("d", "other")});
    const auto snapshot = registry.snapshot();
    EXPECT_EQ(ids_of(*snapshot, "default"), (Ids{"a", "c"}));
    EXPECT_EQ(ids_of(*snapshot, "other"), (Ids{"d"}));
    EXPECT_EQ(snapshot->by_id.size(), 4U) << "inactive ones are still found by id";
}

TEST(Registry, ASnapshotNeverChanges) {
    EndpointRegistry registry;
    registry.put(endpoint_of("a"));
    const auto before = registry.snapshot();
    registry.put(endpoint_of("b"));
    registry.erase(EndpointId("a"));
    EXPECT_EQ(ids_of(*before, "default"), (Ids{"a"}));
    EXPECT_EQ(ids_of(*registry.snapshot(), "default"), (Ids{"b"}));
    EXPECT_GT(registry.snapshot()->version, before->version);
}

TEST(Registry, PutReplacesTheEndpointOfThatId) {
    EndpointRegistry registry;
    registry.put(endpoint_of("a"));
    registry.put(endpoint_of("a", "default", false));
    EXPECT_TRUE(registry.snapshot()->by_tenant.empty());
    EXPECT_EQ(registry.snapshot()->by_id.size(), 1U);
    registry.put(endpoint_of("a", "other"));
    EXPECT_EQ(ids_of(*registry.snapshot(), "other"), (Ids{"a"}));
    EXPECT_EQ(ids_of(*registry.snapshot(), "default"), Ids{});
}

TEST(Registry, ErasingWhatIsNotThereChangesNothing) {
    EndpointRegistry registry;
    registry.put(endpoint_of("a"));
    const auto before = registry.snapshot();
    registry.erase(EndpointId("b"));
    EXPECT_EQ(registry.snapshot(), before);
}

TEST(Registry, SwitchingOffBringsNothingBack) {
    EndpointRegistry registry;
    registry.put(endpoint_of("a"));
    registry.put(endpoint_of("b"));
    registry.switch_off(EndpointId("a"));
    EXPECT_FALSE(registry.snapshot()->by_id.at(EndpointId("a"))->active);
    registry.erase(EndpointId("b"));
    registry.switch_off(EndpointId("b"));
    EXPECT_FALSE(registry.snapshot()->by_id.contains(EndpointId("b")));
}

TEST(Registry, ReadersAndWritersMayMeet) {
    EndpointRegistry registry;
    std::atomic<bool> stop = false;
    std::thread reader([&] {
        std::uint64_t last = 0;
        while (!stop.load()) {
            const auto snapshot = registry.snapshot();
            EXPECT_GE(snapshot->version, last);
            last = snapshot->version;
            std::size_t active = 0;
            for (const auto& [tenant, endpoints] : snapshot->by_tenant)
                active += endpoints.size();
            EXPECT_EQ(active, snapshot->by_id.size()) << "a snapshot is whole";
        }
    });
    for (int i = 0; i < 500; ++i) {
        registry.put(endpoint_of(std::to_string(i % 20)));
        if (i % 3 == 0) registry.erase(EndpointId(std::to_string(i % 20)));
    }
    stop = true;
    reader.join();
}

}  // namespace
}  // namespace assay::notify
