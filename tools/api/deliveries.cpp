// /v1/deliveries: what was sent to whom, how each attempt went, and sending it again.
// SPDX-License-Identifier: MIT
#include <utility>

#include "tools/api/api_json.hpp"
#include "tools/api/resources.hpp"

namespace assay::tools::resources {
namespace {

namespace store = notify::notify_store;
using notify::DeliveryStatus;

// What went wrong, in one word of a closed list; empty: nothing did.
std::string_view error_of(const notify::AttemptRecord& attempt) noexcept {
    if (attempt.outcome.kind != notify::OutcomeKind::response)
        return notify::to_string(attempt.outcome.kind);
    return attempt.success ? "" : "http";
}

void write_timings(JsonWriter& writer, const notify::PhaseTimings& timings) {
    writer.begin_object();
    const std::pair<const char*, std::int32_t> phases[] = {
        {"resolved", timings.resolved},     {"connected", timings.connected},
        {"secured", timings.secured},       {"written", timings.written},
        {"first_byte", timings.first_byte}, {"done", timings.done}};
    for (const auto& [name, milliseconds] : phases)
        if (milliseconds >= 0) writer.member(name, milliseconds);
    writer.end_object();
}

void write_attempt(JsonWriter& writer, const notify::AttemptRecord& attempt) {
    const notify::Outcome& outcome = attempt.outcome;
    writer.begin_object();
    writer.member("number", attempt.number);
    write_time(writer, "started_at", outcome.started);
    write_time(writer, "ended_at", outcome.ended);
    if (attempt.rotation_probe) writer.member("rotation_probe", true);
    writer.key("status_code");
    if (outcome.status > 0)
        writer.integer(outcome.status);
    else
        writer.null();
    writer.member("success", attempt.success);
    const std::string_view error = error_of(attempt);
    writer.key("error");
    error.empty() ? writer.null() : writer.string(error);
    writer.member("phase", notify::to_string(outcome.phase));
    writer.member("detail", outcome.detail);
    writer.member("response_text", outcome.response_text);
    writer.member("remote_address", outcome.remote_address);
    writer.member("connection_reused", outcome.connection_reused);
    writer.key("timings_ms");
    write_timings(writer, outcome.timings);
    writer.member("why_next", attempt.why_next);
    write_time(writer, "next_attempt_at", attempt.next);
    writer.end_object();
}

void write_request(JsonWriter& writer, const notify::UnsignedRequest& request) {
    writer.begin_object().member("url", request.url).key("headers").begin_object();
    for (const notify::Header& header : request.headers)
        writer.member(header.name, header.value);
    writer.end_object().member("body", *request.body).end_object();
}

// In a list `attempts` counts them; alone, the delivery shows each.
void write_delivery(JsonWriter& writer, const store::DeliveryRow& row, bool with_attempts,
                    const Result<notify::UnsignedRequest>* request = nullptr) {
    const notify::Delivery& delivery = row.delivery;
    const std::int64_t count = delivery.earlier_attempts + delivery.attempts;
    writer.begin_object();
    writer.member("id", delivery.id.text());
    writer.member("object", "delivery");
    writer.member("webhook_id", delivery.endpoint.text());
    writer.member("event_id", row.event_id);
    writer.member("type", delivery.wire_type);
    writer.member("status", notify::to_string(row.status));
    writer.key("sequence");  // what X-Assay-Sequence says; null before there were numbers
    if (delivery.sequence > 0)
        writer.integer(delivery.sequence);
    else
        writer.null();
    writer.member("attempt_count", count);
    if (with_attempts) {
        writer.key("attempts").begin_array();
        for (const notify::AttemptRecord& attempt : row.attempts)
            write_attempt(writer, attempt);
        writer.end_array();
    } else {
        writer.member("attempts", count);
    }
    writer.key("last_status_code");
    if (row.last_status_code > 0)
        writer.integer(row.last_status_code);
    else
        writer.null();
    writer.member("last_error", row.last_error);
    write_time(writer, "created_at", row.created_at);
    write_time(writer, "delivered_at", row.delivered_at);
    std::optional<TimePoint> next;
    if (row.status == DeliveryStatus::pending) next = delivery.due;
    write_time(writer, "next_attempt_at", next);
    if (request != nullptr) {
        writer.key("request");
        if (*request)
            write_request(writer, **request);
        else
            writer.null();
    }
    writer.end_object();
}

Answer deliveries_page(ApiCall& call, std::optional<EndpointId> endpoint) {
    const auto limit = call.query.limit();
    if (!limit) return limit.error();
    store::DeliveryQuery query;
    query.tenant = call.tenant();
    query.endpoint = std::move(endpoint);
    query.limit = *limit + 1;
    if (auto after = call.query.text("after")) query.after = DeliveryId(*std::move(after));
    if (const std::string* status = call.query.find("status")) {
        const auto known = notify::parse_delivery_status(*status);
        if (!known)
            return fail(ErrorCode::invalid_argument, "is no status of a delivery", "status",
                        "use pending, delivered, failed or cancelled");
        query.statuses = {*known};
    }
    query.type = call.query.text("type");
    const auto since = time_of(call.query, "since");
    if (!since) return since.error();
    const auto until = time_of(call.query, "until");
    if (!until) return until.error();
    query.since = *since;
    query.until = *until;
    auto rows = call.services.notifier.deliveries(query);
    if (!rows && rows.error().field == "after") rows.error().code = ErrorCode::invalid_argument;
    if (!rows) return std::move(rows).error();
    const bool has_more = static_cast<std::int64_t>(rows->size()) > *limit;
    if (has_more) rows->pop_back();
    ListWriter list;
    for (const store::DeliveryRow& row : *rows)
        write_delivery(list.item(), row, false);
    return list.finish(has_more, rows->empty() ? "" : rows->back().delivery.id.text());
}

}  // namespace

Answer list_webhook_deliveries(ApiCall& call) {
    const auto allowed = call.query.only({"limit", "after", "status", "type", "since", "until"});
    if (!allowed) return allowed.error();
    const EndpointId id(call.captures[0]);
    const auto endpoint = call.services.notifier.find(call.tenant(), id);
    if (!endpoint) return endpoint.error();
    return deliveries_page(call, id);
}

Answer list_deliveries(ApiCall& call) {
    const auto allowed =
        call.query.only({"limit", "after", "status", "type", "since", "until", "webhook"});
    if (!allowed) return allowed.error();
    std::optional<EndpointId> endpoint;
    if (auto id = call.query.text("webhook")) endpoint = EndpointId(*std::move(id));
    return deliveries_page(call, std::move(endpoint));
}

Answer get_delivery(ApiCall& call) {
    if (const auto allowed = call.query.only({"include"}); !allowed) return allowed.error();
    const std::string* const include = call.query.find("include");
    if (include != nullptr && *include != "request")
        return fail(ErrorCode::invalid_argument, "is not known", "include", "use include=request");
    const auto row = call.services.notifier.delivery(call.tenant(), DeliveryId(call.captures[0]));
    if (!row) return row.error();
    std::string body;
    JsonWriter writer(body);
    std::optional<Result<notify::UnsignedRequest>> request;
    if (include != nullptr)
        request = call.services.notifier.unsigned_request(call.tenant(), row->delivery.id);
    write_delivery(writer, *row, true, request ? &*request : nullptr);
    return json_response(200, std::move(body));
}

Answer redeliver(ApiCall& call) {
    if (const auto allowed = call.query.only({}); !allowed) return allowed.error();
    const DeliveryId id(call.captures[0]);
    const auto done = call.services.notifier.redeliver(call.tenant(), id);
    if (!done) return done.error();
    call.services.log.write(LogLevel::info, "redelivery", {{"delivery", id.text()}});
    const auto row = call.services.notifier.delivery(call.tenant(), id);
    if (!row) return row.error();
    std::string body;
    JsonWriter writer(body);
    write_delivery(writer, *row, false);
    return json_response(202, std::move(body));
}

}  // namespace assay::tools::resources
