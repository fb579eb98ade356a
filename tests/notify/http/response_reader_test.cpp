// Responses at every split, and the small readers beside it.
// SPDX-License-Identifier: MIT
#include "notify/http/response_reader.hpp"

#include <gmock/gmock.h>

#include <tuple>

#include "engine/base/limits.hpp"

namespace assay::notify {
namespace {

using std::chrono::seconds;

TEST(ResponseReader, ASplitAtEveryByteReadsTheSame) {
    const std::string bytes =
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 503 Busy\r\nRetry-After: 7\r\n"
        "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
    for (std::size_t split = 0; split <= bytes.size(); ++split) {
        ResponseReader reader({1'024, 1'024, 128, 4});
        std::size_t taken = 0;
        const std::string_view all(bytes);
        ResponseReader::State state = reader.feed(all.substr(0, split), taken);
        if (state == ResponseReader::State::more) {
            const std::size_t from = taken;
            state = reader.feed(all.substr(from), taken);
        }
        ASSERT_EQ(state, ResponseReader::State::complete) << split;
        EXPECT_EQ(reader.status(), 503);
        EXPECT_EQ(reader.text(), "hello");
        EXPECT_EQ(reader.retry_after(TimePoint{}), seconds(7));
        EXPECT_TRUE(reader.reusable());
    }
}

TEST(ResponseReader, OnlyAKeptConnectionIsReusable) {
    for (const std::string_view head :
         {"HTTP/1.1 200 OK\r\nConnection: close\r\n", "HTTP/1.0 200 OK\r\n"}) {
        ResponseReader reader({1'024, 1'024, 128, 4});
        std::size_t taken = 0;
        const std::string bytes = std::string(head) + "Content-Length: 0\r\n\r\n";
        EXPECT_EQ(reader.feed(bytes, taken), ResponseReader::State::complete);
        EXPECT_FALSE(reader.reusable());
    }
}

// What is said again is not parsed again: nothing may show it.
TEST(ResponseReader, ASeriesOfResponsesIsReadAsEachAlone) {
    const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    const std::string closing = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
    const std::string busy =
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 503 Busy\r\nRetry-After: 7\r\n"
        "Location: /x\r\nContent-Length: 0\r\n\r\n";
    const std::string bad = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n";
    const std::string behind = ok + ok;  // two answers to one request: the second is not its own
    const std::vector<std::string> series{ok,     ok,     busy, busy,    ok,      bad,
                                          ok,     ok,     bad,  bad,     closing, ok,
                                          behind, behind, ok,   closing, closing, busy};
    const auto read = [](ResponseReader& reader, const std::string& bytes) {
        std::size_t taken = 0;
        reader.begin();
        EXPECT_EQ(reader.status(), 0);
        EXPECT_FALSE(reader.reusable());
        const ResponseReader::State state = reader.feed(bytes, taken);
        return std::tuple(state, taken, reader.status(), reader.reusable(), reader.text(),
                          reader.location(), reader.problem(), reader.retry_after(TimePoint{}));
    };
    ResponseReader one({1'024, 1'024, 128, 4});
    for (std::size_t i = 0; i < series.size(); ++i) {
        ResponseReader alone({1'024, 1'024, 128, 4});
        EXPECT_EQ(read(one, series[i]), read(alone, series[i])) << "response " << i;
    }
}

TEST(ResponseReader, AResponseThatIsCutIsNotTheOneOfLastTime) {
    const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    ResponseReader reader({1'024, 1'024, 128, 4});
    std::size_t taken = 0;
    ASSERT_EQ(reader.feed(ok, taken), ResponseReader::State::complete);
    reader.begin();
    EXPECT_EQ(reader.feed(ok.substr(0, ok.size() - 1), taken), ResponseReader::State::more);
    EXPECT_EQ(reader.end_of_stream(), ResponseReader::State::invalid);
    reader.begin();
    EXPECT_EQ(reader.end_of_stream(), ResponseReader::State::invalid) << "nothing has come";
}

TEST(RetryAfter, IsSecondsOrADate) {
    const TimePoint now = *parse_time("1994-11-06T08:49:07Z");
    EXPECT_EQ(parse_retry_after("120", now), seconds(120));
    EXPECT_EQ(parse_retry_after("0", now), seconds(0));
    EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:49:37 GMT", now), seconds(30));
    EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1993 08:49:37 GMT", now), seconds(0));
    EXPECT_EQ(parse_retry_after("999999999999999999999", now), seconds(limits::retry_after_max));
    EXPECT_EQ(parse_retry_after("90000", now), seconds(limits::retry_after_max));
    for (const std::string_view bad : {"", "-1", "soon", "1.5", "Sun, 06 Nox 1994 08:49:37 GMT"}) {
        EXPECT_EQ(parse_retry_after(bad, now), std::nullopt) << bad;
    }
}

TEST(Sanitised, LeavesOnlyWhatCanBeStored) {
    EXPECT_EQ(sanitised("a\tb\n\xc3\xa9", 100), "a\tb\n\xc3\xa9");
    EXPECT_EQ(sanitised(std::string_view("\0\x1b\x7f", 3), 100),
              "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
    EXPECT_EQ(sanitised("\xed\xa0\x80", 100), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
    EXPECT_EQ(sanitised("\xc3\xa9\xc3\xa9", 3), "\xc3\xa9") << "cut between characters";
}

}  // namespace
}  // namespace assay::notify
