// Batch objects and lists.
// SPDX-License-Identifier: MIT
#include "tools/api/api_json.hpp"

#include <cassert>
#include <utility>

#include "engine/event/batch_facts.hpp"
#include "engine/progress/tally.hpp"

namespace assay::tools {

HttpResponse json_response(int status, std::string body) {
    HttpResponse response;
    response.status = status;
    response.fields = {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}};
    response.body = std::move(body);
    return response;
}

void write_time(JsonWriter& writer, std::string_view name, const std::optional<TimePoint>& time) {
    writer.key(name);
    if (time)
        writer.string(to_rfc3339(*time));
    else
        writer.null();
}

void write_counts(JsonWriter& writer, const engine::ProductCounts& counts) {
    assert(counts.pending + counts.processing + counts.settled() == counts.total);
    writer.begin_object();
    writer.member("total", counts.total);
    writer.member("pending", counts.pending);
    writer.member("processing", counts.processing);
    writer.member("completed", counts.completed);
    writer.member("failed", counts.failed);
    writer.member("cancelled", counts.cancelled);
    writer.end_object();
}

void write_batch(JsonWriter& writer, const engine::batch_store::BatchRow& batch) {
    const engine::ProductCounts& counts = batch.counts;
    writer.begin_object();
    writer.member("id", batch.id.text());
    writer.member("object", "batch");
    writer.key("collection_id");
    if (batch.options.collection_id)
        writer.string(*batch.options.collection_id);
    else
        writer.null();
    writer.member("status", to_string(batch.status));
    writer.member("total_products", counts.total);
    writer.member("successful_products", counts.completed);
    writer.member("failed_products", counts.failed);
    writer.key("success_rate").number(engine::success_rate(counts.completed, counts.total), 2);
    writer.member("progress", engine::progress_percent(counts));
    writer.key("product_counts");
    write_counts(writer, counts);
    write_time(writer, "created_at", batch.created_at);
    write_time(writer, "started_at", batch.started_at);
    write_time(writer, "completed_at", batch.completed_at);
    writer.key("metadata").raw(batch.options.metadata.empty() ? "{}" : batch.options.metadata);
    writer.key("summary");
    if (batch.summary.empty())
        writer.null();
    else
        writer.raw(batch.summary);
    if (batch.archived_at) write_time(writer, "archived_at", batch.archived_at);
    writer.end_object();
}

Result<std::optional<TimePoint>> time_of(const Query& query, std::string_view name) {
    const std::string* text = query.find(name);
    if (text == nullptr) return std::optional<TimePoint>();
    auto time = parse_time(*text);
    if (!time) {
        time.error().field = name;
        return std::move(time).error();
    }
    return std::optional(*time);
}

ListWriter::ListWriter() : writer_(body_) {
    writer_.begin_object().member("object", "list").key("data").begin_array();
}

HttpResponse ListWriter::finish(bool has_more, const std::string& next) {
    writer_.end_array().member("has_more", has_more).key("next");
    if (has_more && !next.empty())
        writer_.string(next);
    else
        writer_.null();
    writer_.end_object();
    return json_response(200, std::move(body_));
}

void write_event(JsonWriter& writer, const engine::Event& event) {
    writer.begin_object();
    writer.member("id", event.id.text());
    writer.member("object", "event");
    writer.member("sequence", to_integer(event.seq));
    writer.member("type", event.type);
    write_time(writer, "created_at", event.created_at);
    writer.key("batch_id");
    if (event.batch)
        writer.string(event.batch->text());
    else
        writer.null();
    writer.key("data").raw(event.data.empty() ? "{}" : event.data);
    writer.end_object();
}

}  // namespace assay::tools
