// Wires relay, shards and delivery log together.
// SPDX-License-Identifier: MIT
#include "notify/notifier.hpp"

#include <algorithm>
#include <cassert>
#include <charconv>

#include "engine/batch_store/batch_store.hpp"
#include "engine/batch_store/event_schemas.hpp"
#include "engine/batch_store/tenants.hpp"
#include "notify/channel/channel_transport.hpp"
#include "notify/http/client_pool.hpp"
#include "notify/notifier_body.hpp"
#include "notify/notifier_options.hpp"
#include "notify/profile/sample.hpp"

namespace assay::notify {
namespace {

using engine::Tx;

// A whole number, or nothing.
std::optional<std::int64_t> whole_number(std::string_view text) {
    std::int64_t number = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (fault != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

// Of a type that users publish; empty: it has none.
Result<std::string> schema_of(engine::Database& database, const TenantId& tenant,
                              std::string_view type) {
    if (!is_publishable_type(type)) return std::string();
    Result<engine::Database::ReadLease> lease = database.read();
    if (!lease) return std::move(lease).error();
    auto found = engine::batch_store::find_event_schema(**lease, tenant, type);
    if (!found) return std::move(found).error();
    return *found ? std::move((*found)->schema) : std::string();
}

// The canonical type that goes to the endpoint as `wanted`, or as what it subscribed to: a test
// shows what real events will look like. Empty: there is none.
std::string test_type(const Profile& profile, const Endpoint& endpoint, std::string_view wanted) {
    const auto fits = [&](std::string_view type) {
        return wanted.empty() ? subscribes(endpoint.events, type) : type == wanted;
    };
    if (wanted.empty()) {
        for (const std::string_view type : wire_types(profile, engine::event_type::batch_completed))
            if (fits(type)) return std::string(engine::event_type::batch_completed);
    }
    for (const CatalogueEntry& entry : profile.events) {
        if (fits(entry.type)) return entry.of.front();
    }
    if (!profile.accepts_any_type) return {};
    if (!wanted.empty()) return is_publishable_type(wanted) ? std::string(wanted) : std::string();
    for (const std::string& pattern : endpoint.events) {
        if (is_publishable_type(pattern)) return pattern;
        if (pattern.ends_with(".*")) return pattern.substr(0, pattern.size() - 1) + "sample";
    }
    return {};
}

}  // namespace

Error no_endpoint(const EndpointId& id) {
    return fail(ErrorCode::not_found, "no webhook has the id " + id.text());
}

Notifier::Body::Body(Parts given, NotifierOptions chosen)
    : parts(given),
      options(std::move(chosen)),
      registry(parts.profiles),
      filter_source(parts.database, parts.profiles, parts.links, link_bases),
      log(log_parts()),
      relay(relay_parts(), {}) {
    // One list for both: literals are judged with the URL, names when they are resolved.
    options.urls.allowed_cidrs = options.addresses.allowed;
}

DeliveryLog::Parts Notifier::Body::log_parts() {
    return {parts.writer,
            [this] { return relay.safe_cursor(); },
            [this](int shard, std::vector<DeliveryId> ids) {
                dispatcher->recorded(shard, std::move(ids));
            },
            [this](const std::vector<EventSeq>& events) { relay.settled(events); },
            [this](const std::vector<EndpointChange>& changes) { changed(changes); },
            [this](int shard, const EndpointId& id) {
                dispatcher->rows_wait(shard, id, parts.clock.now());
            },
            [this] { relay.wake(); }};
}

Relay::Parts Notifier::Body::relay_parts() {
    return {parts.database,
            registry,
            [this](const Endpoint& endpoint) { return home_of(endpoint); },
            [this](const engine::Event& event, const Endpoint& endpoint, std::string_view type) {
                return filter_source.data(event, endpoint, type);
            },
            [this](int shard, Delivery& delivery, std::shared_ptr<const engine::Event>& event) {
                return dispatcher->try_push(shard, delivery, event);
            },
            [this](int shard, Delivery delivery) {
                LogEntry entry;
                entry.delivery = std::move(delivery);
                entry.first_row = true;
                log.log(shard, std::move(entry));
            },
            [this] { dispatcher->relieve(); },
            [this] { return log.retry(); }};
}

Dispatcher::Parts Notifier::Body::dispatcher_parts() {
    return {registry,
            *watch,
            parts.clock,
            [this](boost::asio::io_context& io) { return make_transport(io); },
            [this] {
                return std::make_unique<StoredSource>(parts.database, parts.profiles, parts.links,
                                                      link_bases, &damaged_rows);
            },
            [this] { relay.space(); }};
}

Result<std::unique_ptr<Transport>> Notifier::Body::make_transport(boost::asio::io_context& io) {
    Result<std::unique_ptr<Transport>> http =
        make_client_pool(io, parts.clock, *resolver, client_options(options));
    if (!http) return http;
    return make_channel_transport(io, parts.clock, *std::move(http), mailer.get());
}

// What outcomes have changed in the store; the snapshot follows, and the shards take it over.
void Notifier::Body::changed(const std::vector<EndpointChange>& changes) {
    for (const EndpointChange& change : changes) {
        if (change.thin) registry.switch_to_thin(change.endpoint);
        if (change.grace_ended) registry.forget_old_secret(change.endpoint);
        if (change.disabled) registry.switch_off(change.endpoint);
    }
    dispatcher->endpoints_changed();
}

// What the store knows at the start: endpoints, the cursor, rows that wait.
Result<void> Notifier::Body::load() {
    // Inside a transaction: no event can slip in between.
    const Result<void> based = parts.writer.run([&](Tx& tx) -> Result<void> {
        const Result<EventSeq> last = engine::batch_store::last_event(*tx);
        if (!last) return last.error();
        return notify_store::put_link_base(tx, *last, parts.links.base());
    });
    if (!based) return based;
    Result<engine::Database::ReadLease> lease = parts.database.read();
    if (!lease) return std::move(lease).error();
    Result<std::vector<Endpoint>> endpoints = notify_store::all_endpoints(**lease, parts.secrets);
    if (!endpoints) return std::move(endpoints).error();
    for (const Endpoint& endpoint : *endpoints) {
        if (!endpoint.active || parts.profiles.find(endpoint.profile) != nullptr) continue;
        // Passed over, its events would be lost without a trace.
        return fail(ErrorCode::invalid_argument,
                    "the webhook " + endpoint.id.text() + " names the profile " + endpoint.profile +
                        ", which is not there",
                    "profiles", "start with the directory of profiles that it was made with");
    }
    registry.replace(*std::move(endpoints));
    const Result<EventSeq> stored = notify_store::cursor(**lease);
    if (!stored) return stored.error();
    cursor = *stored;
    const Result<EventSeq> last = engine::batch_store::last_event(**lease);
    if (!last) return last.error();
    last_event = *last;
    Result<std::vector<notify_store::Waiting>> rows = notify_store::endpoints_waiting(**lease);
    if (!rows) return std::move(rows).error();
    waiting = *std::move(rows);
    Result<std::vector<notify_store::HealthRow>> failing = notify_store::all_health(**lease);
    if (!failing) return std::move(failing).error();
    health = *std::move(failing);
    Result<notify_store::Sequences> numbered = notify_store::sequences_until(**lease, cursor);
    if (!numbered) return std::move(numbered).error();
    sequences = *std::move(numbered);
    Result<std::vector<notify_store::FailureMailRow>> mails =
        notify_store::all_failure_mails(**lease);
    if (!mails) return std::move(mails).error();
    failure_mails = *std::move(mails);
    Result<std::vector<notify_store::LinkBase>> bases = notify_store::link_bases(**lease);
    if (!bases) return std::move(bases).error();
    link_bases = *std::move(bases);
    return {};
}

Result<void> Notifier::Body::cancel_rows(const EndpointId& endpoint) {
    for (;;) {
        std::int64_t cancelled = 0;
        const Result<void> done = parts.writer.run([&](Tx& tx) -> Result<void> {
            Result<std::int64_t> count = notify_store::cancel_pending(tx, endpoint);
            if (!count) return std::move(count).error();
            cancelled = *count;
            return {};
        });
        if (!done) return done;
        if (cancelled == 0) return {};
    }
}

Notifier::Notifier(Parts parts, NotifierOptions options)
    : body_(std::make_unique<Body>(parts, std::move(options))) {
    assert(validate(body_->options).has_value());
}

Notifier::~Notifier() {
    stop();
}

Result<void> Notifier::start() {
    Body& body = *body_;
    const std::lock_guard lock(body.changing);
    if (body.started || body.stopped) {
        return fail(ErrorCode::conflict, "the notifier was started already");
    }
    Result<void> begun = body.begin();
    body.started = begun.has_value();
    if (!begun) body.end(std::chrono::milliseconds(0));
    return begun;
}

Result<void> Notifier::Body::begin() {
    if (Result<void> loaded = load(); !loaded) return loaded;
    Result<std::unique_ptr<NameResolver>> made = make_resolver({options.dns_timeout});
    if (!made) return std::move(made).error();
    resolver = *std::move(made);
    if (!options.mail.url.empty())
        mailer = std::make_unique<Mailer>(mailer_options(options), parts.clock);
    watch = std::make_unique<FailureWatch>(
        FailureWatch::Parts{log, registry, parts.database, parts.writer, parts.clock, mailer.get()},
        std::move(failure_mails));
    DispatcherOptions shard_options;
    shard_options.shards = options.shards;
    shard_options.limits.disable_after = options.disable_after;
    dispatcher = std::make_unique<Dispatcher>(dispatcher_parts(), shard_options);
    if (Result<void> begun = dispatcher->start(); !begun) return begun;
    const std::shared_ptr<const EndpointSnapshot> snapshot = registry.snapshot();
    for (const notify_store::HealthRow& row : health) {
        const auto known = snapshot->by_id.find(row.endpoint);
        if (known == snapshot->by_id.end()) continue;
        dispatcher->remember(home_of(*known->second), row.endpoint, row.health);
    }
    for (const notify_store::Waiting& rows : waiting) {
        const auto known = snapshot->by_id.find(rows.endpoint);
        if (known != snapshot->by_id.end() && known->second->active) {
            dispatcher->rows_wait(home_of(*known->second), rows.endpoint, rows.due);
        } else if (Result<void> done = cancel_rows(rows.endpoint); !done) {
            return done;  // left over from a switch-off that a crash cut short
        }
    }
    log.set_stored_cursor(cursor);
    relay.start(cursor, last_event, std::move(sequences));
    return {};
}

void Notifier::stop() {
    Body& body = *body_;
    const std::lock_guard lock(body.changing);
    if (!body.stopped) body.end(body.options.drain);
}

// Also of a start that failed half-way: threads end before what they use.
void Notifier::Body::end(std::chrono::milliseconds drain) {
    stopped = true;
    relay.stop();
    if (!dispatcher) return;
    dispatcher->stop(drain);
    mailer.reset();
    log.flush(drain);
    resolver.reset();
}

void Notifier::on_committed(EventSeq last) noexcept {
    body_->relay.committed(last);
}

bool Notifier::wants(const TenantId& tenant, std::string_view type) const noexcept {
    return is_wanted(*body_->registry.snapshot(), tenant, type);
}

void Notifier::happens(engine::Event event) noexcept {
    body_->relay.happens(std::move(event));
}

const ProfileBook& Notifier::profiles() const noexcept {
    return body_->parts.profiles;
}

// --- endpoints

bool needs_secret(const ProfileBook& profiles, const Endpoint& endpoint) noexcept {
    const Profile* const profile = profiles.find(endpoint.profile);
    return profile != nullptr && channel_of(profile->envelope) == endpoint.channel &&
           endpoint.secret.empty() && !profile->secret_optional;
}

// What its profile needs and nobody gave. The store's id is taken over here, once: a body is a
// function of the endpoint's settings, not of what the account says by the time of a retry.
Result<void> Notifier::Body::complete(Endpoint& endpoint) const {
    const Profile* const profile = parts.profiles.find(endpoint.profile);
    if (profile == nullptr) return {};  // validate() says so
    if (needs_secret(parts.profiles, endpoint)) {
        endpoint.secret = Secret::generate(parts.random);
    }
    if (profile->envelope != Envelope::sellapp || endpoint.overrides.store_id) return {};
    Result<engine::Database::ReadLease> lease = parts.database.read();
    if (!lease) return std::move(lease).error();
    const auto account = engine::batch_store::find_tenant(**lease, endpoint.tenant);
    if (!account) return account.error();
    if (*account && (*account)->store_id) {
        endpoint.overrides.store_id = whole_number(*(*account)->store_id);
    }
    return {};
}

Result<Endpoint> Notifier::create(Endpoint endpoint) {
    Body& body = *body_;
    const std::lock_guard lock(body.changing);
    endpoint.id = EndpointId("wh_" + make_uuid(body.parts.random));
    endpoint.created_at = body.parts.clock.now();
    if (Result<void> done = body.complete(endpoint); !done) return std::move(done).error();
    if (Result<void> checked = validate(endpoint, body.options.urls, body.parts.profiles);
        !checked) {
        return std::move(checked).error();
    }
    if (endpoint.channel == Channel::email && body.options.mail.url.empty()) {
        return fail(ErrorCode::invalid_argument, "no mail server is set", "channel",
                    "the operator sets smtp.url and smtp.sender");
    }
    if (list(endpoint.tenant).size() >= limits::endpoints_per_tenant_max) {
        return fail(
            ErrorCode::quota_exceeded,
            "there are " + std::to_string(limits::endpoints_per_tenant_max) + " webhooks already",
            {}, "delete one that is no longer needed");
    }
    const Result<void> stored = body.parts.writer.run([&](Tx& tx) -> Result<void> {
        // Inside the transaction: no event can slip in between.
        const Result<EventSeq> last = engine::batch_store::last_event(*tx);
        if (!last) return last.error();
        endpoint.events_after = *last;
        Result<void> put =
            notify_store::put_endpoint(tx, endpoint, body.parts.secrets, body.parts.random);
        // Known before the commit, so that an event right behind it is owed; none from before is.
        if (put) body.registry.put(endpoint);
        return put;
    });
    if (!stored) {
        body.registry.erase(endpoint.id);
        return stored.error();
    }
    if (body.dispatcher) body.dispatcher->endpoints_changed();
    return endpoint;
}

Result<Endpoint> Notifier::find(const TenantId& tenant, const EndpointId& id) const {
    const std::shared_ptr<const EndpointSnapshot> snapshot = body_->registry.snapshot();
    const auto known = snapshot->by_id.find(id);
    if (known == snapshot->by_id.end() || known->second->tenant != tenant) {
        return no_endpoint(id);
    }
    return *known->second;
}

std::vector<Endpoint> Notifier::list(const TenantId& tenant) const {
    const std::shared_ptr<const EndpointSnapshot> snapshot = body_->registry.snapshot();
    std::vector<Endpoint> own;
    for (const auto& [id, endpoint] : snapshot->by_id) {
        if (endpoint->tenant == tenant) own.push_back(*endpoint);
    }
    std::sort(own.begin(), own.end(), [](const Endpoint& a, const Endpoint& b) {
        return std::tie(b.created_at, b.id) < std::tie(a.created_at, a.id);  // newest first
    });
    return own;
}

Result<void> Notifier::remove(const TenantId& tenant, const EndpointId& id) {
    Body& body = *body_;
    const std::lock_guard lock(body.changing);
    bool erased = false;
    const Result<void> stored = body.parts.writer.run([&](Tx& tx) -> Result<void> {
        const Result<bool> done = notify_store::delete_endpoint(tx, tenant, id);
        if (!done) return done.error();
        erased = *done;
        return {};
    });
    if (!stored) return stored;
    if (!erased) return no_endpoint(id);
    body.registry.erase(id);
    body.leave_home(id);
    if (body.dispatcher) body.dispatcher->endpoints_changed();
    return body.cancel_rows(id);
}

Result<EventId> Notifier::send_test(const TenantId& tenant, const EndpointId& id,
                                    std::string_view type) {
    Body& body = *body_;
    const Result<Endpoint> endpoint = find(tenant, id);
    if (!endpoint) return endpoint.error();
    if (!endpoint->active) {
        return fail(ErrorCode::conflict, "the webhook " + id.text() + " is switched off", {},
                    "switch it on first");
    }
    const Profile* const profile = body.parts.profiles.find(endpoint->profile);
    const std::string canonical = profile ? test_type(*profile, *endpoint, type) : "";
    if (canonical.empty()) {
        return fail(ErrorCode::invalid_argument,
                    endpoint->profile + " sends no event " + std::string(type), "type",
                    "GET /v1/event_types lists what each profile sends");
    }
    const Result<std::string> schema = schema_of(body.parts.database, tenant, canonical);
    if (!schema) return schema.error();
    engine::Event event = sample_event(canonical, *schema);
    event.seq = EventSeq{};
    event.id = EventId("evt_" + make_uuid(body.parts.random));
    event.tenant = tenant;
    event.created_at = body.parts.clock.now();
    event.dedupe_key = addressed_dedupe_key(id, event.id);
    const Result<void> stored = body.parts.writer.run([&](Tx& tx) -> Result<void> {
        const Result<EventSeq> seq = engine::batch_store::append_event(tx, event);
        if (!seq) return seq.error();
        return {};
    });
    if (!stored) return stored.error();
    return event.id;
}

// --- deliveries

Result<std::vector<notify_store::DeliveryRow>> Notifier::deliveries(
    const notify_store::DeliveryQuery& query) const {
    Result<engine::Database::ReadLease> lease = body_->parts.database.read();
    if (!lease) return std::move(lease).error();
    return notify_store::list_deliveries(**lease, query);
}

Result<notify_store::DeliveryRow> Notifier::delivery(const TenantId& tenant,
                                                     const DeliveryId& id) const {
    Result<engine::Database::ReadLease> lease = body_->parts.database.read();
    if (!lease) return std::move(lease).error();
    Result<std::optional<notify_store::DeliveryRow>> row =
        notify_store::find_delivery(**lease, tenant, id);
    if (!row) return std::move(row).error();
    if (!*row) return fail(ErrorCode::not_found, "no delivery has the id " + id.text());
    return **std::move(row);
}

NotifierStatus Notifier::status() const {
    NotifierStatus status;
    if (body_->dispatcher) {
        const Dispatcher::Status shards = body_->dispatcher->status();
        status.in_flight = shards.in_flight;
        status.waiting = shards.waiting;
        status.delivered = shards.delivered;
        status.failed_attempts = shards.failed_attempts;
    }
    status.relayed = body_->relay.relayed();
    status.logged = body_->relay.logged();
    status.damaged = body_->relay.damaged() + body_->damaged_rows.load(std::memory_order_relaxed);
    return status;
}

}  // namespace assay::notify
