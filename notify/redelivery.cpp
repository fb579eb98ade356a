// Sending again: one delivery, or all that a query finds, page by page.
// SPDX-License-Identifier: MIT
#include <algorithm>
#include <set>

#include "engine/base/version.hpp"
#include "engine/batch_store/batch_store.hpp"
#include "notify/notifier_body.hpp"

namespace assay::notify {
namespace {

using engine::Tx;

// A new series of attempts, numbered on behind the earlier ones.
Delivery begin_again(Delivery delivery, TimePoint now) {
    delivery.earlier_attempts += delivery.attempts;
    delivery.attempts = 0;
    delivery.due = now;
    return delivery;
}

// All that a request carries beside its signatures, as its next attempt will have it. A test holds
// the names against those that a receiver gets.
std::vector<Header> plain_headers(const Delivery& what, const Profile& profile,
                                  const EndpointOverrides& overrides) {
    const int attempt = what.earlier_attempts + what.attempts + 1;
    std::vector<Header> headers{{"Content-Type", profile.content_type},
                                {"User-Agent", "Assay/" + std::string(version)},
                                {"X-Assay-Event-Id", what.event_id.text()},
                                {"X-Assay-Delivery-Attempt", std::to_string(attempt)}};
    if (what.sequence > 0 && !overrides.strict) {
        headers.push_back({"X-Assay-Sequence", std::to_string(what.sequence)});
    }
    const std::string& id = what.id.text();
    const MessageHeaders& named = profile.headers;
    if (!named.type.empty()) headers.push_back({named.type, what.wire_type});
    if (!named.delivery.empty()) headers.push_back({named.delivery, id.substr(id.find('_') + 1)});
    for (const Header& header : overrides.headers)
        headers.push_back({header.name, "<" + header.name + ">"});
    return headers;
}

}  // namespace

Result<void> Notifier::redeliver(const TenantId& tenant, const DeliveryId& id) {
    Body& body = *body_;
    const std::lock_guard lock(body.changing);
    Result<notify_store::DeliveryRow> row = delivery(tenant, id);
    if (!row) return std::move(row).error();
    if (row->status == DeliveryStatus::pending) {
        return fail(ErrorCode::conflict, "the delivery still waits for its next attempt");
    }
    Delivery again = row->delivery;
    const Result<Endpoint> endpoint = find(tenant, again.endpoint);
    if (!endpoint) return endpoint.error();
    if (!endpoint->active) {
        return fail(ErrorCode::conflict, "its webhook is switched off", {}, "switch it on first");
    }
    StoredSource source(body.parts.database, body.parts.profiles, body.parts.links,
                        body.link_bases);
    const Result<DeliverySource::Body> rendered = source.body(again, *endpoint, nullptr);
    if (!rendered) return rendered.error();
    const bool thin = rendered->variant == BodyVariant::thin;
    if (is_other_body(thin ? again.thin_hash : again.body_hash, rendered->hash)) {
        return fail(ErrorCode::corrupt,
                    "the body is no longer the one that was sent under this id");
    }
    again = begin_again(again, body.parts.clock.now());
    const Result<void> stored =
        body.parts.writer.run([&](Tx& tx) { return notify_store::put_pending(tx, again); });
    if (!stored) return stored;
    if (body.dispatcher) {
        body.dispatcher->rows_wait(body.home_of(*endpoint), again.endpoint, again.due);
    }
    return {};
}

Result<SignedRequest> Notifier::unsigned_request(const TenantId& tenant,
                                                 const DeliveryId& id) const {
    const Body& body = *body_;
    const Result<notify_store::DeliveryRow> row = delivery(tenant, id);
    if (!row) return row.error();
    const Delivery& what = row->delivery;
    const Result<Endpoint> endpoint = find(tenant, what.endpoint);
    if (!endpoint) return endpoint.error();
    const Profile* const profile = body.parts.profiles.find(endpoint->profile);
    if (profile == nullptr) {
        return fail(ErrorCode::invalid_argument, "unknown profile " + endpoint->profile);
    }
    StoredSource source(body.parts.database, body.parts.profiles, body.parts.links,
                        body.link_bases);
    Result<DeliverySource::Body> rendered = source.body(what, *endpoint, nullptr);
    if (!rendered) return std::move(rendered).error();
    SignedRequest request;
    request.url = shown_url(*endpoint);
    request.body = std::move(rendered->bytes);
    request.headers = plain_headers(what, *profile, endpoint->overrides);
    if (endpoint->secret.empty()) return request;
    for (const Scheme& scheme : effective_schemes(*profile, *endpoint, body.parts.profiles)) {
        for (const std::string_view name : header_names(scheme))
            request.headers.push_back({std::string(name), "<" + std::string(name) + ">"});
    }
    return request;
}

Result<ReplayReport> Notifier::replay(notify_store::DeliveryQuery query, bool dry_run) {
    Body& body = *body_;
    if (query.endpoint) {
        const Result<Endpoint> endpoint = find(query.tenant, *query.endpoint);
        if (!endpoint) return endpoint.error();
    }
    const auto& statuses = query.statuses;
    if (statuses.empty() ||
        std::find(statuses.begin(), statuses.end(), DeliveryStatus::pending) != statuses.end()) {
        return fail(ErrorCode::invalid_argument, "what waits is sent by itself", "status",
                    "name some of failed, cancelled and delivered");
    }
    query.oldest_first = true;
    query.limit = std::clamp<std::int64_t>(query.limit, 1, limits::replay_deliveries_max);
    const std::lock_guard lock(body.changing);
    ReplayReport report;
    std::vector<Delivery> again;
    {
        Result<engine::Database::ReadLease> lease = body.parts.database.read();
        if (!lease) return std::move(lease).error();
        const Result<std::int64_t> count = notify_store::count_deliveries(**lease, query);
        if (!count) return count.error();
        report.matched = *count;
        if (dry_run) return report;
        Result<std::vector<notify_store::DeliveryRow>> rows =
            notify_store::list_deliveries(**lease, query);
        if (!rows) return std::move(rows).error();
        const auto snapshot = body.registry.snapshot();
        for (notify_store::DeliveryRow& row : *rows) {
            Delivery& delivery = row.delivery;
            report.last = delivery.id;
            const auto known = snapshot->by_id.find(delivery.endpoint);
            if (known == snapshot->by_id.end() || !known->second->active) {
                ++report.skipped_inactive;
                continue;
            }
            const Result<std::optional<engine::Event>> event =
                engine::batch_store::find_event(**lease, delivery.event);
            if (!event || !*event) {
                ++report.skipped_archived;
                continue;
            }
            again.push_back(begin_again(std::move(delivery), body.parts.clock.now()));
        }
        report.has_more = static_cast<std::int64_t>(rows->size()) < report.matched;
    }
    const Result<void> stored = body.parts.writer.run([&](Tx& tx) -> Result<void> {
        for (const Delivery& delivery : again) {
            Result<void> put = notify_store::put_pending(tx, delivery);
            if (!put) return put;
        }
        return {};
    });
    if (!stored) return stored.error();
    report.sent = static_cast<std::int64_t>(again.size());
    body.rows_wait(again);
    return report;
}

// Each endpoint's shard once.
void Notifier::Body::rows_wait(const std::vector<Delivery>& rows) {
    if (!dispatcher) return;
    const auto snapshot = registry.snapshot();
    std::set<EndpointId> told;
    for (const Delivery& row : rows) {
        const auto known = snapshot->by_id.find(row.endpoint);
        if (known == snapshot->by_id.end() || !told.insert(row.endpoint).second) continue;
        dispatcher->rows_wait(home_of(*known->second), row.endpoint, row.due);
    }
}

}  // namespace assay::notify
