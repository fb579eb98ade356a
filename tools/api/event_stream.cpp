// /v1/batches/{id}/events: the progress of a batch as Server-Sent Events, until it has ended.
// SPDX-License-Identifier: MIT
#include <mutex>
#include <utility>

#include "engine/progress/tally.hpp"
#include "tools/api/api_json.hpp"
#include "tools/api/resources.hpp"

namespace assay::tools::resources {
namespace {

using engine::Progress;

// What the writer's thread leaves for the stream. Outlives both through shared ownership.
class Mailbox {
  public:
    Mailbox(Clock& clock, engine::ProgressPace pace) : clock_(clock), pace_(pace) {}

    void set_wake(std::function<void()> wake) {
        const std::lock_guard lock(mutex_);
        wake_ = std::move(wake);
    }
    // On the writer's thread: keeps the newest state, and wakes the stream when one is due.
    void put(const Progress& progress) {
        const std::lock_guard lock(mutex_);
        if (newest_ && progress.counts.settled() < newest_->counts.settled()) return;
        newest_ = progress;
        const SteadyTime now = clock_.steady_now();
        const bool ended = is_settled(progress.status);
        if (!ended && !engine::progress_due(mark_, progress.counts, now, pace_)) return;
        mark_ = {now, progress.percent};
        due_ = true;
        if (wake_) wake_();
    }
    std::optional<Progress> take() {
        const std::lock_guard lock(mutex_);
        if (!std::exchange(due_, false)) return std::nullopt;
        return newest_;
    }

  private:
    Clock& clock_;
    const engine::ProgressPace pace_;
    std::mutex mutex_;
    std::function<void()> wake_;
    std::optional<Progress> newest_;
    engine::ProgressMark mark_;
    bool due_ = false;
};

// "event: NAME\ndata: JSON\n\n". The JSON has no line breaks.
std::string event_text(std::string_view name, std::string_view json) {
    std::string text = "event: ";
    text.append(name).append("\ndata: ").append(json).append("\n\n");
    return text;
}

std::string progress_text(const Progress& progress) {
    std::string json;
    JsonWriter writer(json);
    writer.begin_object();
    writer.member("id", progress.batch.text());
    writer.member("object", "batch.progress");
    writer.member("status", to_string(progress.status));
    writer.member("total_products", progress.counts.total);
    writer.member("progress", progress.percent);
    writer.key("product_counts");
    write_counts(writer, progress.counts);
    writer.end_object();
    return event_text("batch.progress", json);
}

class ProgressStream final : public BodySource {
  public:
    ProgressStream(ApiServices& services, TenantId tenant, BatchId batch)
        : services_(services),
          tenant_(std::move(tenant)),
          batch_(std::move(batch)),
          mailbox_(std::make_shared<Mailbox>(services.clock, services.engine.progress_pace())) {
        // Before the first look at the batch, so that nothing falls in between.
        subscription_ = services.engine.subscribe(
            batch_, [mailbox = mailbox_](const Progress& progress) { mailbox->put(progress); });
    }

    void on_ready(std::function<void()> wake) override { mailbox_->set_wake(std::move(wake)); }
    std::string_view heartbeat() const override { return ": heartbeat\n\n"; }

    Piece next() override {
        if (!std::exchange(begun_, true)) return look();
        const auto progress = mailbox_->take();
        if (!progress) return {{}, State::waiting};
        if (is_settled(progress->status)) return look();
        return {progress_text(*progress), State::waiting};
    }

  private:
    // The batch as it is stored: the first event, and the whole object as the last.
    Piece look() {
        auto batch = services_.engine.find(tenant_, batch_);
        if (!batch) return {{}, State::broken};
        if (!is_settled(batch->status)) {
            const Progress progress{batch->id, batch->status, batch->counts,
                                    engine::progress_percent(batch->counts)};
            return {progress_text(progress), State::waiting};
        }
        std::string json;
        JsonWriter writer(json);
        write_batch(writer, *batch);
        return {event_text("batch." + std::string(to_string(batch->status)), json), State::ended};
    }

    ApiServices& services_;
    TenantId tenant_;
    BatchId batch_;
    std::shared_ptr<Mailbox> mailbox_;
    std::shared_ptr<void> subscription_;
    bool begun_ = false;
};

}  // namespace

Answer stream_batch(ApiCall& call) {
    if (const auto allowed = call.query.only({}); !allowed) return allowed.error();
    auto batch = call.services.engine.find(call.tenant(), BatchId(call.captures[0]));
    if (!batch) return std::move(batch).error();
    HttpResponse response;
    response.fields = {{"Content-Type", "text/event-stream"},
                       {"Cache-Control", "no-store"},
                       {"X-Accel-Buffering", "no"}};
    response.stream =
        std::make_unique<ProgressStream>(call.services, call.tenant(), std::move(batch->id));
    return response;
}

}  // namespace assay::tools::resources
