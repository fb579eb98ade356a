// An engine on a store of its own, with the verbs that stories about it need.
// SPDX-License-Identifier: MIT
#pragma once

#include <gmock/gmock.h>

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "engine/analysis/tables.hpp"
#include "engine/batch_store/batch_store.hpp"
#include "engine/engine.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/matchers.hpp"
#include "tests/support/temporary_directory.hpp"

namespace assay::testing {

// Hears the progress of one batch; a test waits on what it has heard, never on time.
class Ear {
  public:
    void hear(const engine::Progress& progress) {
        const std::lock_guard lock(mutex_);
        heard_.push_back(progress);
        changed_.notify_all();
    }
    // False after 60 s, which only a broken engine needs.
    template <class Condition>
    bool wait(Condition&& condition) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, std::chrono::seconds(60),
                                 [&] { return !heard_.empty() && condition(heard_.back()); });
    }
    std::vector<engine::Progress> heard() const {
        const std::lock_guard lock(mutex_);
        return heard_;
    }

  private:
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<engine::Progress> heard_;
};

class EngineFixture : public ::testing::Test {
  protected:
    void SetUp() override {
        auto tables = engine::load_tables();
        ASSERT_THAT(tables, IsOk());
        tables_ = *tables;
        open_store();
    }
    void TearDown() override { close(); }

    void open_store(engine::WriterOptions options = {}) {
        open_store_in(directory_.path(), options);
    }
    void open_store_in(const std::filesystem::path& directory, engine::WriterOptions options) {
        auto database =
            engine::Database::open({directory, false, vfs_}, engine::batch_store::migrations());
        ASSERT_THAT(database, IsOk());
        database_ = std::move(*database);
        writer_ = std::make_unique<engine::Writer>(*database_, clock_, options);
    }
    // Without start(): submissions are taken, nothing runs.
    void make_engine(engine::EngineOptions options = {}) {
        engine_ = std::make_unique<engine::Engine>(*database_, *writer_, clock_, random_, tables_,
                                                   options);
    }
    void start(engine::EngineOptions options = {}) {
        make_engine(options);
        ASSERT_THAT(engine_->start(), IsOk());
    }
    void close() {
        ears_.clear();
        engine_.reset();
        writer_.reset();
        database_.reset();
    }
    // What a killed process leaves: the writer takes nothing more, and results that are not durable
    // are lost.
    void kill() {
        writer_->stop();
        close();
    }

    static std::string products(int count, int from = 0) {
        std::string lines;
        for (int index = from; index < from + count; ++index) {
            lines += R"({"product_id":"p)" + std::to_string(index) + R"(","title":"Kettle )" +
                     std::to_string(index) +
                     R"( 1.7 l","category":"Kitchen","currency":"EUR","msrp":")" +
                     std::to_string(19 + index % 50) + R"(.99","unit_cost":"4.00","quantity":2})" +
                     "\n";
        }
        return lines;
    }

    static engine::SubmitRequest request(std::optional<std::string> key = std::nullopt) {
        engine::SubmitRequest request;
        request.tenant = TenantId("default");
        request.intake.format = engine::InputFormat::ndjson;
        request.idempotency_key = std::move(key);
        return request;
    }
    using Receipt = engine::Engine::Submission::Receipt;
    Result<Receipt> submit(const std::string& lines) { return submit(lines, request()); }
    Result<Receipt> submit(const std::string& lines, engine::SubmitRequest with) {
        auto submission = engine_->submit(std::move(with));
        if (!submission) return submission.error();
        for (std::size_t at = 0; at < lines.size(); at += 4'000) {
            const auto fed = (*submission)->feed(std::string_view(lines).substr(at, 4'000));
            if (!fed) return fed.error();
        }
        return (*submission)->finish();
    }

    Ear& listen(const BatchId& batch) {
        auto ear = std::make_shared<Ear>();
        ears_.push_back(engine_->subscribe(
            batch, [ear](const engine::Progress& progress) { ear->hear(progress); }));
        kept_ears_.push_back(ear);
        return *ear;
    }
    engine::batch_store::BatchRow row(const BatchId& batch) {
        auto found = engine_->find(TenantId("default"), batch);
        EXPECT_THAT(found, IsOk());
        return found ? *found : engine::batch_store::BatchRow{};
    }
    // Until the batch has ended.
    engine::batch_store::BatchRow ended(const BatchId& batch) {
        Ear& ear = listen(batch);
        const auto now = row(batch);
        if (is_settled(now.status)) return now;
        EXPECT_TRUE(ear.wait([](const auto& progress) { return is_settled(progress.status); }));
        return row(batch);
    }
    std::string results(const BatchId& batch) {
        auto lease = database_->read();
        if (!lease) return {};
        auto page = engine::batch_store::read_results(**lease, batch, 0, 1'000'000);
        EXPECT_THAT(page, IsOk());
        return page ? page->lines : "";
    }
    std::int64_t ask(const std::string& sql) {
        auto lease = database_->read();
        if (!lease) return -1;
        engine::Statement query = (*lease)->prepare(sql);
        const auto row = query.step();
        return row && *row ? query.integer(0) : -1;
    }
    void tell(const std::string& sql) {
        ASSERT_THAT(writer_->run([&](engine::Tx& tx) { return tx->execute(sql); }), IsOk());
    }

    TemporaryDirectory directory_;
    ManualClock clock_;
    std::string vfs_;  // the default one
    SystemRandom random_;
    std::shared_ptr<const engine::Tables> tables_;
    std::unique_ptr<engine::Database> database_;
    std::unique_ptr<engine::Writer> writer_;
    std::unique_ptr<engine::Engine> engine_;
    std::vector<std::shared_ptr<void>> ears_;
    std::vector<std::shared_ptr<Ear>> kept_ears_;
};

}  // namespace assay::testing
