// Turns failed deliveries into mails to their owners.
// SPDX-License-Identifier: MIT
#include "notify/failure_watch.hpp"

#include "engine/batch_store/tenants.hpp"
#include "notify/message/mail.hpp"

namespace assay::notify {
namespace {

constexpr std::chrono::minutes mail_timeout{1};

}  // namespace

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
    const std::lock_guard lock(mutex_);
    const std::optional<FailureMails::Due> due =
        mails_.note(tenant, failure.kind, parts_.clock.now());
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
    const auto took_back = [this, tenant, kind, due = *due] {
        mails_.take_back(tenant, kind, due, parts_.clock.now());
    };
    auto answer = [this, took_back](const Outcome& outcome) {
        if (has_status(outcome.kind) && outcome.status < 400) return;
        const std::lock_guard again(mutex_);
        took_back();
    };
    if (!parts_.mailer->try_notice(std::move(make), mail_timeout, std::move(answer))) took_back();
}

}  // namespace assay::notify
