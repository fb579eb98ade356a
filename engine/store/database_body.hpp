// What the database and its writer share (private to this folder).
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "engine/store/data_directory.hpp"
#include "engine/store/database.hpp"

namespace assay::engine {

struct Database::Body {
    std::unique_ptr<DataDirectory> directory;
    std::string vfs;
    std::string recovered;
    std::unique_ptr<Connection> writer;  // until the Writer takes it
    std::int64_t commit_number = 0;      // at the start; afterwards the writer counts

    std::mutex mutex;                               // guards everything below
    std::vector<std::unique_ptr<Connection>> idle;  // readers
    std::size_t leased = 0;
    std::uint64_t generation = 1;        // of connections; a reader of an older one is not reused
    std::optional<Error> suspended_for;  // set: read() refuses with it

    Result<std::unique_ptr<Connection>> connect(ConnectionRole role) const {
        return Connection::open(directory->database_file(), vfs, role);
    }
    // Closes idle readers, refuses new ones and forgets those that are out when they come back.
    void suspend(const Error& why);
    void resume();
    void give_back(Connection* connection, std::uint64_t of_generation) noexcept;
};

}  // namespace assay::engine
