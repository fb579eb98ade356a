// What retention looks at and removes of the delivery log.
// SPDX-License-Identifier: MIT
#include "notify/notify_store/notify_store.hpp"

namespace assay::notify::notify_store {

using engine::Connection;
using engine::Statement;
using engine::Tx;

Result<std::vector<OldDelivery>> old_deliveries(Connection& db, std::int64_t from, TimePoint before,
                                                std::int64_t limit) {
    Statement query = db.prepare(
        "SELECT number, tenant_id, event_seq, status, created_at FROM deliveries"
        " WHERE number >= ?1 ORDER BY number LIMIT ?2");
    query.bind(1, from).bind(2, limit);
    std::vector<OldDelivery> deliveries;
    for (;;) {
        const Result<bool> row = query.step();
        if (!row) return row.error();
        if (!*row) return deliveries;
        OldDelivery old;
        old.number = query.integer(0);
        old.tenant = TenantId(std::string(query.text(1)));
        old.event = EventSeq{query.integer(2)};
        old.status = static_cast<DeliveryStatus>(query.integer(3));
        old.created_at = from_unix_milliseconds(query.integer(4));
        if (old.created_at >= before) return deliveries;
        deliveries.push_back(std::move(old));
    }
}

Result<void> remove_deliveries(Tx& tx, std::span<const std::int64_t> numbers) {
    const Result<EventSeq> until = cursor(*tx);
    if (!until) return until.error();
    // Their numbers are noted first; afterwards the mark is set back to the rows that are left, so
    // that a number that SQLite gives again is not taken for one that was noted.
    if (Result<void> done = mark_sequences(tx, *until); !done) return done;
    for (const std::int64_t number : numbers) {
        for (const std::string_view sql :
             {"DELETE FROM attempts WHERE delivery_id ="
              " (SELECT id FROM deliveries WHERE number = ?1 AND status <> 0)",
              "DELETE FROM deliveries WHERE number = ?1 AND status <> 0"}) {
            Statement remove = tx->prepare(sql);
            if (Result<void> done = remove.bind(1, number).run(); !done) return done;
        }
    }
    Statement back = tx->prepare(
        "UPDATE sequence_mark SET row_number = "
        "min(row_number, coalesce((SELECT max(number) FROM deliveries), 0))");
    return back.run();
}

Result<bool> is_owed(Connection& db, EventSeq event) {
    Statement query =
        db.prepare("SELECT 1 FROM deliveries WHERE event_seq = ?1 AND status IN (0, 2)");
    return query.bind(1, to_integer(event)).step();
}

}  // namespace assay::notify::notify_store
