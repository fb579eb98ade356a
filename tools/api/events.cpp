// /v1/events: the durable event log behind a cursor.
// SPDX-License-Identifier: MIT
#include <charconv>
#include <limits>

#include "tools/api/api_json.hpp"
#include "tools/api/resources.hpp"

namespace assay::tools::resources {
namespace {

namespace store = engine::batch_store;

constexpr std::int64_t rows_per_read = 256;
constexpr std::int64_t rows_per_request_max = 4'096;  // other tenants' events are read over

// type=batch.completed, type=batch.* (all that begin so), batch_id=...
struct Filter {
    std::string type;
    bool is_prefix = false;
    std::optional<BatchId> batch;

    bool wants(const engine::Event& event) const {
        if (batch && event.batch != batch) return false;
        return is_prefix ? event.type.starts_with(type) : type.empty() || event.type == type;
    }
};

Result<Filter> filter_of(const Query& query) {
    Filter filter;
    if (auto batch = query.text("batch_id")) filter.batch = BatchId(*std::move(batch));
    filter.type = query.text("type").value_or("");
    if (filter.type.ends_with(".*")) {
        filter.is_prefix = true;
        filter.type.pop_back();
    }
    if (filter.type.find('*') != std::string::npos)
        return fail(ErrorCode::invalid_argument, "is no type of event", "type",
                    "write a whole type, or a beginning like batch.*");
    return filter;
}

}  // namespace

// `next` is there even on the last page: it is where to go on when more has happened.
Answer list_events(ApiCall& call) {
    const auto allowed = call.query.only({"after", "limit", "type", "batch_id"});
    if (!allowed) return allowed.error();
    const auto filter = filter_of(call.query);
    if (!filter) return filter.error();
    const auto limit = call.query.limit();
    if (!limit) return limit.error();
    const auto after =
        call.query.integer("after", 0, 0, std::numeric_limits<std::int64_t>::max() - 1);
    if (!after) return after.error();
    auto db = call.services.database.read();
    if (!db) return std::move(db).error();
    const auto floor = store::event_floor(**db, call.tenant());
    if (!floor) return floor.error();
    if (*after > 0 && EventSeq{*after} < *floor)
        return fail(ErrorCode::archived,
                    "events up to " + std::to_string(to_integer(*floor)) +
                        " are no longer kept, so some behind this one are missing",
                    "after",
                    "go on with after=" + std::to_string(to_integer(*floor)) +
                        ", or from the oldest with after=0");
    std::string body;
    JsonWriter writer(body);
    writer.begin_object().member("object", "list").key("data").begin_array();
    auto at = EventSeq{*after};
    std::int64_t taken = 0;
    bool has_more = true;
    for (std::int64_t read = 0; taken < *limit && read < rows_per_request_max;) {
        auto events = store::read_events(**db, at, rows_per_read);
        if (!events) return std::move(events).error();
        has_more = !events->empty();
        if (!has_more) break;
        for (const engine::Event& event : *events) {
            if (taken == *limit) break;
            at = event.seq;
            ++read;
            if (event.tenant != call.tenant() || !filter->wants(event)) continue;
            write_event(writer, event);
            ++taken;
        }
    }
    if (has_more) {
        auto last = store::last_event(**db);
        if (!last) return std::move(last).error();
        has_more = at < *last;
    }
    writer.end_array().member("has_more", has_more);
    writer.member("next", std::to_string(to_integer(at))).end_object();
    return json_response(200, std::move(body));
}

}  // namespace assay::tools::resources
