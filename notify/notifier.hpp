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
    std::string public_url;                   // base of results links and of CloudEvents' source
    std::string ca_bundle;                    // file; empty: the system's
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

// Thread safety: all calls from any thread but the writer's and the shards'. Calls that write block
// until durable.
class Notifier final : public engine::CommitListener {
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

    const ProfileBook& profiles() const noexcept;

    // --- endpoints (tenant-checked); what create() returns still holds the secret, for the one
    // answer that shows it ---
    Result<Endpoint> create(
        Endpoint endpoint);  // id, secret (if empty) and created_at are given here
    Result<Endpoint> find(const TenantId& tenant, const EndpointId& id) const;
    std::vector<Endpoint> list(const TenantId& tenant) const;
    Result<void> remove(const TenantId& tenant, const EndpointId& id);
    // A sample event to one endpoint, through the same road (event log, ring, shard). `type`: a
    // wire type of its profile; empty: the end of a batch if it subscribed to that, else the first
    // that it did. Returns its event id. Errors: invalid_argument (the profile sends no such type).
    Result<EventId> send_test(const TenantId& tenant, const EndpointId& id,
                              std::string_view type = {});
    // The same event again to the same endpoint, same id and bytes. Errors: not_found, corrupt
    // (bytes differ).
    Result<void> redeliver(const TenantId& tenant, const DeliveryId& id);

    Result<std::vector<notify_store::DeliveryRow>> deliveries(
        const notify_store::DeliveryQuery& query) const;
    Result<notify_store::DeliveryRow> delivery(const TenantId& tenant, const DeliveryId& id) const;
    NotifierStatus status() const;

  private:
    struct Body;
    std::unique_ptr<Body> body_;
};

}  // namespace assay::notify
