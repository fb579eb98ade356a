// The TOML file: every fault at once, each with its line, and the name that was meant.
// SPDX-License-Identifier: MIT
#include "tools/settings/settings_file.hpp"

#include <gmock/gmock.h>

namespace assay::tools {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<std::string> faults_of(std::string_view text) {
    std::vector<std::string> faults;
    for (const Error& fault : parse_settings_file(text).faults)
        faults.push_back(describe(fault));
    return faults;
}

TEST(SettingsFile, ReadsEveryKindOfValue) {
    const SettingsFile file = parse_settings_file(
        "[serve]\n"
        "listen = \"[::1]:0\"  # a comment\n"
        "allow_insecure_endpoints = true\n"
        "allow_endpoint_cidr = [\"10.0.0.0/8\"]\n"
        "[store]\n"
        "wal_bytes_max = \"512MiB\"\n"
        "checkpoint_bytes = 65536\n"
        "[http]\n"
        "workers = 8\n"
        "heartbeat = \"20s\"\n");
    EXPECT_THAT(file.faults, IsEmpty());
    ASSERT_EQ(file.settings.size(), 7U);
    Settings settings;
    for (const FileSetting& one : file.settings)
        one.setting->set(settings, one.value);
    EXPECT_EQ(settings.serve.listen, "[::1]:0");
    EXPECT_TRUE(settings.serve.allow_insecure_endpoints);
    EXPECT_THAT(settings.serve.endpoint_cidrs, ElementsAre("10.0.0.0/8"));
    EXPECT_EQ(settings.store.wal_bytes_max, 512U << 20);
    EXPECT_EQ(settings.store.checkpoint_bytes, 65'536U);
    EXPECT_EQ(settings.http.workers, 8);
    EXPECT_EQ(settings.http.heartbeat, std::chrono::seconds(20));
}

TEST(SettingsFile, TellsAllFaultsAtOnceInTheOrderOfTheFile) {
    EXPECT_THAT(
        faults_of("[serve]\n"
                  "lisen = \"127.0.0.1:80\"\n"
                  "data_dir = 7\n"
                  "[http]\n"
                  "workers = 65\n"
                  "heartbeat = 20\n"
                  "colour = 1\n"
                  "[htpt]\n"
                  "workers = 1\n"),
        ElementsAre("line 2: serve.lisen: is not known (did you mean listen?)",
                    "line 3: serve.data_dir: is no text (write it in quotes)",
                    "line 5: http.workers: 65 is out of range (write a value from 1 to 64)",
                    "line 6: http.heartbeat: lacks its unit (write it like \"500ms\", \"30s\", "
                    "\"5m\")",
                    "line 7: http.colour: is not known (`assay config example` lists every "
                    "setting)",
                    "line 8: htpt: is not known (did you mean [http]?)"));
}

TEST(SettingsFile, NamesTheLineWhereItStopsBeingToml) {
    const auto faults = faults_of("[serve]\nlisten = \"a\"\nlisten = \"b\"\n");
    ASSERT_EQ(faults.size(), 1U);
    EXPECT_THAT(faults[0], HasSubstr("line 3: is no TOML"));
    EXPECT_THAT(faults_of("[serve\n")[0], HasSubstr("line 1: is no TOML"));
}

TEST(SettingsFile, TakesNoValueForATableNorATableForAValue) {
    EXPECT_THAT(faults_of("serve = 1\n")[0], HasSubstr("line 1: serve: must be a table"));
    EXPECT_THAT(faults_of("[serve.listen]\nport = 1\n")[0], HasSubstr("serve.listen: is no text"));
    EXPECT_THAT(faults_of("[serve]\nallow_endpoint_cidr = [1]\n")[0],
                HasSubstr("is no list of texts"));
    EXPECT_THAT(faults_of("[http]\nworkers = 2.0\n")[0], HasSubstr("is no whole number"));
    EXPECT_THAT(faults_of("[serve]\nallow_insecure_endpoints = \"yes\"\n")[0],
                HasSubstr("is no true or false"));
}

TEST(SettingsFile, IsSoundWhenItIsEmpty) {
    EXPECT_THAT(faults_of(""), IsEmpty());
    EXPECT_THAT(faults_of("# nothing\n[serve]\n"), IsEmpty());
}

TEST(SettingsFile, ListsAHundredFaultsAtMost) {
    std::string text = "[serve]\n";
    for (int i = 0; i < 500; ++i)
        text += "unknown" + std::to_string(i) + " = 1\n";
    EXPECT_EQ(faults_of(text).size(), 100U);
}

}  // namespace
}  // namespace assay::tools
