// A store with settled batches, events and deliveries of any age, and a retention over it.
// SPDX-License-Identifier: MIT
#pragma once

#include <gmock/gmock.h>

#include <memory>
#include <string>
#include <vector>

#include "engine/base/random.hpp"
#include "engine/batch/chunk.hpp"
#include "engine/batch_store/batch_store.hpp"
#include "notify/notify_store/notify_store.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/matchers.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tools/retention/retention.hpp"

namespace assay::tools {

class RetentionFixture : public ::testing::Test {
  protected:
    static std::vector<engine::Migration> schema() {
        std::vector<engine::Migration> all;
        for (const auto module :
             {engine::batch_store::migrations(), notify::notify_store::migrations()})
            all.insert(all.end(), module.begin(), module.end());
        return all;
    }
    void open(const std::filesystem::path& directory, const std::string& vfs = {}) {
        close();
        const auto steps = schema();
        auto opened = engine::Database::open({directory, false, vfs}, steps);
        ASSERT_THAT(opened, testing::IsOk());
        database_ = *std::move(opened);
        engine::WriterOptions quick;
        quick.reopen_delay_first = quick.reopen_delay_max = std::chrono::milliseconds(1);
        writer_ = std::make_unique<engine::Writer>(*database_, clock_, quick);
        retention_ = std::make_unique<Retention>(*database_, *writer_, clock_, options_);
    }
    void close() {
        retention_.reset();
        writer_.reset();
        database_.reset();
    }
    template <class Job>
    Result<void> write(Job job) {
        return writer_->run([&](engine::Tx& tx) -> Result<void> {
            auto done = job(tx);
            if (!done) return done.error();
            return {};
        });
    }
    RetentionReport run() {
        const auto report = retention_->run_once();
        EXPECT_THAT(report, testing::IsOk());
        return report ? *report : RetentionReport{};
    }

    // A batch that has ended now, of `chunks` chunks whose results take about `bytes` each.
    BatchId ended_batch(int chunks, std::size_t bytes = 10, const char* tenant = "default") {
        namespace store = engine::batch_store;
        const BatchId id(make_uuid(random_));
        store::BatchRow row;
        row.id = id;
        row.tenant = TenantId(tenant);
        row.created_at = clock_.now();
        EXPECT_THAT(write([&](engine::Tx& tx) { return store::insert_batch(tx, row); }),
                    testing::IsOk());
        std::vector<store::ChunkRef> refs;
        for (int number = 0; number < chunks; ++number) {
            const std::string input = one_product(number);
            EXPECT_THAT(write([&](engine::Tx& tx) {
                            return store::append_chunk(tx, {id, number, number, 1, input});
                        }),
                        testing::IsOk());
            refs.push_back({id, number, number, 1, 0});
        }
        store::Seal seal;
        seal.batch = id;
        seal.total = chunks;
        seal.now = clock_.now();
        EXPECT_THAT(write([&](engine::Tx& tx) { return store::seal_batch(tx, seal, random_); }),
                    testing::IsOk());
        EXPECT_THAT(write([&](engine::Tx& tx) -> Result<void> {
                        auto claimed = store::claim_chunks(tx, refs, clock_.now(), random_);
                        if (!claimed) return claimed.error();
                        const std::string line = "{\"x\":\"" + std::string(bytes, 'x') + "\"}\n";
                        for (const store::ChunkRef& chunk : *claimed) {
                            store::ChunkResults results;
                            results.chunk = chunk;
                            results.results = line;
                            results.completed = 1;
                            auto settled = store::settle_chunk(tx, results, clock_.now(), random_,
                                                               [] { return std::string("{}"); });
                            if (!settled) return settled.error();
                        }
                        return {};
                    }),
                    testing::IsOk());
        return id;
    }
    static std::string one_product(int index) {
        engine::ChunkBuilder builder;
        engine::IntakeItem item;
        const std::string id = "p" + std::to_string(index);
        item.index = static_cast<std::uint64_t>(index);
        item.product_id = id;
        item.json = "{}";
        builder.append(item);
        return builder.take();
    }

    // A delivery of event `seq`, made now; pending where it has no attempt.
    DeliveryId delivery(std::int64_t seq, notify::DeliveryStatus status, int attempts = 2) {
        notify::Delivery made;
        made.id = DeliveryId("dlv_" + make_uuid(random_));
        made.tenant = TenantId("default");
        made.endpoint = EndpointId("wh_1");
        made.event = EventSeq{seq};
        made.event_id = EventId("evt_" + std::to_string(seq));
        made.event_type = made.wire_type = "batch.completed";
        made.message_id = "m";
        made.created_at = clock_.now();
        made.due = clock_.now();
        if (status == notify::DeliveryStatus::pending) attempts = 0;
        EXPECT_THAT(write([&](engine::Tx& tx) -> Result<void> {
                        if (attempts == 0) return notify::notify_store::put_pending(tx, made);
                        for (int number = 1; number <= attempts; ++number) {
                            notify::AttemptRecord record;
                            record.delivery = made.id;
                            record.number = made.attempts = number;
                            record.outcome.started = record.outcome.ended = clock_.now();
                            auto done =
                                notify::notify_store::record_attempt(tx, made, record, status);
                            if (!done) return done;
                        }
                        return {};
                    }),
                    testing::IsOk());
        return made.id;
    }
    // The relay has passed everything that is in the log.
    void relayed() {
        EXPECT_THAT(write([](engine::Tx& tx) {
                        return notify::notify_store::set_cursor(
                            tx, *engine::batch_store::last_event(*tx));
                    }),
                    testing::IsOk());
    }

    std::int64_t ask(const std::string& sql) {
        auto db = database_->read();
        EXPECT_THAT(db, testing::IsOk());
        if (!db) return -1;
        auto query = (*db)->prepare(sql);
        EXPECT_THAT(query.step(), testing::IsOk());
        return query.integer(0);
    }
    std::int64_t rows_of_chunks() {
        return ask(
            "SELECT (SELECT count(*) FROM chunk)+(SELECT count(*) FROM chunk_input)"
            "+(SELECT count(*) FROM chunk_result)");
    }
    bool is_there(const DeliveryId& id) {
        auto db = database_->read();
        const auto found = notify::notify_store::sequence_of(**db, id);
        EXPECT_THAT(found, testing::IsOk());
        return found && found->has_value();
    }

    testing::ManualClock clock_;
    SeededRandom random_{3};
    RetentionOptions options_;
    std::unique_ptr<engine::Database> database_;
    std::unique_ptr<engine::Writer> writer_;
    std::unique_ptr<Retention> retention_;
};

}  // namespace assay::tools
