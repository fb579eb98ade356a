// Changing endpoints: one edit at a time, checked like a new endpoint, in the store before in use.
// SPDX-License-Identifier: MIT
#include "engine/batch_store/batch_store.hpp"
#include "notify/notifier_body.hpp"

namespace assay::notify {

using engine::Tx;

namespace {

// One failure must not switch off again what was just switched on: the day of failures begins
// anew. What the owner was told stays known, so that its recovery is told too.
Result<std::optional<EndpointHealth>> give_a_new_chance(Tx& tx, const EndpointId& id) {
    const Result<std::vector<notify_store::HealthRow>> ill = notify_store::all_health(*tx);
    if (!ill) return ill.error();
    for (const notify_store::HealthRow& row : *ill) {
        if (row.endpoint != id) continue;
        const EndpointHealth health = health_when_enabled(row.health);
        if (Result<void> put = notify_store::put_health(tx, id, health); !put)
            return std::move(put).error();
        return std::optional(health);
    }
    return std::optional<EndpointHealth>();
}

}  // namespace

int Notifier::Body::home_of(const Endpoint& endpoint) {
    const std::lock_guard lock(homes_mutex);
    const auto [home, fresh] = homes.try_emplace(endpoint.id, 0);
    if (fresh) home->second = dispatcher->shard_of(endpoint.url);
    return home->second;
}

void Notifier::Body::leave_home(const EndpointId& id) {
    const std::lock_guard lock(homes_mutex);
    homes.erase(id);
}

Result<Endpoint> Notifier::change(const TenantId& tenant, const EndpointId& id,
                                  const std::function<Result<void>(Endpoint&)>& edit) {
    Body& body = *body_;
    const std::lock_guard lock(body.changing);
    Result<Endpoint> before = find(tenant, id);
    if (!before) return before;
    Endpoint after = *before;
    if (Result<void> edited = edit(after); !edited) return std::move(edited).error();
    after.id = before->id;
    after.tenant = before->tenant;
    after.created_at = before->created_at;
    if (Result<void> done = body.complete(after); !done) return std::move(done).error();
    if (Result<void> checked = validate(after, body.options.urls, body.parts.profiles); !checked) {
        return std::move(checked).error();
    }
    if (differs_in_body(*before, after)) ++after.body_revision;
    const bool goes_on = !before->active && after.active;
    const bool goes_off = before->active && !after.active;
    std::optional<EndpointHealth> health;  // where a new chance changes it
    const Result<void> stored = body.parts.writer.run([&](Tx& tx) -> Result<void> {
        const Result<bool> active = notify_store::endpoint_is_active(tx, id);
        if (!active) return active.error();
        if (*active != before->active) {  // a receiver that is gone has just switched it off
            return fail(ErrorCode::conflict, "the webhook was switched off meanwhile", {},
                        "look at it again, and repeat the change");
        }
        // What happened while it was off is not owed to it. Inside the transaction: no event can
        // slip in between.
        if (goes_on) {
            const Result<EventSeq> last = engine::batch_store::last_event(*tx);
            if (!last) return last.error();
            after.events_after = *last;
            Result<std::optional<EndpointHealth>> given = give_a_new_chance(tx, id);
            if (!given) return std::move(given).error();
            health = *given;
        }
        Result<void> put =
            notify_store::put_endpoint(tx, after, body.parts.secrets, body.parts.random);
        // Known before the commit, so that an event right behind it meets the new settings. Not
        // when it goes off: what waits must not be cancelled for a commit that fails.
        if (put && !goes_off) body.registry.put(after);
        return put;
    });
    if (!stored) {
        if (!goes_off) body.registry.put(*before);
        return stored.error();
    }
    if (goes_off) body.registry.put(after);
    if (body.dispatcher) body.dispatcher->endpoints_changed();
    if (body.dispatcher && health) body.dispatcher->remember(body.home_of(after), id, *health);
    if (goes_off) {
        if (Result<void> done = body.cancel_rows(id); !done) return std::move(done).error();
    }
    return after;
}

Result<Endpoint> Notifier::rotate(const TenantId& tenant, const EndpointId& id,
                                  std::optional<Secret> secret, std::chrono::seconds grace) {
    Body& body = *body_;
    return change(tenant, id, [&](Endpoint& endpoint) -> Result<void> {
        if (secret && secret->reveal() == endpoint.secret.reveal()) {
            return fail(ErrorCode::invalid_argument, "is the one in use already", "secret",
                        "give another one, or none: then one is made");
        }
        if (grace.count() > 0 && !endpoint.secret.empty()) {
            endpoint.old_secret = std::move(endpoint.secret);
            endpoint.old_secret_until = body.parts.clock.now() + grace;
        } else {
            endpoint.old_secret.reset();
            endpoint.old_secret_until.reset();
        }
        endpoint.secret = secret ? std::move(*secret) : Secret::generate(body.parts.random);
        return {};
    });
}

}  // namespace assay::notify
