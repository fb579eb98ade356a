// What an event owes to whom, and how far the cursor may go.
// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include <map>

#include "engine/base/random.hpp"
#include "notify/relay/relay.hpp"

namespace assay::notify {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

class DeliveriesOf : public ::testing::Test {
  protected:
    void endpoint(const std::string& id, std::vector<std::string> events,
                  const std::string& profile = "standard-webhooks", EventSeq after = {},
                  const std::string& tenant = "default") {
        Endpoint made;
        made.id = EndpointId(id);
        made.tenant = TenantId(tenant);
        made.url = "https://receiver.example/";
        made.events = std::move(events);
        made.profile = profile;
        made.events_after = after;
        registry_.put(std::move(made));
    }
    static engine::Event event(std::string type) {
        engine::Event made;
        made.seq = EventSeq{10};
        made.id = EventId("evt_1");
        made.tenant = TenantId("default");
        made.type = std::move(type);
        return made;
    }
    std::vector<Delivery> owed(const engine::Event& event) {
        return deliveries_of(event, *registry_.snapshot());
    }
    EndpointRegistry registry_;
};

TEST_F(DeliveriesOf, AreTheSameEachTimeAndDifferByEndpointAndType) {
    endpoint("wh_1", {"*"});
    endpoint("wh_2", {"analysis.completed"}, "resell-scan");
    const std::vector<Delivery> first = owed(event("batch.completed"));
    ASSERT_THAT(first, SizeIs(3)) << "both native names, and the guide's one";
    EXPECT_EQ(first, owed(event("batch.completed")));
    std::map<std::string, int> ids;
    for (const Delivery& delivery : first)
        ++ids[delivery.id.text()];
    EXPECT_THAT(ids, SizeIs(3));
    EXPECT_EQ(first[0].id.text().substr(0, 4), "dlv_");
    EXPECT_NE(first[0].message_id, first[1].message_id) << "receivers deduplicate by it";
}

TEST_F(DeliveriesOf, GoOnlyToSubscribersOfTheTenantFromAfterTheirMaking) {
    endpoint("wh_other_tenant", {"*"}, "standard-webhooks", {}, "other");
    endpoint("wh_not_subscribed", {"order.*"});
    endpoint("wh_younger", {"*"}, "standard-webhooks", EventSeq{10});
    EXPECT_THAT(owed(event("batch.completed")), IsEmpty());
    endpoint("wh_older", {"*"}, "standard-webhooks", EventSeq{9});
    EXPECT_THAT(owed(event("order.created")), SizeIs(2));
}

TEST_F(DeliveriesOf, AFilterSeesTheDataOfItsOwnBodyAndTestsGoPastIt) {
    Endpoint picky;
    picky.id = EndpointId("wh_picky");
    picky.tenant = TenantId("default");
    picky.url = "https://receiver.example/";
    picky.events = {"*"};
    picky.filter = *Filter::parse(R"({"path":"/failed_products","gt":0})");
    registry_.put(picky);
    const auto shown = [](std::string data) {
        return [data](const engine::Event&, const Endpoint& to, std::string_view type) {
            EXPECT_EQ(to.id.text(), "wh_picky") << "only filters ask for data";
            return Result<std::string>(type == "analysis.completed" ? data : "{}");
        };
    };
    endpoint("wh_without", {"order.*"});
    const engine::Event ended = event("batch.completed");
    const auto owed_with = [&](const engine::Event& event, const FilterData& data) {
        return deliveries_of(event, *registry_.snapshot(), data);
    };
    EXPECT_THAT(owed_with(ended, shown(R"({"failed_products":0})")), IsEmpty());
    const auto one = owed_with(ended, shown(R"({"failed_products":1})"));
    ASSERT_THAT(one, SizeIs(1)) << "the summary under batch.completed has no such field";
    EXPECT_EQ(one.front().wire_type, "analysis.completed");
    engine::Event test = ended;
    test.dedupe_key = addressed_dedupe_key(picky.id, test.id);
    EXPECT_THAT(owed_with(test, shown(R"({"failed_products":0})")), SizeIs(1));
    const auto unreadable = [](const engine::Event&, const Endpoint&, std::string_view) {
        return Result<std::string>(fail(ErrorCode::corrupt, "no data"));
    };
    EXPECT_THAT(owed_with(ended, unreadable), SizeIs(2)) << "its deliveries show the fault";
}

TEST_F(DeliveriesOf, AnAddressedEventGoesToItsAddresseeAlone) {
    endpoint("wh_1", {"*"});
    endpoint("wh_2", {"order.created"});
    engine::Event test = event("batch.completed");
    test.dedupe_key = addressed_dedupe_key(EndpointId("wh_2"), test.id);
    const std::vector<Delivery> one = owed(test);
    ASSERT_THAT(one, SizeIs(1));
    EXPECT_EQ(one[0].endpoint.text(), "wh_2");
    test.dedupe_key = "to:wh_2:evt_of_somebody_else";
    EXPECT_FALSE(addressee_of(test).has_value());
}

TEST(CursorTracker, PassesOnlyEventsWhoseDeliveriesAllHaveRows) {
    CursorTracker tracker(EventSeq{5});
    tracker.add(EventSeq{6}, 0);
    EXPECT_EQ(tracker.safe(), EventSeq{6});
    tracker.add(EventSeq{8}, 2);
    tracker.add(EventSeq{9}, 1);
    tracker.add(EventSeq{12}, 0);
    tracker.settled(EventSeq{9});
    EXPECT_LT(tracker.safe(), EventSeq{8});
    tracker.settled(EventSeq{8});
    EXPECT_LT(tracker.safe(), EventSeq{8});
    tracker.settled(EventSeq{8});
    EXPECT_EQ(tracker.safe(), EventSeq{12});
    EXPECT_EQ(tracker.owed(), 0U);
}

TEST(CursorTracker, AgreesWithAPlainModel) {
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        SeededRandom random(seed);
        CursorTracker tracker(EventSeq{0});
        std::map<std::int64_t, std::size_t> model;
        std::int64_t last = 0;
        for (int step = 0; step < 200; ++step) {
            if (random.next_unit() < 0.5) {
                last += 1 + static_cast<std::int64_t>(random.next_u64() % 3);
                const std::size_t count = random.next_u64() % 3;
                tracker.add(EventSeq{last}, count);
                model[last] = count;
            } else {
                std::vector<std::int64_t> open;
                for (const auto& [seq, count] : model) {
                    if (count > 0) open.push_back(seq);
                }
                if (open.empty()) continue;
                const std::int64_t chosen = open[random.next_u64() % open.size()];
                tracker.settled(EventSeq{chosen});
                --model[chosen];
            }
            for (const auto& [seq, count] : model) {
                ASSERT_TRUE(count == 0 || tracker.safe() < EventSeq{seq}) << "seed " << seed;
            }
            ASSERT_LE(tracker.safe(), EventSeq{last});
        }
    }
}

}  // namespace
}  // namespace assay::notify
