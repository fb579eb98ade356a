// Deliveries sent again by the many: what an endpoint has missed, or what a query finds.
// SPDX-License-Identifier: MIT
#include <utility>

#include "engine/base/limits.hpp"
#include "tools/api/api_json.hpp"
#include "tools/api/json_body.hpp"
#include "tools/api/resources.hpp"

namespace assay::tools::resources {
namespace {

namespace store = notify::notify_store;
using notify::DeliveryStatus;

Answer replayed(ApiCall& call, store::DeliveryQuery query, bool dry_run) {
    query.tenant = call.tenant();
    if (query.limit <= 0) query.limit = limits::replay_deliveries_max;
    auto report = call.services.notifier.replay(std::move(query), dry_run);
    if (!report && report.error().field == "after")
        report.error().code = ErrorCode::invalid_argument;
    if (!report) return std::move(report).error();
    if (!dry_run) call.services.log.write(LogLevel::info, "replay", {{"count", report->sent}});
    std::string body;
    JsonWriter writer(body);
    writer.begin_object()
        .member("object", "replay")
        .member("dry_run", dry_run)
        .member("matched", report->matched)
        .member("sent", report->sent)
        .member("skipped_inactive", report->skipped_inactive)
        .member("skipped_archived", report->skipped_archived)
        .member("has_more", report->has_more);
    writer.key("next");
    report->has_more && report->last ? writer.string(report->last->text()) : writer.null();
    writer.end_object();
    return json_response(dry_run ? 200 : 202, std::move(body));
}

std::optional<TimePoint> read_time(MemberReader& reader, std::string_view name) {
    const auto text = reader.text(name, 64);
    if (!text) return std::nullopt;
    auto time = parse_time(*text);
    if (time) return *time;
    reader.refuse(name, time.error().message, time.error().remedy);
    return std::nullopt;
}

// A text or a list of texts; failed where none is given.
std::vector<DeliveryStatus> read_statuses(MemberReader& reader, const boost::json::object& object) {
    std::vector<std::string> names;
    const auto* given = object.if_contains("status");
    if (given != nullptr && given->is_array()) {
        names = reader.texts("status", 3, 16).value_or(std::vector<std::string>{});
    } else {
        names.push_back(reader.text("status", 16).value_or("failed"));
    }
    std::vector<DeliveryStatus> statuses;
    for (const std::string& name : names) {
        const auto status = notify::parse_delivery_status(name);
        if (!status || *status == DeliveryStatus::pending) {
            reader.refuse("status", "is no status of a delivery that has ended",
                          "use failed, cancelled or delivered");
            return {};
        }
        statuses.push_back(*status);
    }
    return statuses;
}

}  // namespace

// What failed or was cancelled since then. A switched-off endpoint is switched on first.
Answer recover_webhook(ApiCall& call) {
    if (const auto allowed = call.query.only({"since", "after"}); !allowed) return allowed.error();
    const EndpointId id(call.captures[0]);
    const auto endpoint = call.services.notifier.find(call.tenant(), id);
    if (!endpoint) return endpoint.error();
    const auto since = time_of(call.query, "since");
    if (!since) return since.error();
    if (!*since)
        return fail(ErrorCode::invalid_argument, "is missing", "since",
                    "say from when on, for instance since=2026-05-25T10:00:00Z");
    store::DeliveryQuery query;
    query.endpoint = id;
    query.statuses = {DeliveryStatus::failed, DeliveryStatus::cancelled};
    query.since = *since;
    query.limit = 0;
    if (auto after = call.query.text("after")) query.after = DeliveryId(*std::move(after));
    if (!endpoint->active)
        return fail(ErrorCode::conflict, "the webhook is switched off", {}, "switch it on first");
    return replayed(call, std::move(query), false);
}

Answer replay_deliveries(ApiCall& call) {
    if (const auto allowed = call.query.only({}); !allowed) return allowed.error();
    const auto object = parse_json_object(call.body);
    if (!object) return object.error();
    MemberReader reader(*object);
    store::DeliveryQuery query;
    query.statuses = read_statuses(reader, *object);
    if (auto id = reader.text("webhook", 64)) query.endpoint = EndpointId(*std::move(id));
    query.type = reader.text("type", 128);
    query.since = read_time(reader, "since");
    query.until = read_time(reader, "until");
    if (auto after = reader.text("after", 64)) query.after = DeliveryId(*std::move(after));
    query.limit = reader.integer("limit", 1, limits::replay_deliveries_max).value_or(0);
    const bool dry_run = reader.boolean("dry_run").value_or(false);
    if (auto read = reader.finish(); !read) return read.error();
    return replayed(call, std::move(query), dry_run);
}

}  // namespace assay::tools::resources
