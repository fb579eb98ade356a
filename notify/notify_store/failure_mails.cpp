// When each owner was last told by mail of each kind of failure: a restart must not tell them
// again.
// SPDX-License-Identifier: MIT
#include <algorithm>

#include "engine/base/limits.hpp"
#include "notify/notify_store/notify_store.hpp"

namespace assay::notify::notify_store {

Result<void> put_failure_mail(engine::Tx& tx, const FailureMailRow& row) {
    constexpr auto kept = static_cast<std::int64_t>(limits::failure_mail_states_max);
    const auto run = [&](std::string_view sql) -> Result<bool> {
        engine::Statement put = tx->prepare(sql);
        put.bind(1, std::string_view(row.tenant.text()))
            .bind(2, std::string_view(row.kind))
            .bind(3, to_unix_milliseconds(row.sent))
            .bind(4, row.held_back);
        return put.step();
    };
    const Result<bool> known =
        run("UPDATE failure_mails SET sent = ?3, held_back = ?4 WHERE tenant_id = ?1 AND kind = ?2 "
            "RETURNING 1");
    if (!known) return known.error();
    if (*known) return {};
    const Result<bool> put = run("INSERT INTO failure_mails VALUES (?1, ?2, ?3, ?4)");
    if (!put) return put.error();
    // No more than a process remembers, so that a start reads them all.
    engine::Statement forget = tx->prepare(
        "DELETE FROM failure_mails WHERE rowid IN "
        "(SELECT rowid FROM failure_mails ORDER BY sent DESC LIMIT -1 OFFSET ?1)");
    return forget.bind(1, kept).run();
}

Result<std::vector<FailureMailRow>> all_failure_mails(engine::Connection& db) {
    engine::Statement select =
        db.prepare("SELECT tenant_id, kind, sent, held_back FROM failure_mails ORDER BY sent");
    std::vector<FailureMailRow> all;
    for (;;) {
        Result<bool> found = select.step();
        if (!found) return std::move(found).error();
        if (!*found) return all;
        all.push_back({TenantId(std::string(select.text(0))), std::string(select.text(1)),
                       from_unix_milliseconds(select.integer(2)), select.integer(3)});
    }
}

}  // namespace assay::notify::notify_store
