// A store with batches in it: verbs that the tests of this folder share.
// SPDX-License-Identifier: MIT
#pragma once

#include <gmock/gmock.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/batch/chunk.hpp"
#include "engine/batch_store/batch_store.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/matchers.hpp"
#include "tests/support/temporary_directory.hpp"

namespace assay::engine::batch_store {

class BatchStoreTest : public ::testing::Test {
  protected:
    void SetUp() override { open(); }

    void open() {
        auto opened = Database::open({directory_.path(), false, {}}, migrations());
        ASSERT_THAT(opened, testing::IsOk());
        database_ = *std::move(opened);
        writer_ = std::make_unique<Writer>(*database_, clock_);
    }

    void reopen() {
        writer_.reset();
        database_.reset();
        open();
    }

    // Runs `step` as a job of its own and gives what it gave.
    template <class Step>
    auto write(Step step) -> decltype(step(std::declval<Tx&>())) {
        std::optional<decltype(step(std::declval<Tx&>()))> outcome;
        const Result<void> done = writer_->run([&](Tx& tx) -> Result<void> {
            outcome.emplace(step(tx));
            if (!*outcome) return outcome->error();
            return {};
        });
        if (!done) return done.error();
        return *std::move(outcome);
    }

    template <class Step>
    auto read(Step step) {
        auto lease = database_->read();
        EXPECT_THAT(lease, testing::IsOk());
        return step(**lease);
    }

    static std::string blob_of(std::int64_t first_index, std::int64_t count) {
        ChunkBuilder builder;
        for (std::int64_t i = first_index; i < first_index + count; ++i) {
            const std::string id = "p" + std::to_string(i);
            const std::string json = "{\"title\":\"product " + std::to_string(i) + "\"}";
            IntakeItem item;
            item.index = static_cast<std::uint64_t>(i);
            item.product_id = id;
            item.json = json;
            builder.append(item);
        }
        return builder.take();
    }

    Result<void> insert(const BatchId& id, const BatchOptions& options = {}) {
        BatchRow row;
        row.id = id;
        row.tenant = tenant_;
        row.options = options;
        row.created_at = clock_.now();
        return write([&](Tx& tx) { return insert_batch(tx, row); });
    }

    Result<void> append(const BatchId& id, std::int64_t number, std::int64_t first_index,
                        std::int64_t count) {
        const std::string input = blob_of(first_index, count);
        return write([&](Tx& tx) {
            return append_chunk(tx, {id, number, first_index, count, input});
        });
    }

    Seal seal_of(const BatchId& id, std::int64_t total, const BatchOptions& options = {}) {
        Seal seal;
        seal.batch = id;
        seal.options = options;
        seal.total = total;
        seal.fingerprint = "f0";
        seal.now = clock_.now();
        return seal;
    }

    Result<void> seal(const Seal& seal) {
        return write([&](Tx& tx) { return seal_batch(tx, seal, random_); });
    }

    // A queued batch with chunks of these sizes.
    BatchId queue(std::vector<std::int64_t> sizes, const BatchOptions& options = {}) {
        const BatchId id(make_uuid(random_));
        EXPECT_THAT(insert(id, options), testing::IsOk());
        std::int64_t total = 0;
        for (std::size_t number = 0; number < sizes.size(); ++number) {
            EXPECT_THAT(append(id, static_cast<std::int64_t>(number), total, sizes[number]),
                        testing::IsOk());
            total += sizes[number];
        }
        EXPECT_THAT(seal(seal_of(id, total, options)), testing::IsOk());
        return id;
    }

    BatchRow row(const BatchId& id) {
        auto found = read([&](Connection& db) { return find_batch(db, tenant_, id); });
        EXPECT_THAT(found, testing::IsOk());
        EXPECT_TRUE(found && *found);
        return found && *found ? **found : BatchRow{};
    }

    std::vector<ChunkRef> pending(const BatchId& id, std::int64_t from = 0,
                                  std::int64_t limit = 1'000) {
        auto chunks = read([&](Connection& db) { return pending_chunks(db, id, from, limit); });
        EXPECT_THAT(chunks, testing::IsOk());
        return chunks ? *chunks : std::vector<ChunkRef>{};
    }

    std::vector<ChunkRef> claim(std::vector<ChunkRef> wanted) {
        auto claimed =
            write([&](Tx& tx) { return claim_chunks(tx, wanted, clock_.now(), random_); });
        EXPECT_THAT(claimed, testing::IsOk());
        return claimed ? *claimed : std::vector<ChunkRef>{};
    }

    static std::string line_of(std::int64_t index) {
        return "{\"product_id\":\"p" + std::to_string(index) + "\",\"status\":\"completed\"}\n";
    }
    static std::string cancelled_line_of(std::int64_t index) {
        return "{\"product_id\":\"p" + std::to_string(index) + "\",\"status\":\"cancelled\"}\n";
    }
    static void append_cancelled(std::string& out, std::string_view product_id) {
        out += "{\"product_id\":\"" + std::string(product_id) + "\",\"status\":\"cancelled\"}\n";
    }

    Result<Settled> settle(const ChunkRef& chunk, std::int64_t failed = 0) {
        std::string lines;
        for (std::int64_t i = 0; i < chunk.count; ++i)
            lines += line_of(chunk.first_index + i);
        const std::string lot = "lot" + std::to_string(chunk.first_index);
        ChunkResults results;
        results.chunk = chunk;
        results.results = lines;
        results.lot = lot;
        results.completed = chunk.count - failed;
        results.failed = failed;
        std::vector<std::int64_t> failed_at;
        for (std::int64_t i = 0; i < failed; ++i)
            failed_at.push_back(i);
        results.failed_at = failed_at;
        if (results.completed > 0) results.by_verdict = {{"pass", results.completed}};
        return write([&](Tx& tx) {
            return settle_chunk(tx, results, clock_.now(), random_,
                                [] { return std::string("{\"lot\":1}"); });
        });
    }

    Result<Settled> cancel(const BatchId& id) {
        return write([&](Tx& tx) {
            return cancel_batch(
                tx, tenant_, id, clock_.now(), random_, [] { return std::string("{}"); },
                append_cancelled);
        });
    }

    Result<ResultPage> results(const BatchId& id, std::int64_t from, std::int64_t count) {
        return read([&](Connection& db) { return read_results(db, id, from, count); });
    }

    std::vector<Event> events() {
        auto all = read([&](Connection& db) { return read_events(db, EventSeq{}, 10'000); });
        EXPECT_THAT(all, testing::IsOk());
        return all ? *all : std::vector<Event>{};
    }

    // Damages stored bytes behind the program's back.
    void damage(const std::string& sql) {
        ASSERT_THAT(writer_->run([&](Tx& tx) { return tx->execute(sql); }), testing::IsOk());
    }

    testing::TemporaryDirectory directory_;
    testing::ManualClock clock_;
    SeededRandom random_{42};
    TenantId tenant_{"default"};
    std::unique_ptr<Database> database_;
    std::unique_ptr<Writer> writer_;
};

}  // namespace assay::engine::batch_store
