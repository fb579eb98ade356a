// submit, watch, results and cancel against a server that answers, breaks and comes back.
// SPDX-License-Identifier: MIT
#include "tools/cli/batches.hpp"

#include <gmock/gmock.h>

#include <boost/json/parse.hpp>
#include <fstream>

#include "tests/support/temporary_directory.hpp"
#include "tests/tools/cli/fake_api.hpp"
#include "tools/cli/batch_watch.hpp"

namespace assay::tools {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using testing::FakeAnswer;
using testing::FakeApi;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

constexpr AddCommand commands[] = {add_submit, add_watch, add_results, add_cancel};

std::string batch(const std::string& status, int done, const std::string& id = "b1") {
    return R"({"id":")" + id + R"(","object":"batch","status":")" + status +
           R"(","total_products":100,"failed_products":0,)" +
           R"("product_counts":{"total":100,"completed":)" + std::to_string(done) +
           R"(,"failed":0,"cancelled":0},"summary":)" +
           (status == "completed"
                ? R"({"by_verdict":{"buy":60,"pass":40},"lot":{"currency":"EUR",)"
                  R"("net":{"p10":-50,"p50":123456,"p90":200000},"max_bid":99900}}})"
                : "null}");
}
std::string event(const std::string& status, int done) {
    return "event: batch." + status + "\ndata: " + batch(status, done) + "\n\n";
}

class BatchCommandsTest : public ::testing::Test, protected testing::CommandRunner {
  protected:
    int run_with(FakeApi& api, std::vector<std::string> arguments, int stop_after = 1'000) {
        environment["ASSAY_SERVER"] = api.url();
        return run(commands, std::move(arguments), stop_after);
    }
    std::string file(const std::string& name, const std::string& text = "title,qty\nKettle,1\n") {
        const auto path = directory_.path() / name;
        std::ofstream(path, std::ios::binary) << text;
        return path.string();
    }
    std::string bytes_of(const std::string& path) {
        std::stringstream bytes;
        bytes << std::ifstream(path, std::ios::binary).rdbuf();
        return bytes.str();
    }
    std::string path(const std::string& name) { return (directory_.path() / name).string(); }

    testing::TemporaryDirectory directory_;
};

TEST_F(BatchCommandsTest, WatchFollowsTheStreamToTheEnd) {
    FakeApi api(
        {{"/v1/batches/b1", {{200, batch("in_progress", 10)}}},
         {"/v1/batches/b1/events",
          {{200, event("progress", 50) + event("completed", 100), false, "text/event-stream"}}}});
    EXPECT_EQ(run_with(api, {"watch", "b1"}), exit_ok) << error();
    EXPECT_THAT(out(), StartsWith("Batch b1: completed, 100 of 100 products analysed\n"));
    EXPECT_THAT(out(), AllOf(HasSubstr("60 buy, 40 pass"), HasSubstr("1,234.56 EUR"),
                             HasSubstr("cautious -0.50 EUR"), HasSubstr("999.00 EUR")));
}

TEST_F(BatchCommandsTest, WatchTakesItUpAgainWhenTheServerRestartsInTheMiddle) {
    FakeApi api({{"/v1/batches/b1",
                  {{200, batch("in_progress", 10)},
                   {0, "", true},
                   {0, "", true},
                   {503, R"({"code":"unavailable","message":"the store is being re-opened"})"},
                   {200, batch("in_progress", 50)},
                   {200, batch("completed", 100)}}},
                 {"/v1/batches/b1/events",
                  {{200, event("progress", 20), true, "text/event-stream"},
                   {200, event("progress", 70), true, "text/event-stream"}}}});
    EXPECT_EQ(run_with(api, {"watch", "b1"}), exit_ok) << error();
    EXPECT_THAT(error(), AllOf(HasSubstr("The server does not answer"),
                               HasSubstr("The server answers again."), HasSubstr("100 of 100")));
}

TEST_F(BatchCommandsTest, WatchGivesUpOnAServerThatStaysAwayAndSaysHowToComeBack) {
    FakeApi api({{"/v1/batches/b1", {{200, batch("in_progress", 10)}, {0, "", true}}},
                 {"/v1/batches/b1/events", {{0, "", true}}}});
    EXPECT_EQ(run_with(api, {"watch", "b1"}), exit_failed);
    EXPECT_THAT(error(),
                AllOf(HasSubstr("the server has not come back"), HasSubstr("assay watch b1")));
}

TEST_F(BatchCommandsTest, AServerThatNeverAnsweredIsAnErrorAtOnce) {
    environment["ASSAY_SERVER"] = "http://127.0.0.1:1";
    EXPECT_EQ(run(commands, {"watch", "b1"}), exit_failed);
    EXPECT_THAT(error(), HasSubstr("cannot reach http://127.0.0.1:1"));
    FakeApi api({});
    EXPECT_EQ(run_with(api, {"watch", "b1"}), exit_failed);
    EXPECT_THAT(error(), HasSubstr("there is nothing here"));
}

TEST_F(BatchCommandsTest, CtrlCLeavesTheBatchRunningAndSaysHowToComeBack) {
    FakeApi api({{"/v1/batches/b1", {{200, batch("in_progress", 10)}}},
                 {"/v1/batches/b1/events", {{200, "", false, "text/event-stream"}}}});
    EXPECT_EQ(run_with(api, {"watch", "b1"}, 2), exit_interrupted);
    EXPECT_THAT(error(), AllOf(HasSubstr("the batch goes on"), HasSubstr("assay watch b1"),
                               HasSubstr("assay cancel b1")));
    for (const auto& request : api.requests())
        EXPECT_THAT(request.line, StartsWith("GET ")) << "nothing was cancelled";
}

TEST_F(BatchCommandsTest, ATimeoutEndsTheWatchWithACodeOfItsOwn) {
    FakeApi api({{"/v1/batches/b1", {{200, batch("in_progress", 10)}}},
                 {"/v1/batches/b1/events", {{200, "", false, "text/event-stream"}}}});
    EXPECT_EQ(run_with(api, {"watch", "b1", "--timeout", "30s"}), exit_timeout);
    EXPECT_THAT(error(), HasSubstr("The time is up"));
    EXPECT_EQ(run_with(api, {"watch", "b1", "--timeout", "30s", "--json"}), exit_timeout);
    EXPECT_THAT(error(), StartsWith(R"({"error":{"code":"timeout")"));
    EXPECT_EQ(run_with(api, {"watch", "b1", "--timeout", "soon"}), exit_usage);
}

TEST_F(BatchCommandsTest, TheExitCodeSaysHowTheBatchEnded) {
    for (const auto& [status, code] :
         {std::pair{"completed", exit_ok}, {"failed", exit_failed}, {"cancelled", exit_failed}}) {
        FakeApi api({{"/v1/batches/b1", {{200, batch(status, 100)}}}});
        EXPECT_EQ(run_with(api, {"watch", "b1", "--json"}), code) << status;
        EXPECT_EQ(boost::json::parse(out()).at("status").as_string(), status);
        EXPECT_THAT(error(), IsEmpty()) << "a script reads JSON and nothing else";
    }
}

TEST_F(BatchCommandsTest, SubmitPrintsTheIdOfOneFile) {
    FakeApi api({{"/v1/batches", {{202, batch("queued", 0)}}}});
    EXPECT_EQ(run_with(api, {"submit", file("m.csv"), "--freight", "60"}), exit_ok) << error();
    EXPECT_EQ(out(), "b1\n");
    const auto requests = api.requests();
    ASSERT_EQ(requests.size(), 1U);
    EXPECT_THAT(requests[0].line, StartsWith("POST /v1/batches?freight=60 "));
    EXPECT_EQ(requests[0].header("content-type"), "text/csv");
}

TEST_F(BatchCommandsTest, SubmitReadsStandardInputAndTellsItsFormatByItsBytes) {
    FakeApi api({{"/v1/batches", {{202, batch("queued", 0)}}}});
    type("{\"title\":\"Kettle\"}\n{\"title\":\"Toaster\"}\n");
    EXPECT_EQ(run_with(api, {"submit", "-"}), exit_ok) << error();
    EXPECT_EQ(api.requests()[0].header("content-type"), "application/x-ndjson");
    EXPECT_EQ(run_with(api, {"submit", "-", "-"}), exit_usage);
}

TEST_F(BatchCommandsTest, SubmitOfSeveralFilesGoesOnBehindOneThatIsRefused) {
    FakeApi api({{"/v1/batches",
                  {{202, batch("queued", 0, "b1")},
                   {422, R"({"code":"empty_batch","message":"holds no products"})"},
                   {202, batch("queued", 0, "b3")}}},
                 {"/v1/batches/b1", {{200, batch("completed", 100, "b1")}}},
                 {"/v1/batches/b3", {{200, batch("completed", 100, "b3")}}}});
    const std::string one = file("one.csv"), two = file("two.csv"), three = file("three.csv");
    EXPECT_EQ(run_with(api, {"submit", one, two, three, "--wait"}), exit_failed);
    EXPECT_THAT(out(), StartsWith("FILE"));
    const std::string table = out();
    EXPECT_EQ(std::count(table.begin(), table.end(), '\n'), 4);
    EXPECT_THAT(out(), AllOf(HasSubstr("not accepted"), HasSubstr("b1"), HasSubstr("b3"),
                             HasSubstr("1,234.56 EUR")));
    EXPECT_THAT(error(), HasSubstr(two + ": holds no products"));
}

TEST_F(BatchCommandsTest, SubmitOfSeveralFilesGivesScriptsALineAFile) {
    FakeApi api({{"/v1/batches", {{202, batch("queued", 0)}}}});
    EXPECT_EQ(run_with(api, {"submit", file("a.csv"), path("none.csv"), "--json"}), exit_failed);
    std::istringstream lines(out());
    std::string line;
    ASSERT_TRUE(std::getline(lines, line));
    EXPECT_EQ(boost::json::parse(line).at("batch").at("id").as_string(), "b1");
    ASSERT_TRUE(std::getline(lines, line));
    EXPECT_EQ(boost::json::parse(line).at("error").at("code").as_string(), "io_error");
    EXPECT_THAT(error(), IsEmpty());
}

TEST_F(BatchCommandsTest, SubmitRefusesOneIdempotencyKeyForSeveralFiles) {
    EXPECT_EQ(run(commands, {"submit", "a.csv", "b.csv", "--idempotency-key", "k"}), exit_usage);
    EXPECT_THAT(error(), HasSubstr("--idempotency-key: cannot stand for several files"));
}

const std::string result_line =
    R"({"product_id":"p1","product_data":{"title":"=1+1"},"status":"completed",)"
    R"("result":null,"error":null})"
    "\n";

TEST_F(BatchCommandsTest, ResultsArePipedAsTheyAre) {
    FakeApi api({{"/v1/batches/b1", {{200, batch("completed", 100)}}},
                 {"/v1/batches/b1/results",
                  {{200, result_line + result_line, false, "application/x-ndjson"}}}});
    EXPECT_EQ(run_with(api, {"results", "b1", "--status", "completed"}), exit_ok) << error();
    EXPECT_EQ(out(), result_line + result_line);
    EXPECT_THAT(api.requests().back().line, HasSubstr("/results?status=completed "));
    EXPECT_THAT(error(), IsEmpty());
}

TEST_F(BatchCommandsTest, ResultsBecomeCsvByOptionOrByName) {
    FakeApi api({{"/v1/batches/b1", {{200, batch("completed", 100)}}},
                 {"/v1/batches/b1/results", {{200, result_line, false, "application/x-ndjson"}}}});
    EXPECT_EQ(run_with(api, {"results", "b1", "--format", "csv"}), exit_ok) << error();
    EXPECT_THAT(out(), HasSubstr("\r\np1,completed,,,'=1+1,"));
    EXPECT_EQ(run_with(api, {"results", "b1", "--out", path("r.csv")}), exit_ok) << error();
    EXPECT_THAT(out(), IsEmpty());
    EXPECT_THAT(bytes_of(path("r.csv")), HasSubstr("p1,completed"));
    EXPECT_EQ(run_with(api, {"results", "b1", "--out", path("r.csv"), "--format", "ndjson"}),
              exit_ok);
    EXPECT_EQ(bytes_of(path("r.csv")), result_line);
}

TEST_F(BatchCommandsTest, AFileOfResultsAppearsWholeOrNotAtAll) {
    FakeApi api({{"/v1/batches/b1", {{200, batch("completed", 100)}}},
                 {"/v1/batches/b1/results", {{200, result_line, true, "application/x-ndjson"}}}});
    const std::string good = file("r.ndjson", "an earlier run\n");
    EXPECT_EQ(run_with(api, {"results", "b1", "--out", good}), exit_failed);
    EXPECT_THAT(error(), HasSubstr("broke"));
    EXPECT_EQ(bytes_of(good), "an earlier run\n");
    EXPECT_FALSE(std::filesystem::exists(good + ".part"));
}

TEST_F(BatchCommandsTest, APersonReadsResultsAsATableAndHearsThatTheyAreNotAll) {
    FakeApi api({{"/v1/batches/b1", {{200, batch("in_progress", 10)}}},
                 {"/v1/batches/b1/results", {{200, result_line, false, "application/x-ndjson"}}}});
    terminal = true;
    EXPECT_EQ(run_with(api, {"results", "b1"}), exit_ok) << error();
    EXPECT_THAT(out(), StartsWith("VERDICT"));
    EXPECT_THAT(error(), HasSubstr("these are the results so far"));
}

TEST_F(BatchCommandsTest, CancelShowsWhatBecameOfIt) {
    FakeApi api({{"/v1/batches/b1/cancel",
                  {{200, batch("cancelling", 10)},
                   {409, R"({"code":"already_settled","message":"the batch has ended"})"}}}});
    EXPECT_EQ(run_with(api, {"cancel", "b1"}), exit_ok) << error();
    EXPECT_THAT(out(), HasSubstr("cancelling"));
    EXPECT_EQ(run_with(api, {"cancel", "b1", "--json"}), exit_failed);
    EXPECT_EQ(error(), R"({"error":{"code":"already_settled","message":"the batch has ended"}})"
                       "\n");
}

}  // namespace
}  // namespace assay::tools
