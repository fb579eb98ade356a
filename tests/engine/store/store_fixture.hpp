// A store of numbered notes: what the tests of this folder write and count.
// SPDX-License-Identifier: MIT
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "engine/store/database.hpp"
#include "engine/store/writer.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/matchers.hpp"
#include "tests/support/temporary_directory.hpp"

namespace assay::engine {

inline constexpr std::array<Migration, 2> note_schema{
    Migration{"notes", 1,
              "CREATE TABLE note(number INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT;"},
    Migration{"notes", 2, "CREATE TABLE extra(number INTEGER PRIMARY KEY) STRICT;"},
};

inline Result<std::unique_ptr<Database>> open_store(const std::filesystem::path& directory,
                                                    const std::string& vfs = {},
                                                    bool recover = false) {
    return Database::open({directory, recover, vfs}, note_schema);
}

// A note of a few kilobytes, so that a commit spans several pages.
inline std::string note_body(std::int64_t number) {
    return std::string(3'000 + static_cast<std::size_t>(number % 7) * 900,
                       static_cast<char>('a' + number % 26));
}

inline Writer::Job insert_note(std::int64_t number) {
    return [number](Tx& tx) -> Result<void> {
        const std::string body = note_body(number);
        Statement insert = tx->prepare("INSERT INTO note(number,body) VALUES(?1,?2)");
        return insert.bind(1, number).bind_blob(2, body).run();
    };
}

// The numbers of the notes in the store; each must be whole.
inline std::set<std::int64_t> notes_in(Connection& db) {
    std::set<std::int64_t> numbers;
    Statement query = db.prepare("SELECT number, body FROM note ORDER BY number");
    for (;;) {
        const Result<bool> row = query.step();
        EXPECT_THAT(row, testing::IsOk());
        if (!row || !*row) return numbers;
        EXPECT_TRUE(query.text(1) == note_body(query.integer(0))) << query.integer(0);
        numbers.insert(query.integer(0));
    }
}

inline std::set<std::int64_t> notes_in(Database& database) {
    Result<Database::ReadLease> lease = database.read();
    EXPECT_THAT(lease, testing::IsOk());
    return lease ? notes_in(**lease) : std::set<std::int64_t>{};
}

}  // namespace assay::engine
