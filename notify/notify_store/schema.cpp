// The tables of notify, as migrations.
// SPDX-License-Identifier: MIT
#include <array>

#include "notify/notify_store/notify_store.hpp"

namespace assay::notify::notify_store {

// A delivered event costs two row writes: the event's and its delivery's. So the first attempt lies
// inside the delivery row, and the only secondary indexes are partial ones over the rows that wait
// or have failed, which are few.
std::span<const engine::Migration> migrations() noexcept {
    static constexpr std::array steps{engine::Migration{"notify_store", 1, R"sql(
            CREATE TABLE endpoints (
                id TEXT NOT NULL PRIMARY KEY,
                tenant_id TEXT NOT NULL,
                active INTEGER NOT NULL,
                settings TEXT NOT NULL,          -- JSON, without anything secret
                events_after INTEGER NOT NULL,   -- event_seq
                created_at INTEGER NOT NULL,     -- unix milliseconds, as all times here
                key_id TEXT NOT NULL,            -- of the master key that sealed the next three
                secret BLOB NOT NULL,
                old_secret BLOB,
                headers BLOB,
                checksum INTEGER NOT NULL
            );
            CREATE TABLE deliveries (
                number INTEGER PRIMARY KEY,
                id TEXT NOT NULL UNIQUE,
                tenant_id TEXT NOT NULL,
                endpoint_id TEXT NOT NULL,
                event_seq INTEGER NOT NULL,
                event_id TEXT NOT NULL,
                event_type TEXT NOT NULL,
                wire_type TEXT NOT NULL,
                message_id TEXT NOT NULL,
                created_at INTEGER NOT NULL,
                status INTEGER NOT NULL,         -- 0 pending, 1 delivered, 2 failed, 3 cancelled
                attempts INTEGER NOT NULL,
                earlier_attempts INTEGER NOT NULL,
                due INTEGER NOT NULL,
                body_hash INTEGER NOT NULL,      -- XXH3-64 of the body; 0: none was sent yet
                delivered_at INTEGER,
                last_status INTEGER NOT NULL,
                last_error TEXT NOT NULL,
                checksum INTEGER NOT NULL,       -- XXH3-64 of the columns above but number
                first_attempt TEXT,              -- JSON
                first_checksum INTEGER
            );
            CREATE INDEX deliveries_waiting ON deliveries (endpoint_id, due) WHERE status = 0;
            CREATE INDEX deliveries_failed ON deliveries (number) WHERE status = 2;
            CREATE TABLE attempts (
                tenant_id TEXT NOT NULL,
                delivery_id TEXT NOT NULL,
                attempt INTEGER NOT NULL,        -- from 2
                record TEXT NOT NULL,            -- JSON
                checksum INTEGER NOT NULL,
                PRIMARY KEY (delivery_id, attempt)
            );
            CREATE TABLE link_bases (
                tenant_id TEXT NOT NULL,         -- empty: of all tenants
                after_event INTEGER NOT NULL,    -- event_seq: it holds for the events behind
                base TEXT NOT NULL,
                PRIMARY KEY (tenant_id, after_event)
            );
            CREATE TABLE relay_cursor (
                only INTEGER PRIMARY KEY CHECK (only = 1),
                event_seq INTEGER NOT NULL
            );
            INSERT INTO relay_cursor VALUES (1, 0);
        )sql"},
                                      engine::Migration{"notify_store", 2, R"sql(
            CREATE INDEX deliveries_owed ON deliveries (event_seq) WHERE status IN (0, 2);
        )sql"},
                                      engine::Migration{"notify_store", 3, R"sql(
            ALTER TABLE deliveries ADD COLUMN thin_hash INTEGER NOT NULL DEFAULT 0;
            ALTER TABLE deliveries ADD COLUMN sequence INTEGER NOT NULL DEFAULT 0;
            CREATE TABLE endpoint_health (       -- of those that are not well
                endpoint_id TEXT NOT NULL PRIMARY KEY,
                failing_since INTEGER,
                failed_count INTEGER NOT NULL,
                exhausted_count INTEGER NOT NULL,
                told INTEGER NOT NULL
            );
            CREATE TABLE endpoint_sequences (    -- of deliveries up to the mark
                endpoint_id TEXT NOT NULL PRIMARY KEY,
                sequence INTEGER NOT NULL
            );
            CREATE TABLE sequence_mark (
                only INTEGER PRIMARY KEY CHECK (only = 1),
                row_number INTEGER NOT NULL      -- of deliveries; those behind it speak themselves
            );
            INSERT INTO sequence_mark VALUES (1, 0);
        )sql"},
                                      engine::Migration{"notify_store", 4, R"sql(
            CREATE TABLE failure_mails (         -- when owners were last told of each kind
                tenant_id TEXT NOT NULL,
                kind TEXT NOT NULL,
                sent INTEGER NOT NULL,
                held_back INTEGER NOT NULL,
                PRIMARY KEY (tenant_id, kind)
            );
            CREATE INDEX failure_mails_sent ON failure_mails (sent);
        )sql"}};
    return steps;
}

}  // namespace assay::notify::notify_store
