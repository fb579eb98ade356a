// Which layer wins, where the file is found, whose key goes to whose server, and the example.
// SPDX-License-Identifier: MIT
#include "tools/settings/settings.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <fstream>
#include <map>
#include <sstream>

#include "tests/support/matchers.hpp"
#include "tests/support/source_tree.hpp"
#include "tests/support/temporary_directory.hpp"

namespace assay::tools {
namespace {

using ::testing::EndsWith;
using testing::FailsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::IsOk;
using ::testing::Not;

class SettingsTest : public ::testing::Test {
  protected:
    std::string file(const std::string& name, const std::string& text, mode_t mode = 0600) {
        const auto path = directory_.path() / name;
        std::filesystem::create_directories(path.parent_path());
        std::ofstream(path) << text;
        EXPECT_EQ(::chmod(path.c_str(), mode), 0);
        return path.string();
    }
    LoadedSettings load(const std::string& config = {}, std::vector<SettingText> flags = {}) {
        return load_settings({config,
                              [this](const std::string& name) -> std::optional<std::string> {
                                  const auto found = environment_.find(name);
                                  if (found == environment_.end()) return std::nullopt;
                                  return found->second;
                              },
                              std::move(flags), directory_.path()});
    }

    testing::TemporaryDirectory directory_;
    std::map<std::string, std::string> environment_;
};

TEST_F(SettingsTest, AFlagWinsOverTheEnvironmentAndThatOverTheFileAndThatOverTheDefault) {
    const auto config = file("a.toml",
                             "[http]\nworkers = 5\n[engine]\nthreads = 5\n"
                             "[notify]\nshards = 5\n");
    environment_ = {{"ASSAY_ENGINE_THREADS", "6"}, {"ASSAY_NOTIFY_SHARDS", "6"}};
    const LoadedSettings loaded = load(config, {{"notify.shards", "--shards", "7"}});
    EXPECT_THAT(loaded.faults, IsEmpty());
    EXPECT_EQ(loaded.settings.http.workers, 5);
    EXPECT_EQ(loaded.settings.engine.threads, 6);
    EXPECT_EQ(loaded.settings.notify.shards, 7);
    EXPECT_EQ(loaded.settings.http.waiting_max, 256U);
    EXPECT_EQ(loaded.origin("http.workers"), config + ":2");
    EXPECT_EQ(loaded.origin("engine.threads"), "ASSAY_ENGINE_THREADS");
    EXPECT_EQ(loaded.origin("notify.shards"), "--shards");
    EXPECT_EQ(loaded.origin("http.waiting_max"), "default");
}

TEST_F(SettingsTest, TheFirstFileThatIsThereIsReadAloneAndANamedOneMustBeThere) {
    EXPECT_EQ(load().file, "");
    environment_["HOME"] = directory_.path() / "home";
    file("home/.config/assay/config.toml", "[http]\nworkers = 1\n");
    EXPECT_EQ(load().settings.http.workers, 1);
    environment_["XDG_CONFIG_HOME"] = directory_.path() / "xdg";
    EXPECT_EQ(load().file, "") << "with XDG_CONFIG_HOME set, ~/.config is not looked at";
    file("xdg/assay/config.toml", "[http]\nworkers = 2\n");
    EXPECT_EQ(load().settings.http.workers, 2);
    file("assay.toml", "[engine]\nthreads = 3\n");
    EXPECT_EQ(load().settings.engine.threads, 3);
    EXPECT_EQ(load().settings.http.workers, 4) << "files do not add up";
    environment_["ASSAY_CONFIG"] = file("named.toml", "[http]\nworkers = 9\n");
    EXPECT_EQ(load().settings.http.workers, 9);
    EXPECT_EQ(load(file("flag.toml", "[http]\nworkers = 10\n")).settings.http.workers, 10);

    const LoadedSettings missing = load("/nowhere/assay.toml");
    ASSERT_EQ(missing.faults.size(), 1U);
    EXPECT_THAT(describe(as_error(missing)), HasSubstr("cannot read /nowhere/assay.toml"));
    EXPECT_THAT(describe(as_error(load(directory_.path()))), HasSubstr("is a directory"));
}

TEST_F(SettingsTest, AllFaultsOfAllLayersAreToldTogether) {
    const auto config = file("a.toml", "[serve]\nlisen = \"x\"\ntls_cert = \"c.pem\"\n");
    environment_["ASSAY_HTTP_WORKERS"] = "many";
    const LoadedSettings loaded = load(config, {{"engine.threads", "--threads", "999"}});
    ASSERT_EQ(loaded.faults.size(), 4U);
    const std::string text = describe(as_error(loaded));
    EXPECT_THAT(text, HasSubstr("4 settings are wrong"));
    EXPECT_THAT(text, HasSubstr(config + ": line 2: serve.lisen: is not known"));
    EXPECT_THAT(text, HasSubstr(config + ": line 3: serve.tls_cert: a certificate and its key"));
    EXPECT_THAT(text, HasSubstr("ASSAY_HTTP_WORKERS: \"many\" is no whole number"));
    EXPECT_THAT(text, HasSubstr("--threads: 999 is out of range (write a value from 0 to 256)"));
}

TEST_F(SettingsTest, AKeyStandsOnlyInFilesThatNobodyElseReads) {
    const std::string text = "[client]\nkey = \"ak_1.canary\"\n";
    const LoadedSettings open = load(file("open.toml", text, 0644));
    ASSERT_EQ(open.faults.size(), 1U);
    EXPECT_EQ(open.faults[0].line, 2U);
    EXPECT_THAT(describe(as_error(open)), Not(HasSubstr("canary")));
    const LoadedSettings closed = load(file("closed.toml", text));
    EXPECT_EQ(*api_key(closed), "ak_1.canary");

    const std::string by_file = "[client]\nkey_file = \"" + file("api.key", " ak_2.x\n") + "\"\n";
    EXPECT_EQ(*api_key(load(file("by_file.toml", by_file, 0644))), "ak_2.x");
    file("api.key", "ak_2.x\n", 0644);
    EXPECT_THAT(api_key(load(file("by_file.toml", by_file))),
                FailsWith(ErrorCode::invalid_argument));
}

TEST_F(SettingsTest, ALaterLayersKeyReplacesAnEarlierLayersKeyFile) {
    const auto config =
        file("a.toml", "[client]\nkey_file = \"" + file("api.key", "ak_file.x\n") + "\"\n");
    environment_["ASSAY_API_KEY"] = "ak_environment.x";
    EXPECT_EQ(*api_key(load(config)), "ak_environment.x");
    const auto both = file("b.toml", "[client]\nkey = \"ak_1.x\"\nkey_file = \"k\"\n");
    EXPECT_THAT(describe(as_error(load(both))), HasSubstr("stands beside client.key_file"));
}

// A directory that was downloaded may hold an assay.toml of somebody else's.
TEST_F(SettingsTest, AFoundFileDoesNotSendYourKeyToItsServer) {
    environment_["ASSAY_API_KEY"] = "ak_mine.x";
    const auto found = file("assay.toml", "[client]\nserver = \"https://evil.example\"\n");
    const auto refused = api_key(load());
    ASSERT_THAT(refused, FailsWith(ErrorCode::forbidden));
    EXPECT_THAT(refused.error().message, Not(HasSubstr("ak_mine")));
    EXPECT_EQ(*api_key(load(found)), "ak_mine.x") << "a named file is trusted";
    environment_["ASSAY_SERVER"] = "https://own.example";
    EXPECT_EQ(*api_key(load()), "ak_mine.x") << "the server is the user's own word";
    environment_.erase("ASSAY_SERVER");

    file("assay.toml", "[client]\nserver = \"http://127.0.0.1:8080\"\n");
    EXPECT_EQ(*api_key(load()), "ak_mine.x") << "this machine is no stranger";
    for (const char* trick :
         {"http://127.0.0.1@evil.example", "http://127.0.0.1.evil.example",
          "http://localhost:x@evil.example/", "http://127.0.0.1:80@evil.example"}) {
        file("assay.toml", std::string("[client]\nserver = \"") + trick + "\"\n");
        EXPECT_THAT(api_key(load()), FailsWith(ErrorCode::forbidden)) << trick;
    }
    file("assay.toml", "[client]\nserver = \"https://evil.example\"\nkey_file = \"" +
                           file("api.key", "ak_mine.x\n") + "\"\n");
    environment_.erase("ASSAY_API_KEY");
    EXPECT_THAT(api_key(load()), FailsWith(ErrorCode::forbidden)) << "it may name any file";
}

std::string text_of(const std::filesystem::path& path) {
    std::stringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return text.str();
}

TEST_F(SettingsTest, TheDocumentedExampleIsWhatTheProgramPrints) {
    EXPECT_EQ(text_of(testing::source_tree() / "docs" / "assay.toml"), example_file())
        << "write it anew: assay config example > docs/assay.toml";
    EXPECT_THAT(text_of(testing::source_tree() / "docs" / "configuration.md"),
                HasSubstr("assay.toml"));
}

TEST_F(SettingsTest, TheExampleIsSoundAndSaysTheDefaults) {
    const LoadedSettings loaded = load(file("example.toml", example_file()));
    EXPECT_THAT(loaded.faults, IsEmpty());
    const Settings defaults;
    for (const Setting& setting : all_settings()) {
        EXPECT_EQ(setting.get(loaded.settings), setting.get(defaults)) << setting.full_name();
        const bool shown = loaded.origin(setting.full_name()) != "default";
        EXPECT_EQ(shown, setting.example.empty()) << setting.full_name();
    }
}

TEST_F(SettingsTest, WhatTheExampleLeavesOutIsSoundTooButForSecretsBesideTheirFiles) {
    std::string text = example_file(), all;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        const bool off = line.starts_with("#") && !line.starts_with("# ") && line != "#";
        if (off && (line.starts_with("#key = ") || line.starts_with("#password = "))) continue;
        all += (off ? line.substr(1) : line) + "\n";
    }
    const LoadedSettings loaded = load(file("all.toml", all));
    EXPECT_THAT(loaded.faults, IsEmpty()) << describe(as_error(loaded));
}

}  // namespace
}  // namespace assay::tools
