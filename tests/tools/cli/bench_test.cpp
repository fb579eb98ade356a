// `assay bench`: small loads to the built-in receiver and to one of the user's choice.
// SPDX-License-Identifier: MIT
#include "tools/cli/bench.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <sstream>

#include "engine/base/random.hpp"
#include "tests/support/manual_clock.hpp"
#include "tools/cli/commands.hpp"
#include "tools/load/fast_receiver.hpp"

namespace assay::tools {
namespace {

namespace json = boost::json;

class BenchTest : public ::testing::Test {
  protected:
    int bench(std::vector<std::string> arguments) {
        out_.str("");
        error_.str("");
        arguments.insert(arguments.begin(), "bench");
        CommandContext context{in_, out_, error_, clock_, random_};
        return run_command_line(arguments, all_commands(), context);
    }
    json::object answer() const { return json::parse(out_.str()).as_object(); }

    std::istringstream in_;
    std::ostringstream out_, error_;
    testing::ManualClock clock_;
    SeededRandom random_{1};
};

TEST_F(BenchTest, DeliversToTheBuiltInReceiverAndVerifiesASample) {
    for (const bool durable : {false, true}) {
        std::vector<std::string> arguments{"--count", "600", "--bytes", "512", "--json"};
        if (durable) arguments.emplace_back("--durable");
        ASSERT_EQ(bench(arguments), exit_ok) << error_.str();
        const json::object got = answer();
        EXPECT_EQ(got.at("delivered").as_int64(), 600);
        EXPECT_EQ(got.at("failed").as_int64(), 0);
        EXPECT_EQ(got.at("body_bytes").as_int64(), 512);
        EXPECT_EQ(got.at("durable").as_bool(), durable);
        EXPECT_GE(got.at("verified").as_int64(), 1);
        EXPECT_GT(got.at("per_second").to_number<double>(), 0);
        EXPECT_EQ(got.contains("latency_us"), !durable);
    }
}

TEST_F(BenchTest, DeliversToAReceiverOfTheUsersChoice) {
    const FastReceiver receiver(1);
    ASSERT_EQ(bench({receiver.url(), "--count", "300", "--endpoints", "3"}), exit_ok)
        << error_.str();
    EXPECT_EQ(receiver.received(), 300U);
    EXPECT_NE(out_.str().find("300 deliveries of 1,024 bytes each, signed, to 3 endpoints at " +
                              receiver.url() + ", from memory"),
              std::string::npos)
        << out_.str();
}

TEST_F(BenchTest, PutsSilentEndpointsBesideThoseThatAnswer) {
    ASSERT_EQ(bench({"--count", "200", "--endpoints", "20", "--own-addresses", "--silent", "10",
                     "--json"}),
              exit_ok)
        << error_.str();
    EXPECT_EQ(answer().at("delivered").as_int64(), 200);
    EXPECT_EQ(answer().at("endpoints").as_int64(), 20);
    EXPECT_EQ(answer().at("silent").as_int64(), 10);
    ASSERT_EQ(bench({"--count", "20", "--silent", "2"}), exit_ok) << error_.str();
    EXPECT_NE(out_.str().find("to 1 endpoint at "), std::string::npos) << out_.str();
    EXPECT_NE(out_.str().find("silent       2 endpoints beside them\n"), std::string::npos);
}

TEST_F(BenchTest, RefusesSilentEndpointsWhereTheyMeanNothing) {
    EXPECT_EQ(bench({"--count", "5", "--silent", "1", "--durable"}), exit_usage);
    EXPECT_EQ(bench({"--count", "5", "--silent", "10000"}), exit_usage);
    EXPECT_EQ(bench({"--endpoints", "5000", "--silent", "5001"}), exit_usage);
    EXPECT_EQ(bench({"http://localhost:9/", "--own-addresses"}), exit_usage);
}

TEST_F(BenchTest, TimesADurableRateAtTheBuiltInReceiver) {
    ASSERT_EQ(bench({"--durable", "--count", "200", "--rate", "10000", "--json"}), exit_ok)
        << error_.str();
    EXPECT_GT(answer().at("latency_us").at("p99").to_number<double>(), 0);
}

TEST_F(BenchTest, TakesAsManyAsTheRateMakesInTheTime) {
    ASSERT_EQ(bench({"--seconds", "1", "--rate", "200", "--json"}), exit_ok) << error_.str();
    EXPECT_EQ(answer().at("delivered").as_int64(), 200);
}

TEST_F(BenchTest, SaysWhatAReceiverMustDoWhenNobodyAnswers) {
    std::string url;
    {
        const FastReceiver gone(1);
        url = gone.url();
    }
    EXPECT_EQ(bench({url, "--count", "5", "--patience", "1"}), exit_failed);
    EXPECT_NE(error_.str().find("0 of 5 came"), std::string::npos) << error_.str();
    EXPECT_NE(error_.str().find("2xx"), std::string::npos) << error_.str();
    EXPECT_EQ(out_.str(), "");
}

TEST_F(BenchTest, RefusesReceiversElsewhereAndLoadsThatAreNone) {
    EXPECT_EQ(bench({"https://example.com/hook"}), exit_usage);
    EXPECT_NE(error_.str().find("this machine only"), std::string::npos) << error_.str();
    EXPECT_EQ(bench({"http://10.0.0.1/hook"}), exit_usage);
    EXPECT_NE(error_.str().find("such as http://127.0.0.1"), std::string::npos) << error_.str();
    EXPECT_EQ(error_.str().find("--allow"), std::string::npos) << error_.str();
    EXPECT_EQ(bench({"--count", "0"}), exit_usage);
    EXPECT_EQ(bench({"--bytes", "10"}), exit_usage);
    EXPECT_EQ(bench({"--count", "5", "--seconds", "1"}), exit_usage);
}

TEST(BenchReport, NamesEveryFigureOnce) {
    LoadOptions load;
    load.url = "http://127.0.0.1:9/";
    LoadReport report;
    report.delivered = 50'000;
    report.seconds = 2;
    report.processor_seconds = 1;
    report.connections = 64;
    report.latency = {1'000, 500, 1'250, 2'000, 3'000};
    EXPECT_EQ(bench_report(load, report),
              "50,000 deliveries of 1,024 bytes each, signed, to 1 endpoint at "
              "http://127.0.0.1:9/, from memory\n\n"
              "rate         25,000 a second\n"
              "took         2 s\n"
              "processor    20 us a delivery\n"
              "answered in  half within 0.5 ms, 99 % 1.25 ms, 99.9 % 2 ms\n"
              "connections  64\n"
              "failed       0 attempts\n"
              "verified     nothing: a receiver of your own checks it\n");
}

}  // namespace
}  // namespace assay::tools
