// Opens a store for reading only, under its lock.
// SPDX-License-Identifier: MIT
#include "engine/store/inspection.hpp"

#include <sqlite3.h>

#include <system_error>

#include "engine/store/commit_log.hpp"
#include "engine/store/data_directory.hpp"

namespace assay::engine {

struct StoreInspection::Body {
    std::unique_ptr<DataDirectory> directory;  // declared first: the lock outlives the connection
    std::unique_ptr<Connection> connection;
};

StoreInspection::StoreInspection(std::unique_ptr<Body> body) : body_(std::move(body)) {}
StoreInspection::~StoreInspection() = default;

Result<std::unique_ptr<StoreInspection>> StoreInspection::open(
    const std::filesystem::path& directory, std::span<const Migration> migrations) {
    std::error_code unknown;
    const auto bytes = std::filesystem::file_size(directory / "assay.db", unknown);
    if (unknown || bytes == 0) {
        return fail(ErrorCode::not_found, "there is no store in " + directory.string(), {},
                    "name the directory that `assay serve --data-dir` was started with");
    }
    auto body = std::make_unique<Body>();
    auto held = DataDirectory::open(directory);
    if (!held) return std::move(held).error();
    body->directory = *std::move(held);
    auto connection =
        Connection::open(body->directory->database_file(), {}, ConnectionRole::reader);
    if (!connection) return std::move(connection).error();
    body->connection = *std::move(connection);
    // The last connection to close would else move the WAL into the database and delete it: what
    // a crash has left is evidence until a server takes it up.
    sqlite3_db_config(body->connection->handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    const Result<bool> current = is_current(*body->connection, migrations);
    if (!current) return current.error();
    if (!*current) {
        return fail(ErrorCode::conflict, "the store was written by an older Assay", {},
                    "start this version's server on it once; it brings the store up to date");
    }
    return std::unique_ptr<StoreInspection>(new StoreInspection(std::move(body)));
}

Connection& StoreInspection::connection() noexcept {
    return *body_->connection;
}

Result<std::int64_t> StoreInspection::last_commit() {
    return read_commit_number(*body_->connection);
}

Result<std::optional<std::int64_t>> StoreInspection::mark() const {
    return body_->directory->read_mark();
}

std::uint64_t StoreInspection::wal_bytes() const {
    std::error_code none;
    const auto bytes = std::filesystem::file_size(body_->directory->path() / "assay.db-wal", none);
    return none ? 0 : bytes;
}

Result<std::vector<std::string>> StoreInspection::structure_faults() {
    std::vector<std::string> faults;
    Statement check = body_->connection->prepare("PRAGMA quick_check(20)");
    for (;;) {
        const Result<bool> row = check.step();
        if (!row) return row.error();
        if (!*row) return faults;
        if (check.text(0) != "ok") faults.emplace_back(check.text(0));
    }
}

}  // namespace assay::engine
