// `assay comps`: what it shows of a server's sold prices, and what it refuses before it asks one.
// SPDX-License-Identifier: MIT
#include "tools/cli/comps.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <sstream>

#include "tests/support/loopback_receiver.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/temporary_directory.hpp"

namespace assay::tools {
namespace {

using assay::testing::LoopbackReceiver;
using assay::testing::Peer;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr AddCommand commands[] = {add_comps};

constexpr const char* book =
    R"({"object":"comps","version":7,"created_at":"2026-05-25T10:30:00.000Z","hash":"xxh3:00",)"
    R"("rows":1000000,"products":125000,"currencies":["EUR","USD"],)"
    R"("oldest":"2025-01-31T00:00:00Z",)"
    R"("newest":"2026-05-20T00:00:00Z","undated":2,"duplicates":3,"skipped":1,"remarks":["so so"],)"
    R"("faults":[{"code":"invalid_input","message":"is empty","param":"Price","line":9}]})";

class CompsCommandTest : public ::testing::Test {
  protected:
    int run(std::vector<std::string> arguments, const std::string& server = "http://127.0.0.1:1") {
        arguments.insert(arguments.begin(), "comps");
        arguments.insert(arguments.end(), {"--server", server, "--key", "ak_x.y"});
        out_.str("");
        error_.str("");
        CommandContext context{in_, out_, error_, clock_, random_};
        return run_command_line(arguments, commands, context);
    }
    std::string file(const std::string& name, const std::string& bytes) {
        const auto path = directory_.path() / name;
        std::ofstream(path, std::ios::binary) << bytes;
        return path.string();
    }

    assay::testing::TemporaryDirectory directory_;
    assay::testing::ManualClock clock_;
    SystemRandom random_;
    std::istringstream in_;
    std::ostringstream out_, error_;
};

TEST_F(CompsCommandTest, ShowsHowManyThereAreAndWhatWasLeftOut) {
    LoopbackReceiver server([](Peer& peer) {
        while (peer.read_request())
            peer.respond(200, book, "Content-Type: application/json\r\n");
    });
    ASSERT_EQ(run({"show"}, server.url("")), exit_ok) << error_.str();
    EXPECT_EQ(server.requests().front().line, "GET /v1/comps HTTP/1.1");
    EXPECT_THAT(out_.str(),
                AllOf(HasSubstr("1,000,000 sold prices of 125,000 products, 2025-01-31 to "
                                "2026-05-20\n"),
                      HasSubstr("currencies  EUR, USD"), HasSubstr("2 without a date"),
                      HasSubstr("3 rows named a sale again"), HasSubstr("so so"),
                      HasSubstr("1 rows were left out:\n    line 9: Price: is empty")));
    ASSERT_EQ(run({"show", "--json"}, server.url("")), exit_ok);
    EXPECT_THAT(out_.str(), HasSubstr("\"version\":7"));
}

TEST_F(CompsCommandTest, DeletesThem) {
    LoopbackReceiver server([](Peer& peer) {
        while (peer.read_request())
            peer.send("HTTP/1.1 204 No Content\r\n\r\n");
    });
    ASSERT_EQ(run({"delete"}, server.url("")), exit_ok) << error_.str();
    EXPECT_EQ(server.requests().front().line, "DELETE /v1/comps HTTP/1.1");
}

TEST_F(CompsCommandTest, RefusesWhatIsNoFileOfSoldPricesBeforeItAsksAServer) {
    EXPECT_EQ(run({"put", (directory_.path() / "none.csv").string()}), exit_failed);
    EXPECT_THAT(error_.str(), HasSubstr("none.csv"));
    EXPECT_EQ(run({"put", file("x.json", "[{\"price\":1}]")}), exit_failed);
    EXPECT_THAT(error_.str(), HasSubstr("one JSON document"));
    EXPECT_EQ(run({"put", file("x.csv", "EAN,Price\n1,2\n")}), exit_failed);
    EXPECT_THAT(error_.str(), HasSubstr("assay serve"));  // nobody is there
    EXPECT_EQ(run({"put"}), exit_usage);
    EXPECT_EQ(run({}), exit_usage);
}

}  // namespace
}  // namespace assay::tools
