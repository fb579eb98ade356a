// The tables of what the engine keeps.
// SPDX-License-Identifier: MIT
#include <array>

#include "engine/batch_store/batch_store.hpp"

namespace assay::engine::batch_store {
namespace {

// Rows that change often (batch, chunk) are small; fat ones are written once. Chunks, their inputs
// and their results share one key, batch key * 2^32 + chunk number: a batch's rows lie together and
// need no index for that. Times are milliseconds since 1970 in UTC.
constexpr std::string_view first_step = R"sql(
CREATE TABLE tenant(
  id TEXT NOT NULL PRIMARY KEY,
  quota_limit INTEGER              -- products a month; null: no limit
) STRICT, WITHOUT ROWID;
INSERT INTO tenant(id) VALUES('default');

CREATE TABLE batch(
  key INTEGER PRIMARY KEY AUTOINCREMENT,  -- grows with time: the order of lists
  id TEXT NOT NULL UNIQUE,
  tenant_id TEXT NOT NULL,
  status TEXT NOT NULL,
  collection_id TEXT,
  total INTEGER NOT NULL,
  pending INTEGER NOT NULL,
  processing INTEGER NOT NULL,
  completed INTEGER NOT NULL,
  failed INTEGER NOT NULL,
  cancelled INTEGER NOT NULL,
  by_verdict TEXT NOT NULL,        -- name=count, sorted, separated by spaces
  created_at INTEGER NOT NULL,
  started_at INTEGER,
  completed_at INTEGER
) STRICT;
CREATE INDEX batch_of_tenant ON batch(tenant_id, key);
CREATE INDEX batch_of_collection ON batch(tenant_id, collection_id, key)
  WHERE collection_id IS NOT NULL;
CREATE INDEX batch_open ON batch(key) WHERE completed_at IS NULL;

CREATE TABLE batch_text(
  key INTEGER PRIMARY KEY,         -- the batch's
  tenant_id TEXT NOT NULL,
  options TEXT NOT NULL,
  summary TEXT NOT NULL,
  cancelled_line TEXT NOT NULL     -- how its cancelled products read, around their id
) STRICT;

CREATE TABLE chunk(
  key INTEGER PRIMARY KEY,
  tenant_id TEXT NOT NULL,
  batch_key INTEGER NOT NULL,
  first_index INTEGER NOT NULL,
  count INTEGER NOT NULL,
  state INTEGER NOT NULL,          -- 0 pending, 1 claimed, 2 settled, 3 cancelled
  attempt INTEGER NOT NULL         -- times it was claimed
) STRICT;
CREATE UNIQUE INDEX chunk_in_order ON chunk(batch_key, first_index);

CREATE TABLE chunk_input(
  key INTEGER PRIMARY KEY,         -- the chunk's
  tenant_id TEXT NOT NULL,
  checksum INTEGER NOT NULL,       -- XXH3-64 of the input
  input BLOB NOT NULL
) STRICT;

CREATE TABLE chunk_result(
  key INTEGER PRIMARY KEY,         -- the chunk's
  tenant_id TEXT NOT NULL,
  lot_checksum INTEGER NOT NULL,
  lot BLOB NOT NULL,               -- before the lines, which are long and seldom read with it
  checksum INTEGER NOT NULL,
  lines BLOB NOT NULL              -- NDJSON, one line a product
) STRICT;

CREATE TABLE event(
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant_id TEXT NOT NULL,
  id TEXT NOT NULL,
  type TEXT NOT NULL,
  batch_id TEXT,
  created_at INTEGER NOT NULL,
  dedupe_key TEXT,
  checksum INTEGER NOT NULL,       -- XXH3-64 over all the other columns but seq
  data TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX event_once ON event(tenant_id, dedupe_key) WHERE dedupe_key IS NOT NULL;

CREATE TABLE idempotency_key(
  tenant_id TEXT NOT NULL,
  key TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  batch_id TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY(tenant_id, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_age ON idempotency_key(created_at);

CREATE TABLE quota_use(
  tenant_id TEXT NOT NULL,
  month INTEGER NOT NULL,          -- 202605: May 2026, UTC
  used INTEGER NOT NULL,
  PRIMARY KEY(tenant_id, month)
) STRICT, WITHOUT ROWID;
)sql";

// Accounts, and what retention and deletion leave behind: a batch whose inputs and results are gone
// keeps its small row, so that asking for it is answered 410 and not 404.
constexpr std::string_view second_step = R"sql(
ALTER TABLE tenant ADD COLUMN name TEXT NOT NULL DEFAULT '';
ALTER TABLE tenant ADD COLUMN email TEXT NOT NULL DEFAULT '';
ALTER TABLE tenant ADD COLUMN store_id TEXT;
ALTER TABLE tenant ADD COLUMN bonus INTEGER NOT NULL DEFAULT 0;       -- products left of it
ALTER TABLE tenant ADD COLUMN allowed_ips TEXT NOT NULL DEFAULT '';   -- separated by spaces
ALTER TABLE tenant ADD COLUMN keep_results INTEGER;                   -- days; null: the server's
ALTER TABLE tenant ADD COLUMN keep_events INTEGER;
ALTER TABLE tenant ADD COLUMN keep_deliveries INTEGER;
ALTER TABLE tenant ADD COLUMN keep_dead_letters INTEGER;
ALTER TABLE tenant ADD COLUMN created_at INTEGER;                     -- null: from the start
ALTER TABLE tenant ADD COLUMN disabled_at INTEGER;

ALTER TABLE quota_use ADD COLUMN bonus_used INTEGER NOT NULL DEFAULT 0;  -- of `used`

ALTER TABLE batch ADD COLUMN archived_at INTEGER;  -- inputs and results are gone, or are going
ALTER TABLE batch ADD COLUMN deleted_at INTEGER;   -- by its owner: its text goes too
CREATE INDEX batch_ended ON batch(tenant_id, completed_at)
  WHERE completed_at IS NOT NULL AND archived_at IS NULL;
CREATE INDEX batch_archived ON batch(archived_at) WHERE archived_at IS NOT NULL;

CREATE TABLE batch_leaving(
  batch_key INTEGER PRIMARY KEY    -- archived, and rows of its chunks may still be there
) STRICT;

CREATE TABLE event_floor(
  tenant_id TEXT NOT NULL PRIMARY KEY,
  seq INTEGER NOT NULL             -- the newest of its events that is no longer kept
) STRICT, WITHOUT ROWID;
)sql";

// Sold prices: versions, their bytes in chunks (key: version * 2^32 + number), and which version an
// open batch works with.
constexpr std::string_view comps_step = R"sql(
CREATE TABLE comps_book(
  version INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant_id TEXT NOT NULL,         -- empty: holds for everybody who has none of their own
  state INTEGER NOT NULL,          -- 0 being put down, 1 in force, 2 retired
  bytes INTEGER NOT NULL,
  facts TEXT NOT NULL,             -- JSON
  created_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX comps_book_in_force ON comps_book(tenant_id) WHERE state=1;
CREATE INDEX comps_book_retired ON comps_book(version) WHERE state=2;

CREATE TABLE comps_chunk(
  key INTEGER PRIMARY KEY,
  tenant_id TEXT NOT NULL,
  checksum INTEGER NOT NULL,       -- XXH3-64 of the bytes
  bytes BLOB NOT NULL
) STRICT;

CREATE TABLE comps_pin(
  batch_id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL,         -- the book's
  version INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX comps_pin_of_version ON comps_pin(version);
)sql";

// How often the first pass over a batch was begun by a program that then died, and on which chunk:
// "deaths|chunk|left out,left out"; empty: never.
constexpr std::string_view first_pass_step = R"sql(
ALTER TABLE batch_text ADD COLUMN first_pass TEXT NOT NULL DEFAULT '';
)sql";

// Whether somebody had subscribed to a batch's items when it was accepted; which events of a
// month's quota were told already; and the idempotency keys of published events.
constexpr std::string_view events_step = R"sql(
ALTER TABLE batch ADD COLUMN item_events INTEGER NOT NULL DEFAULT 0;
ALTER TABLE quota_use ADD COLUMN told INTEGER NOT NULL DEFAULT 0;  -- 1: 80 %, 2: 95 %, 4: all
CREATE TABLE event_key(
  tenant_id TEXT NOT NULL,
  key TEXT NOT NULL,
  fingerprint TEXT NOT NULL,       -- of type and data
  seq INTEGER NOT NULL,            -- the event's
  created_at INTEGER NOT NULL,
  PRIMARY KEY(tenant_id, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX event_key_age ON event_key(created_at);
)sql";

constexpr std::string_view event_schemas_step = R"sql(
CREATE TABLE event_schema(
  tenant_id TEXT NOT NULL,
  type TEXT NOT NULL,
  schema TEXT NOT NULL,            -- JSON
  updated_at INTEGER NOT NULL,
  PRIMARY KEY(tenant_id, type)
) STRICT;
)sql";

constexpr std::array steps{
    Migration{"batch_store", 1, first_step},  Migration{"batch_store", 2, second_step},
    Migration{"comps_books", 1, comps_step},  Migration{"batch_store", 3, first_pass_step},
    Migration{"batch_store", 4, events_step}, Migration{"event_schemas", 1, event_schemas_step}};

}  // namespace

std::span<const Migration> migrations() noexcept {
    return steps;
}

}  // namespace assay::engine::batch_store
