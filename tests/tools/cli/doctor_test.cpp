// Each check of the doctor, sound and sick, and the whole of it on a real data directory.
// SPDX-License-Identifier: MIT
#include "tools/cli/doctor.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <boost/json/parse.hpp>
#include <fstream>

#include "engine/batch_store/batch_store.hpp"
#include "tests/support/matchers.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/tools/cli/fake_api.hpp"
#include "tools/cli/serve.hpp"
#include "tools/cli/text_width.hpp"

namespace assay::tools {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using testing::IsOk;
using ::testing::Not;

const TimePoint now = *parse_time("2026-05-25T10:30:00Z");

void expect(const Check& check, CheckOutcome outcome, const std::string& part) {
    EXPECT_EQ(check.outcome, outcome) << check.message;
    EXPECT_THAT(check.message, HasSubstr(part));
    const bool sick = outcome == CheckOutcome::warning || outcome == CheckOutcome::failure;
    EXPECT_EQ(check.remedy.empty(), !sick) << "what is sick has a remedy, what is well has none";
}

TEST(DoctorChecks, WarnOfFeeTablesOlderThanNinetyDays) {
    engine::Tables tables;
    tables.channels.resize(1);
    tables.channels[0].name = "ebay_de";
    tables.channels[0].tables.resize(1);
    const auto effective = [&](int days_ago) {
        tables.channels[0].tables[0].effective =
            std::chrono::floor<std::chrono::days>(now) - std::chrono::days(days_ago);
        return check_fee_tables(tables, now);
    };
    expect(effective(0), CheckOutcome::ok, "0 days");
    expect(effective(90), CheckOutcome::ok, "ebay_de 2026-02-24 (90 days)");
    expect(effective(91), CheckOutcome::warning, "older than 90 days: ebay_de");
    expect(effective(-1), CheckOutcome::warning, "ebay_de has none for today");
}

TEST(DoctorChecks, ReadTheProfilesAndNameTheFileThatIsWrong) {
    expect(check_profiles(""), CheckOutcome::ok, "built-in");
    const testing::TemporaryDirectory directory;
    const std::string path = directory.path();
    expect(check_profiles(path + "/nowhere"), CheckOutcome::failure, "nowhere");
    std::ofstream(path + "/broken.json") << R"({"name":"acme","version":1,"envelope":"round"})";
    expect(check_profiles(path), CheckOutcome::failure, "broken.json");
    std::ofstream(path + "/broken.json") << R"({"name":"acme","version":1,"source":"a test",
        "envelope":"data_only","content_type":"application/json",
        "signature":{"layout":"body_hex","header":"X-Acme-Signature","old_secret_last":true},
        "secret":"required","headers":{},"success":"any_2xx","response":"kept","timeout_ms":5000,
        "retry":{"delays_s":[1],"jitter_percent":0,"honours_retry_after":false,
                 "gone_disables":false},
        "events":[],"accepts_published_types":true})";
    expect(check_profiles(path), CheckOutcome::ok, "1 profile in ");
}

TEST(DoctorChecks, KnowAClockThatCannotBeRight) {
    expect(check_clock(now, {}), CheckOutcome::ok, "2026-05-25");
    expect(check_clock(now, now + std::chrono::minutes(4)), CheckOutcome::ok, "2026");
    expect(check_clock(now, now + std::chrono::minutes(6)), CheckOutcome::failure,
           "the data was written at 2026-05-25T10:36");
    expect(check_clock(*parse_time("1970-01-01"), {}), CheckOutcome::failure, "1970");
    expect(check_clock(*parse_time("2170-01-01"), {}), CheckOutcome::failure, "2170");
}

TEST(DoctorChecks, KnowAFullDisk) {
    constexpr std::uint64_t gib = std::uint64_t{1} << 30;
    expect(check_disk(100 * gib, 1'000'000), CheckOutcome::ok, "100 GiB");
    expect(check_disk(gib, 1'000'000), CheckOutcome::warning, "1,024 MiB");
    expect(check_disk(gib / 8, 1'000'000), CheckOutcome::failure, "128 MiB");
    expect(check_disk(100 * gib, 10), CheckOutcome::failure, "inodes");
}

TEST(DoctorChecks, KnowHowManyFilesAServerNeeds) {
    expect(check_open_files(1'048'576, 4'096), CheckOutcome::ok, "1,048,576");
    expect(check_open_files(4'096, 4'096), CheckOutcome::warning, "4,096 connections");
    expect(check_open_files(128, 4'096), CheckOutcome::failure, "128");
    expect(check_open_files(~std::uint64_t{0}, 4'096), CheckOutcome::ok, "a server may open");
}

TEST(DoctorChecks, KnowWhetherNamesCanBeResolved) {
    expect(check_resolver("# none\nnameserver 10.0.0.1\n nameserver 10.0.0.2\n"), CheckOutcome::ok,
           "2 name servers");
    expect(check_resolver("search example.com\n"), CheckOutcome::warning, "names no server");
    expect(check_resolver(std::nullopt), CheckOutcome::warning, "cannot be read");
}

TEST(DoctorChecks, HoldTheStoreAgainstItsMark) {
    using Mark = Result<std::optional<std::int64_t>>;
    expect(check_mark(7, Mark(7)), CheckOutcome::ok, "as the mark says");
    expect(check_mark(8, Mark(7)), CheckOutcome::ok, "8");
    expect(check_mark(7, Mark(std::nullopt)), CheckOutcome::ok, "no mark");
    expect(check_mark(7, Mark(9)), CheckOutcome::failure, "2 commits are missing");
    expect(check_mark(7, fail(ErrorCode::corrupt, "the mark file is damaged")),
           CheckOutcome::failure, "damaged");
    expect(check_wal(1 << 20, 256 << 20), CheckOutcome::ok, "1 MiB");
    expect(check_wal(std::uint64_t{600} << 20, 256 << 20), CheckOutcome::warning, "600 MiB");
}

TEST(DoctorReport, PutsTheRemedyBelowWhatIsSickAndFitsTheTerminal) {
    const std::vector<Check> checks{
        {"clock", CheckOutcome::ok, "right", ""},
        {"disk", CheckOutcome::failure, std::string(20, 'x') + " " + std::string(50, 'y'),
         "make room, or put the data directory on a larger disk"},
        {"store", CheckOutcome::skipped, "none", "name one"}};
    for (const int columns : {60, 80, 140}) {
        const std::string report = doctor_report(checks, {columns, false});
        std::istringstream lines(report);
        for (std::string line; std::getline(lines, line);)
            EXPECT_LT(display_width(line), static_cast<std::size_t>(std::max(columns, 80))) << line;
        EXPECT_THAT(report, AllOf(HasSubstr("ok    clock"), HasSubstr("FAIL  disk"),
                                  HasSubstr("-> make room"), HasSubstr("-> name one"),
                                  HasSubstr("3 checks: 1 failure, 0 warnings.")));
        EXPECT_THAT(report, Not(HasSubstr("\x1b")));
    }
    EXPECT_THAT(doctor_report(checks, {80, true}), HasSubstr("\x1b[31mFAIL\x1b[0m"));
}

class DoctorTest : public ::testing::Test, protected testing::CommandRunner {
  protected:
    DoctorTest() { environment["HOME"] = directory_.path(); }

    static constexpr AddCommand commands_[] = {add_doctor};
    std::string data() const { return (directory_.path() / "data").string(); }
    // The checks of one run by name, as "outcome: message".
    std::map<std::string, std::string> checks(std::vector<std::string> more = {}) {
        std::vector<std::string> arguments{"doctor", "--json", "--data-dir", data()};
        arguments.insert(arguments.end(), more.begin(), more.end());
        code_ = run(commands_, arguments);
        std::map<std::string, std::string> by_name;
        const auto answer = boost::json::parse(out());
        for (const auto& check : answer.at("checks").as_array()) {
            by_name[std::string(check.at("name").as_string())] =
                std::string(check.at("outcome").as_string()) + ": " +
                std::string(check.at("message").as_string());
        }
        return by_name;
    }
    void make_store() {
        const auto migrations = all_migrations();
        const auto database = *engine::Database::open({data(), false, {}}, migrations);
        testing::ManualClock clock;
        engine::Writer writer(*database, clock);
        const auto job = [&](engine::Tx& tx) -> Result<void> {
            engine::Event event;
            event.id = EventId("evt_1");
            event.tenant = TenantId("default");
            event.type = "order.created";
            event.created_at = now;
            event.data = "{}";
            const auto appended = engine::batch_store::append_event(tx, event);
            return appended ? Result<void>() : Result<void>(appended.error());
        };
        ASSERT_THAT(writer.run(job), IsOk());
    }

    testing::TemporaryDirectory directory_;
    int code_ = -1;
};

TEST_F(DoctorTest, FindsASoundStoreSound) {
    make_store();
    const auto found = checks();
    EXPECT_THAT(found.at("store"), HasSubstr("ok: "));
    EXPECT_THAT(found.at("rows"), HasSubstr("ok: 1 rows, every checksum holds"));
    EXPECT_THAT(found.at("commits"), HasSubstr("ok: "));
    EXPECT_THAT(found.at("structure"), HasSubstr("ok: "));
    EXPECT_THAT(found.at("server"), HasSubstr("skipped: none answers"));
}

TEST_F(DoctorTest, NamesADamagedRowAndEndsWithOne) {
    make_store();
    {
        auto connection = *engine::Connection::open(std::filesystem::path(data()) / "assay.db", {},
                                                    engine::ConnectionRole::writer);
        ASSERT_THAT(connection->execute("UPDATE event SET data='[]'"), IsOk());
    }
    const auto found = checks();
    EXPECT_THAT(found.at("rows"), HasSubstr("failure: 1 of 1 rows are damaged"));
    EXPECT_EQ(code_, exit_failed);
}

TEST_F(DoctorTest, StandsAsideWhileAServerHoldsTheStore) {
    make_store();
    const auto migrations = all_migrations();
    const auto database = *engine::Database::open({data(), false, {}}, migrations);
    EXPECT_THAT(checks().at("store"), HasSubstr("warning: a server uses it"));
}

TEST_F(DoctorTest, MakesNoStoreWhereThereIsNone) {
    EXPECT_THAT(checks().at("store"), HasSubstr("failure: there is no store in"));
    EXPECT_FALSE(std::filesystem::exists(data()));
}

TEST_F(DoctorTest, FindsKeysThatOthersCanRead) {
    make_store();
    const std::string key = data() + "/admin.key";
    std::ofstream(key) << "ak_1.canary\n";
    ASSERT_EQ(::chmod(key.c_str(), 0600), 0);
    EXPECT_THAT(checks().at("key files"), HasSubstr("ok: "));
    ASSERT_EQ(::chmod(key.c_str(), 0644), 0);
    EXPECT_THAT(checks().at("key files"), HasSubstr("failure: " + key));
    EXPECT_THAT(out(), Not(HasSubstr("canary")));
    environment["ASSAY_SERVE_KEY_FILE"] = "/nowhere/master.key";
    EXPECT_THAT(checks().at("key files"), HasSubstr("failure: "));
}

TEST_F(DoctorTest, TellsOfAFaultyConfigurationAndGoesOn) {
    const std::string path = directory_.path() / "a.toml";
    std::ofstream(path) << "[serve]\nlisen = 1\n";
    const auto found = checks({"--config", path});
    EXPECT_THAT(found.at("configuration"), HasSubstr("did you mean listen?"));
    EXPECT_TRUE(found.contains("disk"));
    EXPECT_EQ(code_, exit_failed);
}

TEST_F(DoctorTest, AsksTheServerForItsVersionAndWhetherTheKeyIsTaken) {
    testing::FakeApi api(
        {{"/healthz", {{200, R"({"status":"ok","version":"9.9.9"})"}}},
         {"/readyz", {{200, R"({"status":"ready"})"}}},
         {"/v1/batches", {{401, R"({"code":"unauthorized","message":"no key"})"}}}});
    environment["ASSAY_SERVER"] = api.url();
    environment["ASSAY_API_KEY"] = "ak_1.canary";
    const auto found = checks();
    EXPECT_THAT(found.at("server"),
                HasSubstr("warning: " + api.url() + " answers with version 9.9.9"));
    EXPECT_THAT(found.at("API key"), HasSubstr("failure: no key"));
    environment["ASSAY_SERVER"] = "http://127.0.0.1:1";
    EXPECT_THAT(checks().at("server"), HasSubstr("failure: cannot reach"))
        << "a server that somebody named must be there";
}

}  // namespace
}  // namespace assay::tools
