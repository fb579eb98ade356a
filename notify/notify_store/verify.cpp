// Walks all rows of notify that carry a checksum.
// SPDX-License-Identifier: MIT
#include "engine/base/hash.hpp"
#include "notify/notify_store/notify_store.hpp"

namespace assay::notify::notify_store {
namespace {

using engine::Connection;
using engine::Statement;
using engine::VerifyReport;

// Through the same reader as everybody else's, its attempts included.
Result<void> verify_deliveries(Connection& db, VerifyReport& report) {
    Statement query = db.prepare("SELECT number, tenant_id, id FROM deliveries ORDER BY number");
    for (;;) {
        const Result<bool> row = query.step();
        if (!row) return row.error();
        if (!*row) return {};
        ++report.rows;
        const auto delivery = find_delivery(db, TenantId(std::string(query.text(1))),
                                            DeliveryId(std::string(query.text(2))));
        if (delivery) continue;
        if (delivery.error().code != ErrorCode::corrupt) return delivery.error();
        report.damaged.push_back({"delivery", query.integer(0), delivery.error().message});
    }
}

Result<void> verify_endpoints(Connection& db, VerifyReport& report) {
    Statement query = db.prepare("SELECT rowid, id, settings, checksum FROM endpoints ORDER BY id");
    for (;;) {
        const Result<bool> row = query.step();
        if (!row) return row.error();
        if (!*row) return {};
        ++report.rows;
        if (static_cast<std::int64_t>(hash64(query.text(2))) == query.integer(3)) continue;
        report.damaged.push_back({"endpoint", query.integer(0),
                                  "the settings of endpoint " + std::string(query.text(1))});
    }
}

}  // namespace

Result<VerifyReport> verify_rows(Connection& db) {
    VerifyReport report;
    if (Result<void> done = verify_deliveries(db, report); !done) return done.error();
    if (Result<void> done = verify_endpoints(db, report); !done) return done.error();
    return report;
}

}  // namespace assay::notify::notify_store
