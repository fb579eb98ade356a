// The data of batch, item and quota events.
// SPDX-License-Identifier: MIT
#include "notify/profile/event_data.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "engine/base/hash.hpp"
#include "engine/base/random.hpp"
#include "notify/profile/product_lines.hpp"

namespace assay::notify {
namespace {

namespace json_reader = boost::json;
using engine::BatchFacts;

Error corrupt(const engine::Event& event, std::string_view what) {
    return fail(ErrorCode::corrupt, "the data of " + event.type + " " + std::string(what));
}

std::int64_t settled(const BatchFacts& facts) noexcept {
    return facts.successful + facts.failed;
}

void write_summary(JsonWriter& json, const BatchFacts& facts, bool mark_cancelled) {
    json.begin_object()
        .member("batch_id", facts.batch.text())
        .member("total_count", facts.total)
        .member("completed_count", settled(facts))
        .member("failed_count", facts.failed);
    json.key("success_rate").number(engine::success_rate(facts.successful, facts.total), 2);
    write_time(json, "started_at", facts.started_at);
    write_time(json, "completed_at", facts.completed_at);
    json.key("duration_ms");
    if (facts.started_at && facts.completed_at) {
        json.integer(std::max<std::int64_t>(0, (*facts.completed_at - *facts.started_at).count()));
    } else {
        json.null();
    }
    json.key("by_verdict").begin_object();
    for (const auto& [verdict, count] : facts.by_verdict)
        json.member(verdict, count);
    json.end_object();
    if (mark_cancelled) json.member("cancelled", true);
    json.end_object();
}

// The data of an item event is a reference: {"batch_id","index"}.
struct ItemReference {
    std::string batch;
    std::int64_t index = 0;
    std::optional<std::string> product;  // of one whose result is still to come
};

Result<ItemReference> read_reference(const engine::Event& event) {
    boost::system::error_code error;
    const json_reader::value value = json_reader::parse(event.data, error);
    const json_reader::object* const object = error ? nullptr : value.if_object();
    if (object == nullptr) return corrupt(event, "is not a JSON object");
    const json_reader::value* const batch = object->if_contains("batch_id");
    const json_reader::value* const index = object->if_contains("index");
    if (batch == nullptr || !batch->is_string() || index == nullptr || !index->is_int64() ||
        index->get_int64() < 0) {
        return corrupt(event, "names no item of a batch");
    }
    ItemReference reference{std::string(batch->get_string()), index->get_int64(), std::nullopt};
    const json_reader::value* const product = object->if_contains("product_id");
    if (product != nullptr && product->is_string()) {
        reference.product = std::string(product->get_string());
    }
    return reference;
}

// A function of batch and index, so that a replay names the same analysis.
std::string analysis_id_of(const ItemReference& item) {
    const Hash128 hash = hash128(item.batch + '\n' + std::to_string(item.index));
    return uuid_from_hash(hash.high, hash.low);
}

bool speaks_of_images(EventData data) noexcept {
    return data == EventData::image_started || data == EventData::image_result ||
           data == EventData::image_failure;
}

}  // namespace

void write_text(JsonWriter& json, std::string_view key, const std::optional<std::string>& text) {
    json.key(key);
    text ? json.string(*text) : json.null();
}

void write_time(JsonWriter& json, std::string_view key, const std::optional<TimePoint>& time) {
    json.key(key);
    time ? json.string(to_rfc3339(*time)) : json.null();
}

void write_batch_data(JsonWriter& json, EventData data, const BatchFacts& facts,
                      bool mark_cancelled) {
    if (data == EventData::batch_summary) return write_summary(json, facts, mark_cancelled);
    json.begin_object();
    if (data != EventData::batch_progress_counts) json.member("batch_id", facts.batch.text());
    switch (data) {
        case EventData::batch_started:
            write_text(json, "collection_id", facts.collection_id);
            break;
        case EventData::batch_progress:
            json.member("completed_count", settled(facts)).member("failed_count", facts.failed);
            break;
        case EventData::batch_progress_counts:
            json.member("completed_count", settled(facts));
            break;
        default:
            break;
    }
    json.member("total_count", facts.total);
    if (data == EventData::batch_progress) {
        const std::int64_t total = std::max<std::int64_t>(1, facts.total);
        json.member("progress", 100 * (settled(facts) + facts.cancelled) / total);
    }
    json.end_object();
}

Result<void> write_item_data(JsonWriter& json, EventData data, const engine::Event& event,
                             const ItemSource& item) {
    const Result<ItemReference> reference = read_reference(event);
    if (!reference) return reference.error();
    const bool images = speaks_of_images(data);
    if (reference->product) {
        json.begin_object().member("analysis_id", analysis_id_of(*reference));
        json.member(images ? "image_id" : "product_id", *reference->product);
        if (!images) json.member("batch_id", reference->batch);
        json.end_object();
        return {};
    }
    if (!item) return corrupt(event, "cannot be read here: there is no source of results");
    Result<std::string> line = item(reference->index);
    if (!line) return line.error();
    while (!line->empty() && line->back() == '\n')
        line->pop_back();
    const std::optional<std::string_view> product = line_member(*line, "product_id");
    if (!product) return corrupt(event, "leads to a line that is no result");
    json.begin_object().member("analysis_id", analysis_id_of(*reference));
    if (images) json.key("image_id").raw(*product);
    if (data == EventData::item_result || data == EventData::image_result) {
        if (!images) json.member("batch_id", reference->batch);
        (void)append_members(json, *line);  // it was walked to its end above
        json.end_object();
        return {};
    }
    if (!images) json.key("product_id").raw(*product).member("batch_id", reference->batch);
    if (data == EventData::item_failure || data == EventData::image_failure) {
        json.key("error").raw(line_member(*line, "error").value_or("null"));
    }
    json.end_object();
    return {};
}

Result<void> write_quota_usage(JsonWriter& json, const engine::Event& event) {
    boost::system::error_code error;
    const json_reader::value value = json_reader::parse(event.data, error);
    const json_reader::object* const object = error ? nullptr : value.if_object();
    if (object == nullptr) return corrupt(event, "is not a JSON object");
    const auto number = [&](std::string_view key) -> std::optional<std::int64_t> {
        const json_reader::value* const member = object->if_contains(key);
        if (member == nullptr || !member->is_int64()) return std::nullopt;
        return member->get_int64();
    };
    const auto percent = number("percent_used");
    const auto used = number("requests_used");
    const auto limit = number("requests_limit");
    if (!percent || !used || !limit) return corrupt(event, "does not say how much is used");
    json.begin_object()
        .member("usage_percent", *percent)
        .member("remaining", std::max<std::int64_t>(0, *limit - *used))
        .end_object();
    return {};
}

}  // namespace assay::notify
