// Rows of versions, their chunks and their pins.
// SPDX-License-Identifier: MIT
#include "engine/batch_store/comps_books.hpp"

#include "engine/batch_store/rows.hpp"

namespace assay::engine::batch_store {
namespace {

enum class BookState : std::int64_t { receiving = 0, in_force = 1, retired = 2 };
constexpr std::int64_t number_of(BookState state) noexcept {
    return static_cast<std::int64_t>(state);
}

// One key for a chunk, as those of batches: a version's chunks lie together.
constexpr std::int64_t chunks_per_version = std::int64_t{1} << 32;
constexpr std::int64_t key_of(CompsVersion version, std::int64_t number) noexcept {
    return version * chunks_per_version + number;
}

Error no_such_version() {
    return fail(ErrorCode::not_found, "the upload of these sold prices is no longer open", {},
                "upload them again");
}

Result<std::optional<BookState>> state_of(Connection& db, CompsVersion version) {
    Statement query = db.prepare("SELECT state FROM comps_book WHERE version=?1");
    const Result<bool> row = query.bind(1, version).step();
    if (!row) return row.error();
    if (!*row) return std::optional<BookState>{};
    return std::optional(static_cast<BookState>(query.integer(0)));
}

Result<void> set_state(Connection& db, CompsVersion version, BookState state) {
    Statement update = db.prepare("UPDATE comps_book SET state=?2 WHERE version=?1");
    return update.bind(1, version).bind(2, number_of(state)).run();
}

Result<std::optional<CompsBookRow>> book_at(Statement& query) {
    const Result<bool> row = query.step();
    if (!row) return row.error();
    if (!*row) return std::optional<CompsBookRow>{};
    CompsBookRow book;
    book.version = query.integer(0);
    book.bytes = query.integer(1);
    book.facts = query.text(2);
    book.created_at = from_unix_milliseconds(query.integer(3));
    return std::optional(std::move(book));
}

// Pins of batches that have ended, or are gone.
Result<void> drop_pins(Connection& db) {
    Statement remove = db.prepare(
        "DELETE FROM comps_pin WHERE NOT EXISTS"
        " (SELECT 1 FROM batch b WHERE b.id=batch_id AND b.completed_at IS NULL)");
    return remove.run();
}

Result<std::optional<CompsVersion>> unused_version(Connection& db) {
    Statement query = db.prepare(
        "SELECT version FROM comps_book WHERE state=?1 AND NOT EXISTS"
        " (SELECT 1 FROM comps_pin p WHERE p.version=comps_book.version) LIMIT 1");
    const Result<bool> row = query.bind(1, number_of(BookState::retired)).step();
    if (!row) return row.error();
    if (!*row) return std::optional<CompsVersion>{};
    return std::optional(query.integer(0));
}

}  // namespace

Result<CompsVersion> begin_comps_book(Tx& tx, const TenantId& tenant, TimePoint now) {
    Statement insert = tx->prepare(
        "INSERT INTO comps_book(tenant_id, state, bytes, facts, created_at) VALUES(?1,?2,0,'',?3)");
    insert.bind(1, std::string_view(tenant.text())).bind(2, number_of(BookState::receiving));
    const Result<void> done = insert.bind(3, to_unix_milliseconds(now)).run();
    if (!done) return done.error();
    return tx->last_insert_rowid();
}

Result<void> append_comps_chunk(Tx& tx, CompsVersion version, std::int64_t number,
                                std::string_view bytes) {
    const auto state = state_of(*tx, version);
    if (!state) return state.error();
    if (*state != BookState::receiving) return no_such_version();
    if (number < 0 || number >= chunks_per_version)
        return fail(ErrorCode::internal, "the number of a chunk is out of range");
    {
        Statement update = tx->prepare("UPDATE comps_book SET bytes=bytes+?2 WHERE version=?1");
        update.bind(1, version).bind(2, static_cast<std::int64_t>(bytes.size()));
        if (Result<void> done = update.run(); !done) return done;
    }
    Statement insert = tx->prepare(
        "INSERT INTO comps_chunk(key, tenant_id, checksum, bytes)"
        " SELECT ?1, tenant_id, ?2, ?3 FROM comps_book WHERE version=?4");
    insert.bind(1, key_of(version, number)).bind(2, detail::checksum_of(bytes));
    return insert.bind_blob(3, bytes).bind(4, version).run();
}

Result<void> install_comps_book(Tx& tx, CompsVersion version, std::int64_t chunks,
                                std::string_view facts) {
    const auto state = state_of(*tx, version);
    if (!state) return state.error();
    if (*state != BookState::receiving) return no_such_version();
    {
        Statement count = tx->prepare("SELECT count(*) FROM comps_chunk WHERE key>=?1 AND key<?2");
        count.bind(1, key_of(version, 0)).bind(2, key_of(version + 1, 0));
        const Result<bool> row = count.step();
        if (!row) return row.error();
        if (count.integer(0) != chunks)
            return fail(ErrorCode::internal, "the stored sold prices are not complete");
    }
    {
        Statement retire = tx->prepare(
            "UPDATE comps_book SET state=?2 WHERE state=?3 AND tenant_id="
            "(SELECT tenant_id FROM comps_book WHERE version=?1)");
        retire.bind(1, version).bind(2, number_of(BookState::retired));
        if (Result<void> done = retire.bind(3, number_of(BookState::in_force)).run(); !done)
            return done;
    }
    Statement update = tx->prepare("UPDATE comps_book SET state=?2, facts=?3 WHERE version=?1");
    update.bind(1, version).bind(2, number_of(BookState::in_force));
    return update.bind(3, facts).run();
}

Result<void> abandon_comps_book(Tx& tx, CompsVersion version) {
    const auto state = state_of(*tx, version);
    if (!state) return state.error();
    if (*state != BookState::receiving) return {};
    return set_state(*tx, version, BookState::retired);
}

Result<void> abandon_unfinished_comps(Tx& tx) {
    Statement update = tx->prepare("UPDATE comps_book SET state=?1 WHERE state=?2");
    return update.bind(1, number_of(BookState::retired))
        .bind(2, number_of(BookState::receiving))
        .run();
}

Result<bool> retire_comps_book(Tx& tx, const TenantId& tenant) {
    Statement update =
        tx->prepare("UPDATE comps_book SET state=?2 WHERE tenant_id=?1 AND state=?3");
    update.bind(1, std::string_view(tenant.text())).bind(2, number_of(BookState::retired));
    const Result<void> done = update.bind(3, number_of(BookState::in_force)).run();
    if (!done) return done.error();
    return tx->changes() > 0;
}

Result<bool> pin_comps_book(Tx& tx, const BatchId& batch, CompsVersion version) {
    const auto state = state_of(*tx, version);
    if (!state) return state.error();
    if (*state != BookState::in_force) return false;
    Statement insert = tx->prepare(
        "INSERT INTO comps_pin(batch_id, tenant_id, version)"
        " SELECT ?1, tenant_id, version FROM comps_book WHERE version=?2");
    const Result<void> done = insert.bind(1, std::string_view(batch.text())).bind(2, version).run();
    if (!done) return done.error();
    return true;
}

Result<std::int64_t> drop_unused_comps(Tx& tx, std::int64_t chunks_max) {
    if (Result<void> done = drop_pins(*tx); !done) return done.error();
    std::int64_t removed = 0;
    while (removed < chunks_max) {
        const auto version = unused_version(*tx);
        if (!version) return version.error();
        if (!*version) return removed;
        {
            Statement remove = tx->prepare(
                "DELETE FROM comps_chunk WHERE key IN"
                " (SELECT key FROM comps_chunk WHERE key>=?1 AND key<?2 LIMIT ?3)");
            remove.bind(1, key_of(**version, 0)).bind(2, key_of(**version + 1, 0));
            if (Result<void> done = remove.bind(3, chunks_max - removed).run(); !done)
                return done.error();
        }
        removed += tx->changes();
        if (removed >= chunks_max) return removed;  // the row goes when its chunks are gone
        Statement remove = tx->prepare("DELETE FROM comps_book WHERE version=?1");
        if (Result<void> done = remove.bind(1, **version).run(); !done) return done.error();
    }
    return removed;
}

Result<std::optional<CompsBookRow>> find_comps_book(Connection& db, const TenantId& tenant) {
    Statement query = db.prepare(
        "SELECT version, bytes, facts, created_at FROM comps_book WHERE tenant_id=?1 AND state=?2");
    query.bind(1, std::string_view(tenant.text())).bind(2, number_of(BookState::in_force));
    return book_at(query);
}

Result<std::optional<CompsBookRow>> comps_of_batch(Connection& db, const BatchId& batch) {
    Statement query = db.prepare(
        "SELECT b.version, b.bytes, b.facts, b.created_at FROM comps_pin p"
        " JOIN comps_book b ON b.version=p.version WHERE p.batch_id=?1");
    query.bind(1, std::string_view(batch.text()));
    return book_at(query);
}

Result<bool> is_comps_book_in_force(Connection& db, CompsVersion version) {
    const auto state = state_of(db, version);
    if (!state) return state.error();
    return *state == BookState::in_force;
}

Result<bool> has_retired_comps(Connection& db) {
    Statement query = db.prepare("SELECT 1 FROM comps_book WHERE state=?1 LIMIT 1");
    return query.bind(1, number_of(BookState::retired)).step();
}

Result<void> read_comps_book(Connection& db, CompsVersion version,
                             const std::function<Result<void>(std::string_view)>& sink) {
    Statement query =
        db.prepare("SELECT checksum, bytes FROM comps_chunk WHERE key>=?1 AND key<?2 ORDER BY key");
    query.bind(1, key_of(version, 0)).bind(2, key_of(version + 1, 0));
    bool any = false;
    for (;;) {
        const Result<bool> row = query.step();
        if (!row) return row.error();
        if (!*row) break;
        any = true;
        const std::string_view bytes = query.text(1);
        if (detail::checksum_of(bytes) != query.integer(0)) {
            return fail(ErrorCode::corrupt, "the stored sold prices fail their checksum", {},
                        "upload them again");
        }
        if (auto taken = sink(bytes); !taken) return taken;
    }
    if (!any) return fail(ErrorCode::not_found, "these sold prices are no longer there");
    return {};
}

}  // namespace assay::engine::batch_store
