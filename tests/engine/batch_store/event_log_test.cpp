// The event log: order, dedupe keys, integrity.
// SPDX-License-Identifier: MIT
#include "tests/engine/batch_store/batch_store_fixture.hpp"

namespace assay::engine::batch_store {
namespace {

using testing::FailsWith;
using testing::IsOk;

class EventLogTest : public BatchStoreTest {
  protected:
    Event event(const std::string& id, const std::string& dedupe_key = {}) {
        Event made;
        made.id = EventId("evt_" + id);
        made.tenant = tenant_;
        made.type = "shop.opened";
        made.created_at = clock_.now();
        made.data = "{\"shop\":\"" + id + "\"}";
        made.dedupe_key = dedupe_key;
        return made;
    }
    EventSeq add(const Event& made) {
        const auto seq = write([&](Tx& tx) { return append_event(tx, made); });
        EXPECT_THAT(seq, IsOk());
        return seq ? *seq : EventSeq{};
    }
};

TEST_F(EventLogTest, NumbersGrowByOneAndEventsComeBackWhole) {
    Event with_batch = event("a", "key");
    with_batch.batch = BatchId("b1");
    EXPECT_EQ(add(with_batch), EventSeq{1});
    EXPECT_EQ(add(event("b")), EventSeq{2});
    const auto log = events();
    ASSERT_EQ(log.size(), 2U);
    with_batch.seq = EventSeq{1};
    EXPECT_EQ(log[0], with_batch);
    const auto found = read([](Connection& db) { return find_event(db, EventSeq{1}); });
    EXPECT_EQ(**found, with_batch);
    EXPECT_FALSE(*read([](Connection& db) { return find_event(db, EventSeq{9}); }));
}

TEST_F(EventLogTest, AKnownDedupeKeyGivesTheEarlierNumber) {
    const EventSeq first = add(event("a", "order 7"));
    EXPECT_EQ(add(event("b", "order 7")), first);
    EXPECT_EQ(events().size(), 1U);
    Event of_other = event("c", "order 7");
    of_other.tenant = TenantId("other");
    EXPECT_NE(add(of_other), first);
    EXPECT_NE(add(event("d")), add(event("e")));  // no key is unique to nothing
}

TEST_F(EventLogTest, PagesGoOnAfterANumber) {
    for (int i = 0; i < 10; ++i)
        add(event(std::to_string(i)));
    const auto page = read([](Connection& db) { return read_events(db, EventSeq{4}, 3); });
    ASSERT_EQ(page->size(), 3U);
    EXPECT_EQ(page->front().seq, EventSeq{5});
    EXPECT_EQ(*read([](Connection& db) { return last_event(db); }), EventSeq{10});
}

TEST_F(EventLogTest, NumbersAreNeverUsedTwice) {
    EXPECT_EQ(*read([](Connection& db) { return last_event(db); }), EventSeq{0});
    add(event("a"));
    add(event("b"));
    damage("DELETE FROM event");
    reopen();
    EXPECT_EQ(*read([](Connection& db) { return last_event(db); }), EventSeq{2});
    EXPECT_EQ(add(event("c")), EventSeq{3});
}

TEST_F(EventLogTest, DamageInAnyColumnIsFound) {
    for (const char* change :
         {"data='{}'", "type='shop.closed'", "id='evt_x'", "batch_id='b'",
          "created_at=created_at+1", "dedupe_key='k'", "tenant_id='t'", "checksum=checksum+1"}) {
        const EventSeq good = add(event("good"));
        const EventSeq bad = add(event("bad"));
        damage(std::string("UPDATE event SET ") + change +
               " WHERE seq=" + std::to_string(to_integer(bad)));
        EXPECT_THAT(read([&](Connection& db) { return find_event(db, bad); }),
                    FailsWith(ErrorCode::corrupt))
            << change;
        // The page before it is given; the next one says what is wrong.
        const EventSeq before{to_integer(good) - 1};
        EXPECT_EQ(read([&](Connection& db) { return read_events(db, before, 9); })->size(), 1U);
        EXPECT_THAT(read([&](Connection& db) { return read_events(db, good, 9); }),
                    FailsWith(ErrorCode::corrupt));
        damage("DELETE FROM event WHERE seq=" + std::to_string(to_integer(bad)));
    }
}

}  // namespace
}  // namespace assay::engine::batch_store
