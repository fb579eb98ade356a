// Every maximum of the product in one place, with its reason, and how the maxima relate.
// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace assay::limits {

inline constexpr std::size_t kibibyte = 1024;
inline constexpr std::size_t mebibyte = 1024 * kibibyte;

// Intake.
inline constexpr std::size_t products_per_batch_max = 100'000;  // one truckload is 2,000; 50 fit
inline constexpr std::size_t body_bytes_max = 256 * mebibyte;   // on the wire, streamed
inline constexpr std::size_t unpacked_bytes_max = 1024 * mebibyte;  // after gzip: bounds a bomb
inline constexpr std::size_t json_document_bytes_max =
    64 * mebibyte;  // held whole while it is parsed
inline constexpr std::size_t json_depth_max = 64;
inline constexpr std::size_t string_bytes_max = 64 * kibibyte;
inline constexpr std::size_t product_bytes_max = 1 * mebibyte;  // one line: 500 comparables of 2 KB
inline constexpr std::size_t product_id_bytes_max = 128;
inline constexpr std::size_t title_characters_max = 1'000;
inline constexpr std::size_t comparables_max = 500;
inline constexpr std::size_t rank_history_max = 2'000;
inline constexpr std::int64_t quantity_max = 1'000'000;
inline constexpr std::size_t columns_max = 512;
inline constexpr std::size_t workbook_bytes_max =
    64 * mebibyte;  // held whole while it is read: a ZIP's directory stands at its end
inline constexpr std::size_t workbook_parts_max = 10'000;  // pictures of products are parts too
inline constexpr std::size_t workbook_sheets_max = 1'000;
inline constexpr std::size_t sheet_rows_max = 1'048'576;  // what a sheet of Excel has
inline constexpr std::size_t shared_text_bytes_max =
    128 * mebibyte;  // held while a sheet is read: 100,000 products with 1 KB each
inline constexpr std::size_t shared_texts_max = 8 * 1024 * 1024;  // 4 bytes each
inline constexpr std::size_t cell_formats_max = 65'536;           // Excel allows 64,000
inline constexpr std::size_t xml_token_bytes_max = 1 * mebibyte;  // expat holds one tag whole
inline constexpr std::size_t xml_depth_max = 64;
// A sheet of repetitive rows packs to 1/100; what exceeds this and is large is a bomb.
inline constexpr std::size_t unpacking_ratio_max = 400;
inline constexpr std::size_t unpacking_ratio_from_bytes = 64 * mebibyte;
inline constexpr std::size_t brand_file_bytes_max = 16 * mebibyte;  // half a million brands
inline constexpr std::size_t metadata_bytes_max = 16 * kibibyte;
inline constexpr std::size_t fee_files_max = 100;  // a user's own: a file a channel, and rate cards
inline constexpr std::size_t fee_file_bytes_max = 1 * mebibyte;  // the longest shipped has 13 KB
inline constexpr std::size_t faults_listed_max = 100;    // of on_invalid=reject and dry runs
inline constexpr std::size_t currencies_listed_max = 8;  // of one table

// The comps book: a tenant's own sold prices.
inline constexpr std::size_t comps_rows_max = 5'000'000;  // 75 bytes each, 200 while it is read
inline constexpr std::size_t comps_row_bytes_max = 64 * kibibyte;         // a line or CSV row
inline constexpr std::size_t comps_bytes_max = 1024 * mebibyte;           // on the wire, streamed
inline constexpr std::size_t comps_unpacked_bytes_max = 2048 * mebibyte;  // 400 bytes a row
inline constexpr std::size_t comps_id_bytes_max = 128;  // of one sale at its source
inline constexpr std::size_t comps_source_bytes_max = 64;
inline constexpr std::size_t comps_sources_max = 1'000;                // distinct marketplaces
inline constexpr std::size_t comps_texts_bytes_max = 1024 * mebibyte;  // ids, at 32-bit offsets
inline constexpr std::size_t comps_scan_max = 2'000;  // rows looked at for one product
inline constexpr std::size_t comps_uploads_max = 2;   // read at once: each holds its rows
inline constexpr std::size_t comps_loaded_bytes_max = 1024 * mebibyte;  // books in memory
inline constexpr std::size_t comps_chunk_bytes = 1 * mebibyte;  // of a stored book, a write each

// Engine. A chunk is 0.2 to 2 ms of work, so that a graph hop costs under 1 %.
inline constexpr std::size_t chunk_products = 64;
inline constexpr std::size_t chunk_bytes_max =
    4 * mebibyte;  // a chunk of very fat products closes early
inline constexpr std::size_t chunks_in_flight_max =
    32;  // tokens: in the graph or waiting for a commit
inline constexpr std::size_t open_batches_max = 1'000;    // queued or running, all tenants
inline constexpr std::size_t receiving_batches_max = 64;  // submissions under way
inline constexpr std::chrono::minutes receiving_idle_max{10};
inline constexpr std::chrono::hours idempotency_age_max{24};
inline constexpr std::size_t published_data_bytes_max =
    256 * kibibyte;  // of an event of the user's own: receivers get it whole
inline constexpr std::uint64_t store_bytes_max =
    std::uint64_t{10} * 1024 * mebibyte;  // then submissions are refused; serve can set another
inline constexpr int retention_days_max = 3'650;  // ten years: the longest duty to keep records
inline constexpr std::chrono::days archived_batch_age_max{365};  // a row of 300 bytes answers 410
inline constexpr std::int64_t tenants_max = 10'000;              // all are held in memory
inline constexpr std::size_t tenant_id_bytes_max = 64;
inline constexpr std::size_t account_text_bytes_max = 256;  // a name, an e-mail address
inline constexpr std::size_t allowed_ips_max = 100;         // looked through on every request
inline constexpr int chunk_attempts_max = 3;                // then it is split into single products
// Held against each other for duplicates; about 200 bytes each are kept between the two passes, and
// 1.5 KB while the groups are decided. A batch has fewer; a local file may have more.
inline constexpr std::size_t compared_products_max = 500'000;
// A batch of so few is compared at once, however many others are being read; the server keeps the
// features of compared_products_max products beside those.
inline constexpr std::size_t compared_without_asking_max = 1'000;
inline constexpr std::size_t spool_memory_max = 64 * mebibyte;  // of a local run's second pass
inline constexpr int engine_threads_max = 256;  // more than any machine this is meant for

// Store. The group commit takes what waits, up to these.
inline constexpr std::size_t writer_queue_max = 8'192;
inline constexpr std::size_t commit_group_max = 1'024;
inline constexpr std::size_t wal_bytes_max = 256 * mebibyte;
inline constexpr std::size_t checkpoint_bytes = 4 * mebibyte;  // of new WAL wake the checkpointer
inline constexpr std::size_t readers_max = 128;     // leases at once: worker threads stay below it
inline constexpr std::size_t readers_idle_max = 8;  // connections kept open between leases
inline constexpr std::chrono::milliseconds reopen_delay_first{20};  // after an I/O error; doubles
inline constexpr std::chrono::milliseconds reopen_delay_max{1'000};

// Notify.
inline constexpr std::size_t ring_slots = 4'096;  // per shard
inline constexpr std::size_t endpoints_per_tenant_max = 10'000;
inline constexpr std::size_t endpoint_in_flight_default = 16;
inline constexpr std::size_t connections_per_origin_max = 64;
inline constexpr std::size_t connections_idle_max = 1'024;
inline constexpr std::chrono::minutes connection_age_max{5};
inline constexpr std::size_t body_full_bytes_default = 1 * mebibyte;  // what a stock nginx takes
inline constexpr std::size_t body_strict_bytes_max = 64 * mebibyte;
inline constexpr std::size_t response_header_bytes_max = 64 * kibibyte;
inline constexpr std::size_t response_body_bytes_max = 16 * kibibyte;
inline constexpr std::size_t response_text_bytes_kept = 4 * kibibyte;
inline constexpr std::chrono::seconds connect_timeout{5};
inline constexpr std::chrono::seconds tls_timeout{5};
inline constexpr std::chrono::seconds dns_timeout{5};
inline constexpr std::chrono::hours retry_after_max{24};
inline constexpr std::size_t retries_max = 20;  // the longest preset has 7
inline constexpr std::chrono::milliseconds retry_delay_min{100};
inline constexpr std::chrono::hours retry_delay_max{7 * 24};
inline constexpr std::chrono::milliseconds attempt_timeout_min{100};
inline constexpr std::chrono::seconds attempt_timeout_max{60};  // a slot is held that long
inline constexpr std::size_t custom_headers_max = 20;
inline constexpr std::size_t header_value_bytes_max = 4 * kibibyte;
inline constexpr std::size_t description_bytes_max = 1 * kibibyte;
inline constexpr std::size_t body_override_bytes_min = 1 * kibibyte;  // a thin body always fits
inline constexpr std::size_t deliveries_waiting_max =
    100'000;  // due-times held per shard; the rest stay rows
// Schemas of published events: read anew with each event of their type.
inline constexpr std::size_t event_schema_bytes_max = 64 * kibibyte;
inline constexpr std::int64_t event_schemas_max = 100;  // of one tenant
inline constexpr std::size_t url_bytes_max = 2'048;
// How long an old secret goes on beside a new one: a day suffices to deploy it everywhere; what
// outlasts a month was forgotten.
inline constexpr std::chrono::seconds rotation_grace_default{24 * 3'600};
inline constexpr std::chrono::seconds rotation_grace_max{30 * 24 * 3'600};
inline constexpr std::size_t event_types_per_endpoint_max = 100;
inline constexpr std::size_t endpoint_addresses_max = 20;  // pinned; looked through per connection
inline constexpr std::chrono::hours endpoint_disable_after{24};  // of nothing but failures
inline constexpr double endpoint_rate_min = 0.01;                // requests a second: 36 an hour
inline constexpr double endpoint_rate_max = 10'000;              // above it none is needed
// A filter is asked of every event that its endpoint subscribed to, on the relay's one thread.
inline constexpr std::size_t filter_bytes_max = 8 * kibibyte;
inline constexpr std::size_t filter_conditions_max = 32;
inline constexpr std::size_t filter_depth_max = 5;  // all, any and not inside each other
inline constexpr std::size_t filter_path_bytes_max = 256;
inline constexpr std::size_t filter_values_max = 64;  // of one `in`
inline constexpr std::size_t filter_text_bytes_max = 256;
inline constexpr std::int64_t replay_deliveries_max = 1'000;  // of one call: about a second's work
inline constexpr std::size_t mail_address_bytes_max = 254;    // RFC 5321: what a path may hold
// Of one endpoint: its mail goes to all of them at once or to none.
inline constexpr std::size_t mail_recipients_max = 20;
inline constexpr std::size_t mails_queued_max = 256;  // one thread sends them; more wait as due
inline constexpr std::chrono::hours failure_mail_interval{1};   // of one tenant and kind
inline constexpr std::size_t failure_mail_states_max = 10'000;  // a megabyte

// HTTP API.
inline constexpr std::size_t request_header_bytes_max = 16 * kibibyte;
inline constexpr std::size_t request_fields_max = 100;
inline constexpr std::size_t request_json_bytes_max = 1 * mebibyte;  // every route but submit
inline constexpr std::size_t api_connections_max = 4'096;
inline constexpr std::chrono::seconds request_header_timeout{10};
inline constexpr std::chrono::seconds request_body_idle_timeout{30};
inline constexpr std::chrono::seconds keep_alive_timeout{60};
inline constexpr std::size_t page_limit_default = 20;
inline constexpr std::size_t page_limit_max = 100;

// Lots. A truck holds 26 pallets; each that is compared costs some milliseconds of draws.
inline constexpr std::size_t pallets_shown_max = 32;
inline constexpr std::size_t pallet_name_bytes_max = 40;  // one of them for the end

static_assert(chunk_products <= products_per_batch_max);
static_assert(product_bytes_max <= chunk_bytes_max, "every product fits a chunk");
static_assert(shared_text_bytes_max < (1ULL << 32), "their places are 32 bits");
static_assert(string_bytes_max <= xml_token_bytes_max);
static_assert(comparables_max <= comps_scan_max);
static_assert(products_per_batch_max <= compared_products_max, "a batch is compared whole");
static_assert(commit_group_max <= writer_queue_max);
static_assert(checkpoint_bytes < wal_bytes_max, "the WAL is restarted only where checkpoints lag");
static_assert((ring_slots & (ring_slots - 1)) == 0, "rings are indexed by mask");
static_assert(response_text_bytes_kept <= response_body_bytes_max);
static_assert(body_full_bytes_default <= body_strict_bytes_max);

}  // namespace assay::limits
