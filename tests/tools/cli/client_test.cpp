// The event stream reader and what commands make of a server they cannot use.
// SPDX-License-Identifier: MIT
#include "tools/cli/client.hpp"

#include <gtest/gtest.h>

#include "tests/support/loopback_receiver.hpp"
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

TEST(ApiClient, TellsWhatAServerRefusedAndEveryFaultItListed) {
    testing::LoopbackReceiver server([](testing::Peer& peer) {
        while (peer.read_request()) {
            peer.respond(422,
                         R"({"code":"invalid_input","message":"2 of 5 products are faulty",)"
                         R"("faults":[{"code":"invalid_json","message":"is not JSON","line":2},)"
                         R"({"code":"ambiguous_money","message":"is a fraction","param":"/msrp",)"
                         R"("line":3,"remedy":"quote it"}]})");
        }
    });
    auto client = ApiClient::make({server.url(""), ""});
    ASSERT_TRUE(client.has_value());
    const auto answer = client->post("/v1/batches", nullptr);
    ASSERT_THAT(answer, FailsWith(ErrorCode::invalid_input));
    EXPECT_EQ(answer.error().message, "2 of 5 products are faulty");
    ASSERT_EQ(client->faults().size(), 2U);
    EXPECT_EQ(describe(client->faults()[0]), "line 2: is not JSON");
    EXPECT_EQ(describe(client->faults()[1]), "line 3: /msrp: is a fraction (quote it)");
}

TEST(ApiClient, AMissingKeyIsMendedOnTheCommandLineAndNotInAHeader) {
    testing::LoopbackReceiver server([](testing::Peer& peer) {
        while (peer.read_request()) {
            peer.respond(401,
                         R"({"code":"unauthorized","message":"no key","remedy":"send a header"})");
        }
    });
    auto client = ApiClient::make({server.url(""), ""});
    ASSERT_TRUE(client.has_value());
    const auto answer = client->get("/v1/batches");
    ASSERT_THAT(answer, FailsWith(ErrorCode::unauthorized));
    EXPECT_NE(describe(answer.error()).find("ASSAY_API_KEY"), std::string::npos);
}

}  // namespace
}  // namespace assay::tools
