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
    const Result<std::optional<EndpointHealth>> ill = notify_store::find_health(*tx, id);
    if (!ill || !*ill) return ill;
    const EndpointHealth health = health_when_enabled(**ill);
    if (Result<void> put = notify_store::put_health(tx, id, health); !put)
        return std::move(put).error();
    return std::optional(health);
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
    if (needs_secret(body.parts.profiles, after)) {
        // One made here would be shown to nobody.
        return fail(ErrorCode::conflict,
                    "the webhook has no secret, and " + after.profile + " signs with one",
                    "profile", "give it a secret first: POST .../rotate_secret");
    }
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

Result<Endpoint> Notifier::rotate(const TenantId& tenant, const EndpointId& id, Rotation rotation) {
    Body& body = *body_;
    return change(tenant, id, [&](Endpoint& endpoint) -> Result<void> {
        if (rotation.secret && rotation.secret->reveal() == endpoint.secret.reveal()) {
            return fail(ErrorCode::invalid_argument, "is the one in use already", "secret",
                        "give another one, or none: then one is made");
        }
        const TimePoint now = body.parts.clock.now();
        const Profile* const profile = body.parts.profiles.find(endpoint.profile);
        const bool two_are_out =
            old_secret_holds(endpoint, now) && profile != nullptr && profile->old_secret_last;
        const bool has_grace = rotation.grace.count() > 0;
        if (two_are_out && has_grace && !rotation.discard_new) {
            return fail(
                ErrorCode::conflict,
                "the secret before this one is still valid" +
                    (endpoint.old_secret_until ? " until " + to_rfc3339(*endpoint.old_secret_until)
                                               : std::string()),
                "grace_seconds",
                "wait for that; or discard_new, if nobody has the newest one; or "
                "grace_seconds 0, which ends every older one at once");
        }
        if (!has_grace) {
            endpoint.old_secret.reset();
        } else if (!two_are_out && !endpoint.secret.empty()) {
            endpoint.old_secret = std::move(endpoint.secret);
        }
        endpoint.old_secret_until.reset();
        if (endpoint.old_secret) endpoint.old_secret_until = now + rotation.grace;
        endpoint.secret =
            rotation.secret ? *std::move(rotation.secret) : Secret::generate(body.parts.random);
        return {};
    });
}

}  // namespace assay::notify
