// The facade of notify: endpoints in, deliveries out; relay, shards and delivery log behind it.
// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/clock.hpp"
#include "engine/base/ids.hpp"
#include "engine/base/limits.hpp"
#include "engine/base/random.hpp"
#include "engine/base/result.hpp"
#include "engine/event/audience.hpp"
#include "engine/event/event.hpp"
#include "engine/store/database.hpp"
#include "engine/store/writer.hpp"
#include "notify/channel/mailer.hpp"
#include "notify/dispatch/transport.hpp"
#include "notify/endpoint/address.hpp"
#include "notify/endpoint/endpoint.hpp"
#include "notify/notify_store/notify_store.hpp"

namespace assay::notify {

struct NotifierOptions {
    int shards = 1;  // 1..16
    UrlPolicy urls;
    AddressPolicy addresses;
    std::string public_url;  // base of results links and of CloudEvents' source
    std::string ca_bundle;   // file; empty: the system's
    // Of nothing but failures; then an endpoint is switched off, where its profile says so. 0:
    // never.
    std::chrono::milliseconds disable_after = limits::endpoint_disable_after;
    std::chrono::milliseconds drain{10'000};  // what stop() gives attempts under way
    // Of each shard's connections to receivers.
    std::chrono::milliseconds dns_timeout = limits::dns_timeout;
    std::chrono::milliseconds connect_timeout = limits::connect_timeout;
    std::chrono::milliseconds tls_timeout = limits::tls_timeout;
    std::chrono::milliseconds connection_age_max = limits::connection_age_max;
    std::chrono::milliseconds connection_idle_max{60'000};
    std::size_t connections_per_origin_max = limits::connections_per_origin_max;
    std::size_t connections_idle_max = limits::connections_idle_max;
    MailerOptions mail;  // without a server no endpoint of the channel email can be made
};
Result<void> validate(const NotifierOptions& options);

// The link to a batch's results that a thin body carries: signed, and valid as long as the results
// are kept. Shared by the renderer and by the API, which checks it. Pure.
class ResultsLinks {
  public:
    ResultsLinks(std::string public_url, std::string_view key);
    std::string make(const TenantId& tenant,
                     const BatchId& batch) const;  // PUBLIC/v1/batches/ID/results?token=...
    // The same under the public URL that held when the event was appended.
    std::string make(const TenantId& tenant, const BatchId& batch, std::string_view base) const;
    const std::string& base() const noexcept { return public_url_; }
    bool check(const TenantId& tenant, const BatchId& batch, std::string_view token) const;

  private:
    std::string public_url_;
    std::string key_;
};

struct NotifierStatus {
    std::size_t in_flight = 0, waiting = 0;
    std::uint64_t delivered = 0, failed_attempts = 0;
    EventSeq relayed{}, logged{};
    // Events and delivery rows passed over since the start: they fail their checksums.
    std::uint64_t damaged = 0;
};

// What an attempt would send, shown to people: names in the place of what is secret.
struct UnsignedRequest {
    std::string url;
    std::vector<Header> headers;
    std::shared_ptr<const std::string> body;
};

struct ReplayReport {
    std::int64_t matched = 0;  // by the query, behind its `after`
    std::int64_t sent = 0;     // wait now as new series of attempts
    std::int64_t skipped_inactive = 0, skipped_archived = 0;
    bool has_more = false;           // matched, but beyond what one call does
    std::optional<DeliveryId> last;  // what to go on behind
};

// How an endpoint gets another secret.
struct Rotation {
    std::optional<Secret> secret;                                 // none: one is generated
    std::chrono::seconds grace = limits::rotation_grace_default;  // 0: the old one ends at once
    // Nobody has got the secret that the last rotation made (its answer was lost, say): the new one
    // takes its place, and the one before it stays the old one.
    bool discard_new = false;
};

// Thread safety: all calls from any thread but the writer's and the shards'. Calls that write block
// until durable.
class Notifier final : public engine::CommitListener, public engine::Audience {
  public:
    // Makes each shard's transport on the shard's own io_context; the real one is notify/http.
    struct Parts {
        engine::Database& database;
        engine::Writer& writer;
        Clock& clock;
        Random& random;
        const SecretBox& secrets;
        const ResultsLinks& links;
        const ProfileBook& profiles = built_in_book();
    };
    explicit Notifier(Parts parts, NotifierOptions options);
    ~Notifier() override;  // stop()

    // Loads endpoints, rebuilds what was in flight (cursor minus delivery rows), starts relay and
    // shards.
    Result<void> start();
    // No new attempts; waits for those under way up to options.drain; the rest is sent again after
    // a restart.
    void stop();

    void on_committed(EventSeq last) noexcept override;
    bool wants(const TenantId& tenant, std::string_view type) const noexcept override;
    void happens(engine::Event event) noexcept override;

    const ProfileBook& profiles() const noexcept;

    // --- endpoints (tenant-checked); what create() returns still holds the secret, for the one
    // answer that shows it ---
    Result<Endpoint> create(
        Endpoint endpoint);  // id, secret (if empty) and created_at are given here
    Result<Endpoint> find(const TenantId& tenant, const EndpointId& id) const;
    std::vector<Endpoint> list(const TenantId& tenant) const;
    // `edit` sees the endpoint as it is and leaves it as it shall be; id, tenant and times stay.
    // Checked as in create(). What waits goes on under the new settings; switched off, it is
    // cancelled, and what happens until it is switched on again is not owed. Errors: not_found,
    // invalid_argument, conflict (switched off meanwhile), those of `edit`.
    Result<Endpoint> change(const TenantId& tenant, const EndpointId& id,
                            const std::function<Result<void>(Endpoint&)>& edit);
    // A new secret; the old one goes on for the grace beside it, as its profile has it (decision in
    // docs/decisions/delivery.md). What comes back holds the new one, for the one answer that shows
    // it. Errors: not_found; invalid_argument (the secret is the one in use, or of no form that the
    // profile's scheme takes); conflict (an earlier rotation's grace lasts, and receivers may hold
    // either secret).
    Result<Endpoint> rotate(const TenantId& tenant, const EndpointId& id, Rotation rotation);
    Result<void> remove(const TenantId& tenant, const EndpointId& id);
    // A sample event to one endpoint, through the same road (event log, ring, shard). `type`: a
    // wire type of its profile; empty: the end of a batch if it subscribed to that, else the first
    // that it did. Returns its event id. Errors: invalid_argument (the profile sends no such type).
    Result<EventId> send_test(const TenantId& tenant, const EndpointId& id,
                              std::string_view type = {});
    // The same event again to the same endpoint, same id and bytes. Errors: not_found, corrupt
    // (bytes differ).
    Result<void> redeliver(const TenantId& tenant, const DeliveryId& id);

    // All that the query finds again, the oldest first, at most limits::replay_deliveries_max (and
    // query.limit) a call; go on behind `last` while there is more. Those whose webhook is off or
    // gone, or whose event is no longer in the log, are skipped. `dry_run` only counts. Errors:
    // not_found (webhook, `after`), invalid_argument (statuses: none, or pending).
    Result<ReplayReport> replay(notify_store::DeliveryQuery query, bool dry_run);

    Result<std::vector<notify_store::DeliveryRow>> deliveries(
        const notify_store::DeliveryQuery& query) const;
    // What its next attempt would send, for people who want to try it themselves: signatures and
    // custom headers stand there as "<...>", so nothing in it is secret. Errors: not_found, and
    // those of rendering (archived, corrupt).
    Result<UnsignedRequest> unsigned_request(const TenantId& tenant, const DeliveryId& id) const;
    Result<notify_store::DeliveryRow> delivery(const TenantId& tenant, const DeliveryId& id) const;
    NotifierStatus status() const;

  private:
    struct Body;
    std::unique_ptr<Body> body_;
};

}  // namespace assay::notify
