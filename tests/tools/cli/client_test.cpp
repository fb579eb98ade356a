// The event stream reader and what commands make of a server they cannot use.
// SPDX-License-Identifier: MIT
#include "tools/cli/client.hpp"

#include <gtest/gtest.h>

#include "tests/support/matchers.hpp"

namespace assay::tools {
namespace {

using testing::FailsWith;

struct Seen {
    std::string event, data;
    friend bool operator==(const Seen&, const Seen&) = default;
};

std::vector<Seen> read_in_pieces(std::string_view stream, std::size_t piece) {
    std::vector<Seen> seen;
    EventStreamReader reader;
    for (std::size_t i = 0; i < stream.size(); i += piece) {
        reader.feed(stream.substr(i, piece), [&](std::string_view event, std::string_view data) {
            seen.push_back({std::string(event), std::string(data)});
            return true;
        });
    }
    return seen;
}

constexpr std::string_view stream =
    ": heartbeat\n\n"
    "event: progress\ndata: {\"progress\":40}\n\n"
    "data: first\r\ndata:second\r\n\r\n"
    "event: nothing\n\n"
    "event: done\ndata: {}\n\n"
    "data: never finished";

TEST(EventStreamReader, GivesTheSameEventsHoweverTheBytesAreSplit) {
    const std::vector<Seen> expected{
        {"progress", "{\"progress\":40}"}, {"message", "first\nsecond"}, {"done", "{}"}};
    for (std::size_t piece = 1; piece <= stream.size(); ++piece) {
        EXPECT_EQ(read_in_pieces(stream, piece), expected) << "pieces of " << piece;
    }
}

TEST(EventStreamReader, StopsWhenTheSinkHasHadEnough) {
    EventStreamReader reader;
    int events = 0;
    EXPECT_FALSE(
        reader.feed(stream, [&](std::string_view, std::string_view) { return ++events < 2; }));
    EXPECT_EQ(events, 2);
}

TEST(ApiClient, RefusesAddressesAndKeysThatCannotBeRight) {
    EXPECT_THAT(ApiClient::make({"127.0.0.1:8080", ""}), FailsWith(ErrorCode::invalid_argument));
    EXPECT_THAT(ApiClient::make({"file:///etc/passwd", ""}),
                FailsWith(ErrorCode::invalid_argument));
    EXPECT_THAT(ApiClient::make({"http://127.0.0.1:1", "ak_x\r\nX-Evil: 1"}),
                FailsWith(ErrorCode::invalid_argument));
}

TEST(ApiClient, SaysHowToStartAServerThatIsNotThere) {
    auto client = ApiClient::make({"http://127.0.0.1:1", ""});  // port 1: nobody may listen there
    ASSERT_TRUE(client.has_value());
    const auto answer = client->get("/v1/batches");
    ASSERT_THAT(answer, FailsWith(ErrorCode::connect_failed));
    EXPECT_NE(describe(answer.error()).find("assay serve"), std::string::npos);
}

}  // namespace
}  // namespace assay::tools
