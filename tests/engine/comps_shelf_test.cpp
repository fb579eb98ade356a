// Sold prices on a real store: they price batches, a batch keeps the version it began with, and
// neither a crash nor a full disk takes the old ones before the new ones are whole.
// SPDX-License-Identifier: MIT
#include "engine/comps_shelf.hpp"

#include <thread>

#include "tests/engine/engine_fixture.hpp"
#include "tests/support/faulty_vfs.hpp"

namespace assay::engine {
namespace {

using assay::testing::Ear;
using assay::testing::EngineFixture;
using assay::testing::FailsWith;
using assay::testing::FaultyVfs;
using assay::testing::IsOk;
using assay::testing::TemporaryDirectory;
using ::testing::HasSubstr;
using ::testing::Not;

const TenantId ours{"default"};

class CompsShelfTest : public EngineFixture {
  protected:
    // Ten sales of each of the kettles, all at one price.
    static std::string sold(int price, int kettles = 50) {
        std::string csv = "Brand,Model,Price,Currency,Date\n";
        for (int kettle = 0; kettle < kettles; ++kettle) {
            for (int sale = 0; sale < 10; ++sale) {
                csv += "Acme,K-" + std::to_string(100 + kettle) + "," + std::to_string(price) +
                       ",EUR,\n";
            }
        }
        return csv;
    }
    static std::string kettles(int count) {
        std::string lines;
        for (int kettle = 0; kettle < count; ++kettle) {
            lines += R"({"product_id":"p)" + std::to_string(kettle) +
                     R"(","title":"Kettle","brand":"Acme","model":"K-)" +
                     std::to_string(100 + kettle % 50) + R"(","currency":"EUR"})" + "\n";
        }
        return lines;
    }
    Result<CompsShelf::State> put(const std::string& csv, const TenantId& tenant = ours) {
        auto upload = engine_->comps().begin(tenant, {});
        if (!upload) return upload.error();
        for (std::size_t at = 0; at < csv.size(); at += 5'000) {
            if (auto fed = (*upload)->feed(std::string_view(csv).substr(at, 5'000)); !fed)
                return fed.error();
        }
        return (*upload)->finish();
    }
    static std::string price(int amount) { return R"("p50":)" + std::to_string(amount * 100); }
    static std::size_t count(const std::string& text, const std::string& wanted) {
        std::size_t found = 0;
        for (std::size_t at = 0; (at = text.find(wanted, at)) != std::string::npos; ++at)
            ++found;
        return found;
    }
    std::string priced(const std::string& lines) {
        const auto receipt = submit(lines);
        EXPECT_THAT(receipt, IsOk());
        if (!receipt) return {};
        EXPECT_EQ(ended(receipt->batch).status, BatchStatus::completed);
        return results(receipt->batch);
    }
};

TEST_F(CompsShelfTest, ABatchIsPricedFromTheTenantsOwnSales) {
    start();
    EXPECT_THAT(priced(kettles(3)), HasSubstr(R"("p50":null)"));
    const auto state = put(sold(40));
    ASSERT_THAT(state, IsOk());
    EXPECT_THAT(state->facts, HasSubstr(R"("rows":500,"products":50)"));
    const std::string lines = priced(kettles(3));
    EXPECT_EQ(count(lines, price(40)), 3U);
    EXPECT_EQ(count(lines, R"("source":"comps_book","rule":"brand_model","detail":"10 rows)"), 3U);
    const auto shown = engine_->comps().show(ours);
    ASSERT_THAT(shown, IsOk());
    EXPECT_EQ(shown->facts, state->facts);
    EXPECT_EQ(shown->version, state->version);
    // Another tenant has none of it.
    EXPECT_THAT(engine_->comps().show(TenantId("other")), FailsWith(ErrorCode::not_found));
    auto theirs = request();
    theirs.tenant = TenantId("other");
    const auto receipt = submit(kettles(1), theirs);
    ASSERT_THAT(receipt, IsOk());
    Ear& ear = listen(receipt->batch);
    const auto row = engine_->find(TenantId("other"), receipt->batch);
    ASSERT_THAT(row, IsOk());
    if (!is_settled(row->status)) {
        ASSERT_TRUE(ear.wait([](const auto& progress) { return is_settled(progress.status); }));
    }
    EXPECT_THAT(results(receipt->batch), HasSubstr(R"("p50":null)"));
}

TEST_F(CompsShelfTest, RemovedPricesPriceNothingMore) {
    start();
    ASSERT_THAT(put(sold(40)), IsOk());
    ASSERT_THAT(engine_->comps().remove(ours), IsOk());
    EXPECT_THAT(engine_->comps().show(ours), FailsWith(ErrorCode::not_found));
    EXPECT_THAT(engine_->comps().remove(ours), FailsWith(ErrorCode::not_found));
    EXPECT_THAT(priced(kettles(1)), HasSubstr(R"("p50":null)"));
    EXPECT_EQ(ask("SELECT count(*) FROM comps_chunk"), 0);
}

TEST_F(CompsShelfTest, TheBookForEverybodyHoldsWhereATenantHasNone) {
    start();
    SoldReadOptions options;
    CompsReader reader(options);
    ASSERT_THAT(reader.feed(sold(70)), IsOk());
    const auto loaded = reader.finish();
    ASSERT_THAT(loaded, IsOk());
    ASSERT_THAT(engine_->comps().install(batch_store::everybody, *loaded), IsOk());
    EXPECT_EQ(count(priced(kettles(2)), price(70)), 2U);
    ASSERT_THAT(put(sold(40)), IsOk());
    EXPECT_EQ(count(priced(kettles(2)), price(40)), 2U);
    ASSERT_THAT(engine_->comps().remove(ours), IsOk());
    EXPECT_EQ(count(priced(kettles(2)), price(70)), 2U);
}

TEST_F(CompsShelfTest, ABatchThatRunsKeepsTheVersionItBeganWith) {
    start({1, 2, limits::open_batches_max, limits::receiving_batches_max});
    ASSERT_THAT(put(sold(40)), IsOk());
    const auto receipt = submit(kettles(20'000));
    ASSERT_THAT(receipt, IsOk());
    Ear& ear = listen(receipt->batch);
    ASSERT_TRUE(ear.wait([](const auto& progress) { return progress.counts.completed > 0; }));
    ASSERT_THAT(put(sold(90)), IsOk());
    EXPECT_EQ(row(receipt->batch).status, BatchStatus::in_progress);
    EXPECT_EQ(count(priced(kettles(5)), price(90)), 5U);  // the next one has the new prices
    EXPECT_EQ(ended(receipt->batch).status, BatchStatus::completed);
    EXPECT_EQ(count(results(receipt->batch), price(40)), 20'000U);
    EXPECT_EQ(ask("SELECT count(*) FROM comps_pin"), 0);
}

TEST_F(CompsShelfTest, AlsoAfterACrashAndWhenThePricesAreGone) {
    make_engine();
    ASSERT_THAT(put(sold(40)), IsOk());
    const auto receipt = submit(kettles(500));
    ASSERT_THAT(receipt, IsOk());
    ASSERT_THAT(put(sold(90)), IsOk());
    ASSERT_THAT(engine_->comps().remove(ours), IsOk());
    kill();
    open_store();
    start();
    EXPECT_EQ(ended(receipt->batch).status, BatchStatus::completed);
    const std::string lines = results(receipt->batch);
    EXPECT_EQ(count(lines, price(40)), 500U);
    EXPECT_THAT(priced(kettles(1)), HasSubstr(R"("p50":null)"));
    // Once it has ended, nobody needs its version any more: whoever submits next clears it away.
    ASSERT_THAT(writer_->run([](Tx&) { return Result<void>(); }), IsOk());
    EXPECT_EQ(ask("SELECT count(*) FROM comps_book"), 0);
    EXPECT_EQ(ask("SELECT count(*) FROM comps_chunk"), 0);
    EXPECT_EQ(ask("SELECT count(*) FROM comps_pin"), 0);
}

TEST_F(CompsShelfTest, ACrashInTheMiddleOfAnUploadLeavesTheOldPrices) {
    start();
    ASSERT_THAT(put(sold(40)), IsOk());
    ASSERT_THAT(writer_->run([&](Tx& tx) -> Result<void> {
        const auto version = batch_store::begin_comps_book(tx, ours, clock_.now());
        if (!version) return version.error();
        return batch_store::append_comps_chunk(tx, *version, 0, "half a book");
    }),
                IsOk());
    kill();
    open_store();
    start();
    EXPECT_EQ(ask("SELECT count(*) FROM comps_book"), 1);
    EXPECT_EQ(ask("SELECT count(*) FROM comps_chunk"), 1);
    EXPECT_EQ(count(priced(kettles(3)), price(40)), 3U);
}

TEST_F(CompsShelfTest, AnUploadThatIsRefusedOrGivenUpChangesNothing) {
    start();
    ASSERT_THAT(put(sold(40)), IsOk());
    EXPECT_THAT(put("%PDF-1.7"), FailsWith(ErrorCode::unsupported_media));
    EXPECT_THAT(put("Brand,Model,Price,Currency\nA,,1,EUR\n"), FailsWith(ErrorCode::invalid_input));
    {
        auto given_up = engine_->comps().begin(ours, {});
        ASSERT_THAT(given_up, IsOk());
        ASSERT_THAT((*given_up)->feed(sold(90)), IsOk());
    }
    EXPECT_EQ(count(priced(kettles(1)), price(40)), 1U);
}

TEST_F(CompsShelfTest, OnlySoManyUploadsAreReadAtOnce) {
    start();
    std::vector<std::unique_ptr<CompsShelf::Upload>> uploads;
    for (std::size_t i = 0; i < limits::comps_uploads_max; ++i) {
        auto upload = engine_->comps().begin(ours, {});
        ASSERT_THAT(upload, IsOk());
        uploads.push_back(*std::move(upload));
    }
    EXPECT_THAT(engine_->comps().begin(ours, {}), FailsWith(ErrorCode::busy));
    uploads.pop_back();
    EXPECT_THAT(put(sold(40)), IsOk());
}

TEST_F(CompsShelfTest, DamagedPricesRefuseNewBatchesAndAreTakenOutOfRunningOnes) {
    make_engine();
    ASSERT_THAT(put(sold(40)), IsOk());
    const auto receipt = submit(kettles(2));
    ASSERT_THAT(receipt, IsOk());
    tell("UPDATE comps_chunk SET bytes=x'00'");
    engine_.reset();
    start();
    EXPECT_EQ(ended(receipt->batch).status, BatchStatus::completed);
    EXPECT_EQ(count(results(receipt->batch), R"("source":"comps_book","rule":"damaged")"), 2U);
    EXPECT_THAT(submit(kettles(1)), FailsWith(ErrorCode::corrupt));
    ASSERT_THAT(put(sold(50)), IsOk());
    EXPECT_EQ(count(priced(kettles(2)), price(50)), 2U);
}

TEST_F(CompsShelfTest, ResultsAreTheSameBytesForAnyNumberOfThreadsAndAfterAReload) {
    std::string first;
    for (const int threads : {1, 2, 8}) {
        start({threads, 8, limits::open_batches_max, limits::receiving_batches_max});
        if (threads == 1) {
            ASSERT_THAT(put(sold(40)), IsOk());
        }
        const std::string lines = priced(kettles(700));
        EXPECT_EQ(count(lines, price(40)), 700U);
        if (threads == 1) first = lines;
        EXPECT_TRUE(lines == first) << threads << " threads";
        engine_.reset();  // the next one reads the book from the store
    }
}

class CompsShelfDiskTest : public CompsShelfTest {
  protected:
    void SetUp() override {
        vfs_ = faults_.name();
        quick_.reopen_delay_first = quick_.reopen_delay_max = std::chrono::milliseconds(1);
        EngineFixture::SetUp();
    }
    void TearDown() override {
        faults_.heal();
        EngineFixture::TearDown();
    }
    // Without sleeping, until the store takes writes again; it has a minute.
    Result<CompsShelf::State> put_until_taken(const std::string& csv) {
        const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(60);
        for (;;) {
            auto state = put(csv);
            if (state || std::chrono::steady_clock::now() > until) return state;
            std::this_thread::yield();
        }
    }

    FaultyVfs faults_;
    WriterOptions quick_;
    std::unique_ptr<TemporaryDirectory> disk_;
};

// Whatever operation the disk fails at: afterwards the old prices hold or the new ones, whole.
TEST_F(CompsShelfDiskTest, AFaultAnywhereLeavesTheOldPricesOrTheNewOnes) {
    bool failed = true;
    for (int nth = 1; failed && nth < 200; ++nth) {
        close();
        disk_ = std::make_unique<TemporaryDirectory>(assay::testing::memory_backed_parent());
        open_store_in(disk_->path(), quick_);
        start({1, 4, limits::open_batches_max, limits::receiving_batches_max});
        ASSERT_THAT(put(sold(40)), IsOk());
        faults_.fail_at(nth, FaultyVfs::Fault::io_error, true);
        const auto state = put(sold(90));
        failed = !state;
        faults_.heal();
        kill();
        open_store_in(disk_->path(), quick_);
        start({1, 4, limits::open_batches_max, limits::receiving_batches_max});
        const std::string lines = priced(kettles(1));
        const std::size_t old_prices = count(lines, price(40)),
                          new_prices = count(lines, price(90));
        ASSERT_EQ(old_prices + new_prices, 1U) << nth << lines;
        if (state) {
            ASSERT_EQ(new_prices, 1U) << nth;
        }
        ASSERT_THAT(put_until_taken(sold(60)), IsOk()) << nth;
        ASSERT_EQ(count(priced(kettles(1)), price(60)), 1U) << nth;
        ASSERT_EQ(ask("SELECT count(*) FROM comps_book"), 1) << nth;
    }
    EXPECT_FALSE(failed);
}

}  // namespace
}  // namespace assay::engine
