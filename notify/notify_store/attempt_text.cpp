// Attempt records to JSON and back.
// SPDX-License-Identifier: MIT
#include "notify/notify_store/attempt_text.hpp"

#include <array>
#include <boost/json.hpp>
#include <cassert>

#include "engine/base/json_writer.hpp"

namespace assay::notify::notify_store {
namespace {

namespace json = boost::json;

std::int64_t integer_or(const json::object& object, std::string_view key, std::int64_t fallback) {
    const json::value* value = object.if_contains(json::string_view(key.data(), key.size()));
    return value == nullptr ? fallback : value->to_number<std::int64_t>();
}
std::string text_or_empty(const json::object& object, std::string_view key) {
    const json::value* value = object.if_contains(json::string_view(key.data(), key.size()));
    return value == nullptr ? std::string() : std::string(value->as_string());
}

}  // namespace

std::string attempt_to_json(const AttemptRecord& record) {
    const Outcome& outcome = record.outcome;
    const PhaseTimings& timings = outcome.timings;
    std::string text;
    text.reserve(256 + outcome.response_text.size() + outcome.detail.size());
    JsonWriter out(text);
    out.begin_object()
        .member("number", record.number)
        .member("kind", to_string(outcome.kind))
        .member("phase", to_string(outcome.phase))
        .member("status", outcome.status)
        .member("started", to_unix_milliseconds(outcome.started))
        .member("ended", to_unix_milliseconds(outcome.ended));
    // Left out while they say nothing: most rows are plain successes.
    if (!outcome.response_text.empty()) out.member("response", outcome.response_text);
    if (!outcome.detail.empty()) out.member("detail", outcome.detail);
    if (outcome.retry_after) {
        out.member("retry_after", std::int64_t{outcome.retry_after->count()});
    }
    if (!outcome.remote_address.empty()) out.member("remote", outcome.remote_address);
    if (outcome.connection_reused) out.member("reused", true);
    if (record.success) out.member("success", true);
    if (record.rotation_probe) out.member("rotation_probe", true);
    out.key("timings").begin_array();
    for (const std::int32_t phase : {timings.resolved, timings.connected, timings.secured,
                                     timings.written, timings.first_byte, timings.done}) {
        out.integer(phase);
    }
    out.end_array().member("why", record.why_next);
    if (record.next) out.member("next", to_unix_milliseconds(*record.next));
    out.end_object();
    return text;
}

// Boost.JSON reports a wrong shape by exception; none leaves this function.
Result<AttemptRecord> attempt_from_json(const DeliveryId& delivery, std::string_view text) {
    AttemptRecord record;
    record.delivery = delivery;
    Outcome& outcome = record.outcome;
    try {
        const json::value stored = json::parse(json::string_view(text.data(), text.size()));
        const json::object& object = stored.as_object();
        record.number = object.at("number").to_number<int>();
        const std::optional<OutcomeKind> kind = parse_outcome_kind(text_or_empty(object, "kind"));
        if (!kind) return fail(ErrorCode::corrupt, "stored attempt: unknown kind");
        outcome.kind = *kind;
        outcome.phase =
            parse_attempt_phase(text_or_empty(object, "phase")).value_or(AttemptPhase::none);
        outcome.status = object.at("status").to_number<int>();
        outcome.started = from_unix_milliseconds(integer_or(object, "started", 0));
        outcome.ended = from_unix_milliseconds(integer_or(object, "ended", 0));
        outcome.response_text = text_or_empty(object, "response");
        outcome.detail = text_or_empty(object, "detail");
        if (object.contains("retry_after")) {
            outcome.retry_after = std::chrono::seconds(integer_or(object, "retry_after", 0));
        }
        outcome.remote_address = text_or_empty(object, "remote");
        outcome.connection_reused = object.contains("reused");
        record.success = object.contains("success");
        record.rotation_probe = object.contains("rotation_probe");
        const json::array& timings = object.at("timings").as_array();
        const std::array<std::int32_t*, 6> phases{
            &outcome.timings.resolved, &outcome.timings.connected,  &outcome.timings.secured,
            &outcome.timings.written,  &outcome.timings.first_byte, &outcome.timings.done};
        for (std::size_t i = 0; i < phases.size(); ++i) {
            *phases.at(i) = timings.at(i).to_number<std::int32_t>();
        }
        record.why_next = text_or_empty(object, "why");
        if (object.contains("next")) {
            record.next = from_unix_milliseconds(integer_or(object, "next", 0));
        }
        return record;
    } catch (const std::exception& problem) {
        return fail(ErrorCode::corrupt, std::string("stored attempt: ") + problem.what());
    }
}

}  // namespace assay::notify::notify_store
