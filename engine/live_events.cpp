// Makes the events of the moment.
// SPDX-License-Identifier: MIT
#include "engine/live_events.hpp"

#include "engine/base/json_writer.hpp"
#include "engine/batch/chunk.hpp"
#include "engine/event/batch_facts.hpp"

namespace assay::engine {

bool LiveEvents::is_wanted(const BatchRun& run, std::string_view type) const noexcept {
    return audience_ != nullptr && audience_->wants(run.tenant(), type);
}

Event LiveEvents::event_of(const BatchRun& run, std::string_view type) const {
    Event event;
    event.seq = live_seq;
    event.id = EventId("evt_" + make_uuid(random_));
    event.tenant = run.tenant();
    event.type = type;
    event.batch = run.id();
    event.created_at = clock_.now();
    return event;
}

void LiveEvents::progress(BatchRun& run, BatchStatus status) {
    if (status != BatchStatus::in_progress) return;
    const SteadyTime now = clock_.steady_now();
    if (!progress_due(run.told, run.counts, now, pace_)) return;
    if (!is_wanted(run, event_type::batch_progress)) return;
    run.told = {now, progress_percent(run.counts)};
    BatchFacts facts;
    facts.batch = run.id();
    facts.collection_id = run.options().collection_id;
    facts.status = to_string(status);
    facts.total = run.counts.total;
    facts.successful = run.counts.completed;
    facts.failed = run.counts.failed;
    Event event = event_of(run, event_type::batch_progress);
    event.data = to_json(facts);
    audience_->happens(std::move(event));
}

void LiveEvents::items_started(const BatchRun& run, std::string_view chunk) const {
    if (!is_wanted(run, event_type::item_started)) return;
    const auto read = for_each_item(chunk, [&](const ChunkItem& item) {
        Event event = event_of(run, event_type::item_started);
        JsonWriter json(event.data);
        json.begin_object();
        json.member("batch_id", run.id().text());
        json.member("index", static_cast<std::int64_t>(item.index));
        json.member("product_id", item.product_id);
        json.end_object();
        audience_->happens(std::move(event));
    });
    static_cast<void>(read);  // what is damaged is reported by its failed result
}

}  // namespace assay::engine
