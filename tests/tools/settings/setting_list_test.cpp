// The list of settings against the modules whose options they fill.
// SPDX-License-Identifier: MIT
#include "tools/settings/setting_list.hpp"

#include <gmock/gmock.h>

#include <set>

#include "tests/support/matchers.hpp"

namespace assay::tools {
namespace {

using testing::FailsWith;
using ::testing::IsEmpty;
using testing::IsOk;

std::string faults_of(const Settings& settings) {
    std::string text;
    for (const Error& fault : validate(settings))
        text += describe(fault) + "\n";
    return text;
}

TEST(SettingList, ItsDefaultsAreSoundAndWithinTheirRanges) {
    const Settings defaults;
    EXPECT_EQ(faults_of(defaults), "");
    for (const Setting& setting : all_settings())
        EXPECT_THAT(check_range(setting, setting.get(defaults)), IsOk()) << setting.full_name();
}

// The range in the list is what the file's reader checks; the module must take all of it.
TEST(SettingList, TheModulesTakeBothEndsOfEveryRange) {
    for (const Setting& setting : all_settings()) {
        if (setting.most == 0) continue;
        for (const std::int64_t end : {setting.least, setting.most}) {
            Settings settings;
            setting.set(settings, end);
            EXPECT_EQ(setting.get(settings), SettingValue(end)) << setting.full_name();
            EXPECT_EQ(faults_of(settings), "") << setting.full_name() << " = " << end;
        }
        EXPECT_THAT(check_range(setting, setting.most + 1), FailsWith(ErrorCode::invalid_argument));
        if (setting.least > 0) {
            EXPECT_THAT(check_range(setting, setting.least - 1),
                        FailsWith(ErrorCode::invalid_argument));
        }
    }
}

TEST(SettingList, EveryNameAndVariableIsThereOnce) {
    std::set<std::string> names, variables;
    for (const Setting& setting : all_settings()) {
        EXPECT_TRUE(names.insert(setting.full_name()).second) << setting.full_name();
        EXPECT_TRUE(variables.insert(setting.environment()).second) << setting.environment();
        EXPECT_FALSE(setting.about.empty()) << setting.full_name();
        EXPECT_EQ(find_setting(setting.full_name()), &setting);
    }
    EXPECT_EQ(find_setting("serve.colour"), nullptr);
    EXPECT_EQ(find_setting("serve.listen")->environment(), "ASSAY_SERVE_LISTEN");
    EXPECT_EQ(find_setting("client.key")->environment(), "ASSAY_API_KEY");
}

TEST(SettingList, WhatAModuleRefusesIsToldByTheSettingsName) {
    Settings settings;
    settings.http.tls_certificate = "cert.pem";
    settings.serve.endpoint_cidrs = {"10.0.0.0/8", "10.0.0.0/99"};
    settings.client.key = "ak_1.x";
    settings.client.key_file = "key";
    const auto faults = validate(settings);
    ASSERT_EQ(faults.size(), 3U);
    EXPECT_EQ(faults[0].field, "serve.tls_cert");
    EXPECT_EQ(faults[1].field, "serve.allow_endpoint_cidr");
    EXPECT_EQ(faults[2].field, "client.key");
}

TEST(SettingText, ReadsWhatFlagsAndVariablesSay) {
    const auto read = [](const char* name, const char* text) {
        return parse_setting(*find_setting(name), text);
    };
    EXPECT_EQ(*read("engine.threads", "8"), SettingValue(std::int64_t{8}));
    EXPECT_EQ(*read("http.heartbeat", "20s"), SettingValue(std::int64_t{20'000}));
    EXPECT_EQ(*read("store.wal_bytes_max", "1GiB"), SettingValue(std::int64_t{1} << 30));
    EXPECT_EQ(*read("serve.allow_insecure_endpoints", "yes"), SettingValue(true));
    EXPECT_EQ(*read("serve.allow_endpoint_cidr", "10.0.0.0/8, fd00::/8"),
              SettingValue(std::vector<std::string>{"10.0.0.0/8", "fd00::/8"}));
    for (const auto& [name, text] : {std::pair{"engine.threads", "many"},
                                     {"engine.threads", "-1"},
                                     {"http.heartbeat", "20"},
                                     {"store.wal_bytes_max", "much"},
                                     {"serve.allow_insecure_endpoints", "perhaps"}})
        EXPECT_THAT(read(name, text), FailsWith(ErrorCode::invalid_argument)) << name;
}

TEST(SettingText, NeverShowsASecret) {
    const Setting& key = *find_setting("client.key");
    EXPECT_EQ(to_toml(key, SettingValue(std::string("ak_1.canary"))), "\"***\"");
    EXPECT_EQ(to_toml(key, SettingValue(std::string())), "\"\"");
}

TEST(SettingText, WritesWhatTheFileWouldReadBack) {
    const Setting& text = *find_setting("serve.public_url");
    EXPECT_EQ(to_toml(text, SettingValue(std::string("a\"b\\c\n"))), "\"a\\\"b\\\\c\\u000a\"");
    EXPECT_EQ(range_text(*find_setting("http.workers")), "from 1 to 64");
    EXPECT_EQ(range_text(*find_setting("notify.dns_timeout")), "from 100ms to 1m");
    EXPECT_THAT(range_text(text), IsEmpty());
}

}  // namespace
}  // namespace assay::tools
