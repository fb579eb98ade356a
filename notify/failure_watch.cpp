// Turns failed deliveries into mails to their owners.
// SPDX-License-Identifier: MIT
#include "notify/failure_watch.hpp"

#include <mutex>
#include <set>
#include <utility>

#include "engine/batch_store/tenants.hpp"
#include "notify/message/mail.hpp"

namespace assay::notify {
namespace {

constexpr std::chrono::minutes mail_timeout{1};

}  // namespace

class FailureWatch::Book : public std::enable_shared_from_this<Book> {
  public:
    Book(engine::Writer& writer, const std::vector<notify_store::FailureMailRow>& told)
        : writer_(writer) {
        for (const notify_store::FailureMailRow& row : told) {
            if (const auto kind = failure_kind(row.kind))
                mails_.restore(row.tenant, *kind, {row.sent, row.held_back});
        }
    }

    std::optional<FailureMails::Due> note(const TenantId& tenant, FailureKind kind, TimePoint now) {
        const std::lock_guard lock(mutex_);
        const auto due = mails_.note(tenant, kind, now);
        changed(tenant, kind);
        return due;
    }

    void take_back(const TenantId& tenant, FailureKind kind, const FailureMails::Due& due,
                   TimePoint now) {
        const std::lock_guard lock(mutex_);
        mails_.take_back(tenant, kind, due, now);
        changed(tenant, kind);
    }

  private:
    // One job at a time writes all that has changed by then: a storm of failures is one row a
    // tenant and kind in each commit. A store that refuses is asked again by the next change.
    void changed(const TenantId& tenant, FailureKind kind) {
        unwritten_.emplace(tenant, kind);
        if (writing_) return;
        writing_ =
            writer_
                .submit([self = shared_from_this()](engine::Tx& tx) { return self->write(tx); },
                        [self = shared_from_this()](const Result<void>&) { self->written(); })
                .has_value();
    }

    Result<void> write(engine::Tx& tx) {
        std::vector<notify_store::FailureMailRow> rows;
        {
            const std::lock_guard lock(mutex_);
            for (const auto& [tenant, kind] : std::exchange(unwritten_, {})) {
                if (const auto state = mails_.state(tenant, kind)) {
                    rows.push_back(
                        {tenant, std::string(to_string(kind)), state->sent, state->held_back});
                }
            }
        }
        for (const notify_store::FailureMailRow& row : rows) {
            if (Result<void> put = notify_store::put_failure_mail(tx, row); !put) return put;
        }
        return {};
    }

    void written() {
        const std::lock_guard lock(mutex_);
        writing_ = false;
        if (unwritten_.empty()) return;
        const auto [tenant, kind] = *unwritten_.begin();
        changed(tenant, kind);
    }

    engine::Writer& writer_;
    std::mutex mutex_;  // guards what follows
    FailureMails mails_;
    std::set<std::pair<TenantId, FailureKind>> unwritten_;
    bool writing_ = false;
};

FailureWatch::FailureWatch(Parts parts, const std::vector<notify_store::FailureMailRow>& told)
    : parts_(parts), book_(std::make_shared<Book>(parts.writer, told)) {}

FailureWatch::~FailureWatch() = default;

void FailureWatch::log(int shard, LogEntry entry) {
    if (parts_.mailer != nullptr && entry.record) look_at(entry);
    parts_.log.log(shard, std::move(entry));
}

void FailureWatch::look_at(const LogEntry& entry) {
    const bool failed = entry.status == DeliveryStatus::failed;
    if (!failed && !entry.disable_endpoint) return;
    const std::shared_ptr<const EndpointSnapshot> snapshot = parts_.endpoints.snapshot();
    const auto endpoint = snapshot->by_id.find(entry.delivery.endpoint);
    Failure failure;
    failure.endpoint = entry.delivery.endpoint.text();
    if (endpoint != snapshot->by_id.end()) {
        failure.target = shown_url(*endpoint->second);
        failure.description = endpoint->second->description;
    }
    failure.delivery = entry.delivery.id.text();
    failure.event_type = entry.delivery.wire_type;
    failure.outcome = entry.record->outcome;
    failure.why = entry.record->why_next;
    if (entry.disable_endpoint) {
        failure.kind = FailureKind::disabled;
        return tell(entry.delivery.tenant, std::move(failure));
    }
    const std::optional<FailureKind> kind = failure_kind_of(failure.outcome);
    if (!kind) return;
    failure.kind = *kind;
    tell(entry.delivery.tenant, std::move(failure));
}

void FailureWatch::tell(const TenantId& tenant, Failure failure) {
    const std::optional<FailureMails::Due> due =
        book_->note(tenant, failure.kind, parts_.clock.now());
    if (!due) return;
    const FailureKind kind = failure.kind;
    // On the mailer's thread: a shard never reads the store for this.
    auto make = [&database = parts_.database, tenant, failure = std::move(failure),
                 held_back = due->held_back]() -> std::optional<Mail> {
        Result<engine::Database::ReadLease> lease = database.read();
        if (!lease) return std::nullopt;
        const auto account = engine::batch_store::find_tenant(**lease, tenant);
        if (!account || !*account) return std::nullopt;
        const std::string& address = (*account)->email;
        if (!check_mail_address(address)) return std::nullopt;  // none, or none that we can reach
        const Message message = failure_message(failure, held_back);
        return Mail{{address},
                    "failure-" + failure.delivery,
                    {},
                    std::make_shared<const std::string>(mail_body(message))};
    };
    const auto take_back = [book = book_, &clock = parts_.clock, tenant, kind, due = *due] {
        book->take_back(tenant, kind, due, clock.now());
    };
    auto answer = [take_back](const Outcome& outcome) {
        if (!has_status(outcome.kind) || outcome.status >= 400) take_back();
    };
    if (!parts_.mailer->try_notice(std::move(make), mail_timeout, std::move(answer))) take_back();
}

}  // namespace assay::notify
