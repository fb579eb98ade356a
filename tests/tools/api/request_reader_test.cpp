// Requests out of byte streams: what is taken, what is refused, and that no split matters.
// SPDX-License-Identifier: MIT
#include "tools/api/request_reader.hpp"

#include <gmock/gmock.h>

#include "tests/tools/api/request_cases.hpp"

namespace assay::tools {
namespace {

using testing::request_cases;

struct Verdict {
    int requests = 0;
    int status = 0;
    std::string bodies;
    friend bool operator==(const Verdict&, const Verdict&) = default;
};

void drain(RequestReader& reader, Verdict& verdict) {
    while (true) {
        switch (reader.step()) {
            case RequestReader::Step::need_more:
                return;
            case RequestReader::Step::head:
                break;
            case RequestReader::Step::body:
                verdict.bodies += reader.piece();
                break;
            case RequestReader::Step::done:
                ++verdict.requests;
                verdict.bodies += '|';
                reader.next_request();
                break;
            case RequestReader::Step::refused:
                verdict.status = reader.refusal().status;
                return;
        }
    }
}

Verdict judge(std::initializer_list<std::string_view> pieces) {
    RequestReader reader;
    Verdict verdict;
    for (const std::string_view piece : pieces) {
        reader.feed(piece);
        drain(reader, verdict);
    }
    return verdict;
}

TEST(RequestReader, TakesAndRefusesWhatTheRulesSay) {
    for (const auto& given : request_cases()) {
        const Verdict verdict = judge({given.bytes});
        EXPECT_EQ(verdict.requests, given.requests) << given.name;
        EXPECT_EQ(verdict.status, given.status) << given.name;
    }
}

TEST(RequestReader, GivesTheSameVerdictForEverySplitInTwo) {
    for (const auto& given : request_cases()) {
        const std::string_view bytes = given.bytes;
        const std::size_t stride = bytes.size() > 2'000 ? 61 : 1;
        for (std::size_t cut = 1; cut < bytes.size(); cut += stride) {
            const Verdict verdict = judge({bytes.substr(0, cut), bytes.substr(cut)});
            EXPECT_EQ(verdict.requests, given.requests) << given.name << " cut at " << cut;
            EXPECT_EQ(verdict.status != 0, given.status != 0) << given.name << " cut at " << cut;
        }
    }
}

TEST(RequestReader, GivesTheSameVerdictForSingleBytes) {
    for (const auto& given : request_cases()) {
        RequestReader reader;
        Verdict verdict;
        for (const char c : given.bytes) {
            reader.feed({&c, 1});
            drain(reader, verdict);
            if (verdict.status != 0) break;
        }
        EXPECT_EQ(verdict.requests, given.requests) << given.name;
        EXPECT_EQ(verdict.status != 0, given.status != 0) << given.name;
    }
}

TEST(RequestReader, KeepsOrderAndSpellingOfTheFields) {
    RequestReader reader;
    reader.feed("POST /a?b=c HTTP/1.1\r\nhOST: x\r\nB: 2 \r\nA:\t1\r\nB: 3\r\n\r\n");
    ASSERT_EQ(reader.step(), RequestReader::Step::head);
    const HttpRequest& request = reader.request();
    EXPECT_THAT(request.fields, ::testing::ElementsAre(HttpField{"hOST", "x"}, HttpField{"B", "2"},
                                                       HttpField{"A", "1"}, HttpField{"B", "3"}));
    EXPECT_EQ(request.target, "/a?b=c");
    EXPECT_EQ(request.path, "/a");
    EXPECT_EQ(request.query, "b=c");
    EXPECT_EQ(*request.field("host"), "x");
}

TEST(RequestReader, JoinsTheBodyOfManyChunks) {
    const Verdict verdict =
        judge({"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
               "5\r\nhello\r\n",
               "1;x\r\n,\r\n6\r\n world\r\n0\r\n\r\n"});
    EXPECT_EQ(verdict, (Verdict{1, 0, "hello, world|"}));
}

TEST(RequestReader, KnowsWhatEndsAConnection) {
    const auto keep_alive = [](std::string_view head) {
        RequestReader reader;
        reader.feed(head);
        EXPECT_EQ(reader.step(), RequestReader::Step::head);
        return reader.request().keep_alive;
    };
    EXPECT_TRUE(keep_alive("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
    EXPECT_FALSE(keep_alive("GET / HTTP/1.1\r\nHost: a\r\nConnection: foo, Close\r\n\r\n"));
    EXPECT_FALSE(keep_alive("GET / HTTP/1.0\r\n\r\n"));
    EXPECT_TRUE(keep_alive("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
}

}  // namespace
}  // namespace assay::tools
