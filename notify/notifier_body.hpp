// What stands behind the facade of notify, shared by its source files (private to notify).
// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <mutex>
#include <unordered_map>

#include "notify/delivery_log.hpp"
#include "notify/dispatch/dispatcher.hpp"
#include "notify/failure_watch.hpp"
#include "notify/http/resolver.hpp"
#include "notify/notifier.hpp"
#include "notify/notifier_options.hpp"
#include "notify/relay/relay.hpp"
#include "notify/stored_source.hpp"

namespace assay::notify {

Error no_endpoint(const EndpointId& id);
// Its profile cannot do without one, and it has none.
bool needs_secret(const ProfileBook& profiles, const Endpoint& endpoint) noexcept;

struct Notifier::Body {
    Body(Parts given, NotifierOptions chosen);

    DeliveryLog::Parts log_parts();
    Relay::Parts relay_parts();
    Dispatcher::Parts dispatcher_parts();
    Result<std::unique_ptr<Transport>> make_transport(boost::asio::io_context& io);
    Result<void> begin();
    void end(std::chrono::milliseconds drain);
    Result<void> load();
    Result<void> cancel_rows(const EndpointId& endpoint);
    Result<void> complete(Endpoint& endpoint) const;
    void changed(const std::vector<EndpointChange>& changes);
    // The shard of an endpoint, the same from its first delivery until the process ends, whatever
    // becomes of its URL: two shards would both send what waits for it. Any thread.
    int home_of(const Endpoint& endpoint);
    void leave_home(const EndpointId& id);
    void rows_wait(const std::vector<Delivery>& rows);

    Parts parts;
    NotifierOptions options;
    EndpointRegistry registry;
    std::vector<notify_store::LinkBase> link_bases;  // found at the start; not changed later
    StoredSource filter_source;                      // the relay thread's own
    DeliveryLog log;
    Relay relay;
    std::vector<notify_store::Waiting> waiting;               // found at the start
    std::vector<notify_store::HealthRow> health;              // the same
    notify_store::Sequences sequences;                        // the same, until the relay has them
    std::vector<notify_store::FailureMailRow> failure_mails;  // the same, until the watch has them
    std::unique_ptr<FailureWatch> watch;  // before the shards, which log through it
    // The resolver answers into the shards' io_contexts, so it ends before they do.
    std::unique_ptr<Dispatcher> dispatcher;
    std::unique_ptr<NameResolver> resolver;
    std::unique_ptr<Mailer> mailer;  // as the resolver; null without a mail server
    EventSeq cursor{}, last_event{};
    std::mutex changing;  // one change of endpoints at a time; guards `started` and `stopped` too
    std::mutex homes_mutex;
    std::unordered_map<EndpointId, int> homes;
    std::atomic<std::uint64_t> damaged_rows{0};
    bool started = false;
    bool stopped = false;
};

}  // namespace assay::notify
