// Notify on a real store and real sockets, with the verbs that stories about it need.
// SPDX-License-Identifier: MIT
#pragma once

#include <gmock/gmock.h>

#include <array>
#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "engine/batch_store/batch_store.hpp"
#include "notify/notifier.hpp"
#include "notify/profile/sample.hpp"
#include "notify/sign/scheme.hpp"
#include "tests/support/loopback_receiver.hpp"
#include "tests/support/matchers.hpp"
#include "tests/support/temporary_directory.hpp"

namespace assay::notify {

using engine::Tx;
using std::chrono::milliseconds;
using testing::FailsWith;
using testing::IsOk;
using testing::LoopbackReceiver;
using testing::ReceivedRequest;

inline const TenantId tenant("default");

inline std::vector<engine::Migration> all_migrations() {
    std::vector<engine::Migration> all;
    const auto engine_steps = engine::batch_store::migrations();
    const auto notify_steps = notify_store::migrations();
    all.insert(all.end(), engine_steps.begin(), engine_steps.end());
    all.insert(all.end(), notify_steps.begin(), notify_steps.end());
    return all;
}

// The system's clock, moved on by a test: what waits for hours is due after a jump and a restart.
class ShiftedClock final : public Clock {
  public:
    TimePoint now() const override { return system_.now() + shift_.load(); }
    SteadyTime steady_now() const override { return system_.steady_now() + shift_.load(); }
    void jump(milliseconds by) { shift_.store(shift_.load() + by); }

  private:
    SystemClock system_;
    std::atomic<milliseconds> shift_{milliseconds(0)};
};

class NotifierTest : public ::testing::Test {
  protected:
    NotifierTest() {
        key_.fill(7);
        open();
    }
    ~NotifierTest() override { close(); }

    // Opens the store and starts a notifier on it, as a restart does.
    void open() {
        const auto migrations = all_migrations();
        auto database = engine::Database::open({directory_.path(), false, {}}, migrations);
        ASSERT_THAT(database, IsOk());
        database_ = *std::move(database);
        writer_ = std::make_unique<engine::Writer>(*database_, clock_);
        box_ = std::make_unique<SecretBox>(key_);
        NotifierOptions options;
        options.urls = {true, true};
        options.addresses.allow_loopback = true;
        options.drain = milliseconds(2'000);
        notifier_ = std::make_unique<Notifier>(
            Notifier::Parts{*database_, *writer_, clock_, random_, *box_, links_, *profiles_},
            options);
        writer_->add_listener(*notifier_);
        started_ = notifier_->start();
        if (expect_start_) {
            ASSERT_THAT(started_, IsOk());
        }
    }
    void close() {
        if (notifier_) notifier_->stop();
        if (writer_) writer_->stop();
        notifier_.reset();
        writer_.reset();
        database_.reset();
    }
    void restart(milliseconds later = milliseconds(0)) {
        close();
        clock_.jump(later);
        open();
    }

    Endpoint subscribe(const std::string& url, std::vector<std::string> events = {"*"},
                       std::optional<RetrySchedule> retry = std::nullopt) {
        Endpoint endpoint;
        endpoint.tenant = tenant;
        endpoint.url = url;
        endpoint.events = std::move(events);
        endpoint.overrides.retry = std::move(retry);
        Result<Endpoint> made = notifier_->create(std::move(endpoint));
        EXPECT_THAT(made, IsOk());
        return made ? *made : Endpoint{};
    }

    void publish(std::string type, int number) {
        engine::Event event;
        event.id = EventId("evt_" + make_uuid(random_));
        event.tenant = tenant;
        event.type = std::move(type);
        event.created_at = clock_.now();
        event.data = R"({"number":)" + std::to_string(number) + "}";
        event.dedupe_key = event.id.text();
        ASSERT_THAT(writer_->run([&](Tx& tx) -> Result<void> {
            const auto seq = engine::batch_store::append_event(tx, event);
            if (!seq) return seq.error();
            return {};
        }),
                    IsOk());
    }

    void publish_batch(const std::string& batch) {
        engine::Event event;
        event.id = EventId("evt_" + make_uuid(random_));
        event.tenant = tenant;
        event.type = engine::event_type::batch_completed;
        event.batch = BatchId(batch);
        event.created_at = clock_.now();
        event.data = sample_event(event.type).data;
        event.dedupe_key = event.id.text();
        ASSERT_THAT(writer_->run([&](Tx& tx) -> Result<void> {
            const auto seq = engine::batch_store::append_event(tx, event);
            if (!seq) return seq.error();
            return {};
        }),
                    IsOk());
    }

    void happens(std::string_view type, const std::string& batch, std::string data) {
        engine::Event event;
        event.seq = engine::live_seq;
        event.id = EventId("evt_" + make_uuid(random_));
        event.tenant = tenant;
        event.type = type;
        event.batch = BatchId(batch);
        event.created_at = clock_.now();
        event.data = std::move(data);
        notifier_->happens(std::move(event));
    }

    // Waits until `count` deliveries have the status; the answer is theirs.
    std::vector<notify_store::DeliveryRow> rows_with(DeliveryStatus status, std::size_t count) {
        notify_store::DeliveryQuery query;
        query.tenant = tenant;
        query.statuses = {status};
        query.limit = 1'000;
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
        for (;;) {
            Result<std::vector<notify_store::DeliveryRow>> rows = notifier_->deliveries(query);
            EXPECT_THAT(rows, IsOk());
            if (!rows || rows->size() >= count)
                return rows ? *rows : std::vector<notify_store::DeliveryRow>{};
            if (std::chrono::steady_clock::now() > end) return *rows;
            std::this_thread::yield();
        }
    }

    static void expect_signed(const ReceivedRequest& request, const Endpoint& endpoint) {
        std::vector<Header> headers;
        for (const auto& [name, value] : request.headers)
            headers.push_back({name, value});
        VerifyOptions options;
        options.now = to_unix_seconds(SystemClock().now());
        EXPECT_THAT(verify(SignatureLayout::standard_webhooks, {&endpoint.secret, 1}, headers,
                           request.body, options),
                    IsOk());
    }

    testing::TemporaryDirectory directory_;
    ShiftedClock clock_;
    SystemRandom random_;
    std::array<unsigned char, 32> key_{};
    std::unique_ptr<SecretBox> box_;
    ResultsLinks links_{"https://assay.example", "a key of the test"};
    std::unique_ptr<engine::Database> database_;
    std::unique_ptr<engine::Writer> writer_;
    std::unique_ptr<Notifier> notifier_;
    const ProfileBook* profiles_ = &built_in_book();
    bool expect_start_ = true;
    Result<void> started_;
};

}  // namespace assay::notify
