// Stands before the delivery log and has owners told by mail of what fails (private).
// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <vector>

#include "engine/store/database.hpp"
#include "engine/store/writer.hpp"
#include "notify/channel/failure_mail.hpp"
#include "notify/channel/mailer.hpp"
#include "notify/dispatch/transport.hpp"
#include "notify/endpoint/registry.hpp"
#include "notify/notify_store/notify_store.hpp"

namespace assay::notify {

// Passes every entry on, and looks at those that end a delivery as failed or switch an endpoint
// off. The mail is best effort: what it tells is in the log either way, so it has no
// retries; the next failure a minute later tries again.
// What was told when is kept in the store behind the writer, so that a restart tells nobody twice
// and forgets no count; a crash may lose what the last moment added.
// Thread safety: any thread; its lock is held for a look into a map.
class FailureWatch final : public AttemptSink {
  public:
    // `mailer` may be null: then it only passes on. All outlive it; the mailer, whose thread reads
    // the tenant's address, ends before the database.
    struct Parts {
        AttemptSink& log;
        const EndpointRegistry& endpoints;
        engine::Database& database;
        engine::Writer& writer;
        const Clock& clock;
        Mailer* mailer = nullptr;
    };
    // `told`: what an earlier process kept.
    FailureWatch(Parts parts, const std::vector<notify_store::FailureMailRow>& told);
    ~FailureWatch();
    void log(int shard, LogEntry entry) override;

  private:
    void look_at(const LogEntry& entry);
    void tell(const TenantId& tenant, Failure failure);

    // What mails and rows are made of; jobs of the writer may outlive the watch and share it.
    class Book;
    Parts parts_;
    std::shared_ptr<Book> book_;
};

}  // namespace assay::notify
