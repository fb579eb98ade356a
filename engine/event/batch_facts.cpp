// Batch facts to JSON and back, and the success rate.
// SPDX-License-Identifier: MIT
#include "engine/event/batch_facts.hpp"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <cassert>

#include "engine/base/json_writer.hpp"

namespace assay::engine {
namespace {

namespace dom = simdjson::dom;

constexpr std::array<std::string_view, 4> statuses{"in_progress", "completed", "failed",
                                                   "cancelled"};

Error corrupt(std::string_view what) {
    return fail(ErrorCode::corrupt, "stored batch facts: " + std::string(what));
}

void write_time(JsonWriter& json, std::string_view key, const std::optional<TimePoint>& time) {
    json.key(key);
    if (time) {
        json.string(to_rfc3339(*time));
    } else {
        json.null();
    }
}

bool read_text(const dom::object& object, std::string_view key, std::string& out) {
    std::string_view text;
    if (object[key].get_string().get(text) != simdjson::SUCCESS) return false;
    out = text;
    return true;
}

// A count: a whole number that is not negative.
bool read_count(const dom::object& object, std::string_view key, std::int64_t& out) {
    return object[key].get_int64().get(out) == simdjson::SUCCESS && out >= 0;
}

bool read_time(const dom::object& object, std::string_view key, std::optional<TimePoint>& out) {
    dom::element element;
    if (object[key].get(element) != simdjson::SUCCESS) return false;
    if (element.is_null()) return true;
    std::string_view text;
    if (element.get_string().get(text) != simdjson::SUCCESS) return false;
    const Result<TimePoint> time = parse_time(text);
    if (!time) return false;
    out = *time;
    return true;
}

bool read_collection(const dom::object& object, std::optional<std::string>& out) {
    dom::element element;
    if (object["collection_id"].get(element) != simdjson::SUCCESS) return false;
    if (element.is_null()) return true;
    return read_text(object, "collection_id", out.emplace());
}

bool read_verdicts(const dom::object& object,
                   std::vector<std::pair<std::string, std::int64_t>>& out) {
    dom::object verdicts;
    if (object["by_verdict"].get_object().get(verdicts) != simdjson::SUCCESS) return false;
    for (const auto member : verdicts) {
        std::int64_t count = 0;
        if (member.value.get_int64().get(count) != simdjson::SUCCESS || count < 0) return false;
        out.emplace_back(std::string(member.key), count);
    }
    return true;
}

}  // namespace

double success_rate(std::int64_t successful, std::int64_t total) noexcept {
    assert(successful >= 0 && successful <= total);
    if (total <= 0) return 0;
    std::int64_t hundredths = (successful * 20'000 + total) / (2 * total);  // half up
    if (successful < total) hundredths = std::min<std::int64_t>(hundredths, 9'999);
    if (successful > 0) hundredths = std::max<std::int64_t>(hundredths, 1);
    return static_cast<double>(hundredths) / 100;
}

std::string to_json(const BatchFacts& facts) {
    std::string text;
    text.reserve(512);
    JsonWriter json(text);
    json.begin_object().member("batch_id", facts.batch.text());
    json.key("collection_id");
    if (facts.collection_id) {
        json.string(*facts.collection_id);
    } else {
        json.null();
    }
    json.member("status", facts.status)
        .member("total_count", facts.total)
        .member("completed_count", facts.successful + facts.failed)
        .member("successful_count", facts.successful)
        .member("failed_count", facts.failed)
        .member("cancelled_count", facts.cancelled);
    json.key("success_rate").number(success_rate(facts.successful, facts.total), 2);
    write_time(json, "started_at", facts.started_at);
    write_time(json, "completed_at", facts.completed_at);
    json.key("duration_ms");
    if (facts.started_at && facts.completed_at) {
        // The wall clock may have been set back in between; a duration is never negative.
        json.integer(std::max<std::int64_t>(0, (*facts.completed_at - *facts.started_at).count()));
    } else {
        json.null();
    }
    json.key("by_verdict").begin_object();
    for (const auto& [verdict, count] : facts.by_verdict) {
        if (count != 0) json.member(verdict, count);
    }
    json.end_object().end_object();
    return text;
}

Result<BatchFacts> parse_batch_facts(std::string_view json) {
    dom::parser parser;
    dom::object object;
    if (parser.parse(json.data(), json.size()).get_object().get(object) != simdjson::SUCCESS) {
        return corrupt("not a JSON object");
    }
    BatchFacts facts;
    std::string batch;
    if (!read_text(object, "batch_id", batch) || batch.empty()) return corrupt("batch_id");
    facts.batch = BatchId(std::move(batch));
    if (!read_collection(object, facts.collection_id)) return corrupt("collection_id");
    if (!read_text(object, "status", facts.status) ||
        std::find(statuses.begin(), statuses.end(), facts.status) == statuses.end()) {
        return corrupt("status");
    }
    if (!read_count(object, "total_count", facts.total) ||
        !read_count(object, "successful_count", facts.successful) ||
        !read_count(object, "failed_count", facts.failed) ||
        !read_count(object, "cancelled_count", facts.cancelled)) {
        return corrupt("a count is missing or not a whole number");
    }
    // Subtractions, because sums of hostile numbers could overflow.
    if (facts.successful > facts.total || facts.failed > facts.total - facts.successful ||
        facts.cancelled > facts.total - facts.successful - facts.failed) {
        return corrupt("the counts exceed the total");
    }
    if (!read_time(object, "started_at", facts.started_at) ||
        !read_time(object, "completed_at", facts.completed_at)) {
        return corrupt("a time is missing or wrong");
    }
    if (!read_verdicts(object, facts.by_verdict)) return corrupt("by_verdict");
    return facts;
}

}  // namespace assay::engine
