// Walks all rows that carry a checksum.
// SPDX-License-Identifier: MIT
#include "engine/batch_store/batch_store.hpp"
#include "engine/batch_store/rows.hpp"

namespace assay::engine::batch_store {
namespace {

void add(VerifyReport& report, std::string table, std::int64_t key, std::string description) {
    report.damaged.push_back({std::move(table), key, std::move(description)});
}

std::string chunk_name(std::int64_t key) {
    return "chunk " + std::to_string(detail::chunk_number(key)) + " of the batch with key " +
           std::to_string(key / detail::chunks_per_batch);
}

Result<void> verify_inputs(Connection& db, VerifyReport& report) {
    Statement query = db.prepare("SELECT key, checksum, input FROM chunk_input ORDER BY key");
    for (;;) {
        const Result<bool> row = query.step();
        if (!row) return row.error();
        if (!*row) return {};
        ++report.rows;
        if (detail::checksum_of(query.text(2)) == query.integer(1)) continue;
        add(report, "chunk_input", query.integer(0),
            "the products of " + chunk_name(query.integer(0)));
    }
}

Result<void> verify_results(Connection& db, VerifyReport& report) {
    Statement query =
        db.prepare("SELECT key, lot_checksum, lot, checksum, lines FROM chunk_result ORDER BY key");
    for (;;) {
        const Result<bool> row = query.step();
        if (!row) return row.error();
        if (!*row) return {};
        ++report.rows;
        const std::int64_t key = query.integer(0);
        if (detail::checksum_of(query.text(2)) != query.integer(1)) {
            add(report, "chunk_result", key, "the lot lines of " + chunk_name(key));
        }
        if (detail::checksum_of(query.text(4)) != query.integer(3)) {
            add(report, "chunk_result", key, "the results of " + chunk_name(key));
        }
    }
}

Result<void> verify_comps(Connection& db, VerifyReport& report) {
    Statement query = db.prepare("SELECT key, checksum, bytes FROM comps_chunk ORDER BY key");
    for (;;) {
        const Result<bool> row = query.step();
        if (!row) return row.error();
        if (!*row) return {};
        ++report.rows;
        if (detail::checksum_of(query.text(2)) == query.integer(1)) continue;
        add(report, "comps_chunk", query.integer(0), "sold prices of a comps book");
    }
}

// Through the same reader as everybody else's, one event at a time.
Result<void> verify_events(Connection& db, VerifyReport& report) {
    Statement query = db.prepare("SELECT seq FROM event ORDER BY seq");
    for (;;) {
        const Result<bool> row = query.step();
        if (!row) return row.error();
        if (!*row) return {};
        ++report.rows;
        const auto event = find_event(db, EventSeq{query.integer(0)});
        if (event) continue;
        if (event.error().code != ErrorCode::corrupt) return event.error();
        add(report, "event", query.integer(0), event.error().message);
    }
}

}  // namespace

Result<VerifyReport> verify_rows(Connection& db) {
    VerifyReport report;
    for (const auto verify : {verify_inputs, verify_results, verify_events, verify_comps}) {
        if (Result<void> done = verify(db, report); !done) return done.error();
    }
    return report;
}

}  // namespace assay::engine::batch_store
