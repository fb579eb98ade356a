// Stands before the delivery log and has owners told by mail of what fails (private).
// SPDX-License-Identifier: MIT
#pragma once

#include <mutex>

#include "engine/store/database.hpp"
#include "notify/channel/failure_mail.hpp"
#include "notify/channel/mailer.hpp"
#include "notify/dispatch/transport.hpp"
#include "notify/endpoint/registry.hpp"

namespace assay::notify {

// Passes every entry on, and looks at those that end a delivery as failed or switch an endpoint
// off. The mail is best effort: what it tells is in the log either way, so it has no
// retries; the next failure a minute later tries again.
// Thread safety: any thread; its lock is held for a look into a map.
class FailureWatch final : public AttemptSink {
  public:
    // `mailer` may be null: then it only passes on. All outlive it; the mailer, whose thread reads
    // the tenant's address, ends before the database.
    struct Parts {
        AttemptSink& log;
        const EndpointRegistry& endpoints;
        engine::Database& database;
        const Clock& clock;
        Mailer* mailer = nullptr;
    };
    explicit FailureWatch(Parts parts) : parts_(parts) {}
    void log(int shard, LogEntry entry) override;

  private:
    void look_at(const LogEntry& entry);
    void tell(const TenantId& tenant, Failure failure);

    Parts parts_;
    std::mutex mutex_;  // guards `mails_`
    FailureMails mails_;
};

}  // namespace assay::notify
