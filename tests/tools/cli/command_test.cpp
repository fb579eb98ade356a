// The command line as a whole: help, mistakes and what was meant, errors for scripts, completion.
// SPDX-License-Identifier: MIT
#include "tools/cli/command.hpp"

#include <gmock/gmock.h>

#include <CLI/CLI.hpp>
#include <boost/json/parse.hpp>
#include <fstream>

#include "tests/support/temporary_directory.hpp"
#include "tests/tools/cli/fake_api.hpp"
#include "tools/cli/commands.hpp"
#include "tools/cli/completion.hpp"
#include "tools/cli/help_format.hpp"
#include "tools/cli/text_width.hpp"

namespace assay::tools {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

class CommandLineTest : public ::testing::Test, protected testing::CommandRunner {
  protected:
    int run_all(std::vector<std::string> arguments) {
        return run(all_commands(), std::move(arguments));
    }
    CommandNode tree() {
        CLI::App application{"", "assay"};
        std::istringstream in;
        std::ostringstream out;
        testing::ManualClock clock;
        SeededRandom random{1};
        CommandContext context{in, out, out, clock, random};
        for (const AddCommand add : all_commands())
            add(application, context);
        return command_tree(application);
    }
};

void each_command(const CommandNode& node, const std::function<void(const CommandNode&)>& see) {
    see(node);
    for (const CommandNode& command : node.commands)
        each_command(command, see);
}

TEST_F(CommandLineTest, EveryCommandExplainsItselfWithinTheTerminal) {
    for (const int width : {80, 140}) {
        columns = width;
        each_command(tree(), [&](const CommandNode& node) {
            std::vector<std::string> arguments = node.words;
            arguments.push_back("--help");
            ASSERT_EQ(run_all(arguments), exit_ok);
            std::istringstream lines(out());
            for (std::string line; std::getline(lines, line);)
                EXPECT_LE(display_width(line), static_cast<std::size_t>(width)) << line;
        });
    }
}

TEST_F(CommandLineTest, EveryCommandTeachesByAnExample) {
    each_command(tree(), [&](const CommandNode& node) {
        if (node.words.size() > 1) return;  // their group shows them
        std::vector<std::string> arguments = node.words;
        arguments.push_back("--help");
        ASSERT_EQ(run_all(arguments), exit_ok);
        EXPECT_THAT(out(), HasSubstr("Example")) << node.words.back();
        EXPECT_THAT(out(), HasSubstr("assay " + (node.words.empty() ? "" : node.words.front())));
    });
}

TEST_F(CommandLineTest, NoCommandShowsTheExampleOfAnother) {
    each_command(tree(), [&](const CommandNode& node) {
        std::vector<std::string> arguments = node.words;
        std::string words = "assay";
        for (const std::string& word : node.words)
            words += " " + word;
        arguments.push_back("--help");
        ASSERT_EQ(run_all(arguments), exit_ok);
        const std::size_t example = out().find("Example");
        if (example == std::string::npos) return;
        EXPECT_THAT(out().substr(example), HasSubstr(words)) << words;
    });
}

TEST_F(CommandLineTest, HelpShowsTheFormOfAHeaderWhole) {
    for (const auto& words : {std::vector<std::string>{"verify"}, {"webhooks", "create"}}) {
        std::vector<std::string> arguments = words;
        arguments.emplace_back("--help");
        ASSERT_EQ(run_all(arguments), exit_ok);
        EXPECT_THAT(out(), HasSubstr("--header 'NAME: VALUE'"));
    }
}

TEST_F(CommandLineTest, AMistypedWordIsAnsweredWithTheOneThatWasMeant) {
    EXPECT_EQ(run_all({"sumbit", "x.csv"}), exit_usage);
    EXPECT_THAT(error(),
                StartsWith("assay: 'sumbit' is no command of assay (did you mean submit?)"));
    EXPECT_EQ(run_all({"submit", "--wiat", "x.csv"}), exit_usage);
    EXPECT_THAT(error(), HasSubstr("'--wiat' is no option of assay submit (did you mean --wait?)"));
    EXPECT_THAT(error(), HasSubstr("Try 'assay submit --help'."));
    EXPECT_EQ(run_all({"webhooks", "lst"}), exit_usage);
    EXPECT_THAT(error(), HasSubstr("did you mean list?"));
    EXPECT_EQ(run_all({"cancel", "a", "b"}), exit_usage);
    EXPECT_THAT(error(), HasSubstr("'b' is one argument too many"));
    EXPECT_EQ(run_all({"\x1b[31mx"}), exit_usage);
    EXPECT_THAT(error(), Not(HasSubstr("\x1b")));
    EXPECT_EQ(run_all({}), exit_usage);
}

TEST_F(CommandLineTest, WithJsonEveryErrorIsJsonOnStandardError) {
    environment["ASSAY_SERVER"] = "http://127.0.0.1:1";
    for (const auto& [arguments, code, name] :
         {std::tuple{std::vector<std::string>{"watch", "b", "--json"}, exit_failed,
                     "connect_failed"},
          {{"webhooks", "list", "--json"}, exit_failed, "connect_failed"},
          {{"watch", "--json"}, exit_usage, "invalid_argument"},
          {{"watch", "b", "--jsom", "--json"}, exit_usage, "invalid_argument"},
          {{"submit", "/nowhere/m.csv", "--json"}, exit_failed, "io_error"},
          {{"analyze", "/nowhere/m.csv", "--json"}, exit_failed, "io_error"}}) {
        EXPECT_EQ(run_all(arguments), code) << error();
        const auto value = boost::json::parse(error());
        EXPECT_EQ(value.at("error").at("code").as_string(), name);
        EXPECT_FALSE(value.at("error").at("message").as_string().empty());
        EXPECT_THAT(out(), IsEmpty());
    }
}

TEST_F(CommandLineTest, ErrorsKeepWholeWordsOnATerminal) {
    terminal = true;
    columns = 60;
    EXPECT_EQ(run_all({"watch", "b", "--server", "nonsense-that-is-no-url"}), exit_failed);
    std::istringstream lines(error());
    for (std::string line; std::getline(lines, line);)
        EXPECT_LT(line.size(), 60U) << line;
}

TEST_F(CommandLineTest, AFaultyConfigurationIsToldBeforeAnythingIsDone) {
    const testing::TemporaryDirectory directory;
    const std::string path = directory.path() / "a.toml";
    std::ofstream(path) << "[serve]\nlisen = \"x\"\n[http]\nworkers = 0\n";
    EXPECT_EQ(run_all({"config", "check", "--config", path}), exit_failed);
    EXPECT_THAT(error(),
                AllOf(HasSubstr("2 settings are wrong"), HasSubstr("line 2"), HasSubstr("line 4")));
    EXPECT_EQ(run_all({"config", "check", "--config", path, "--json"}), exit_failed);
    const auto answer = boost::json::parse(out());
    EXPECT_FALSE(answer.at("valid").as_bool());
    EXPECT_EQ(answer.at("faults").as_array().size(), 2U);
    EXPECT_EQ(run_all({"serve", "--config", path}), exit_usage);
    EXPECT_EQ(run_all({"watch", "b", "--config", path}), exit_failed);
    EXPECT_THAT(error(), HasSubstr("did you mean listen?"));
}

TEST_F(CommandLineTest, ConfigShowSaysWhereEachValueComesFromAndNoSecret) {
    environment["ASSAY_API_KEY"] = "ak_1.canary";
    environment["ASSAY_HTTP_WORKERS"] = "7";
    ASSERT_EQ(run_all({"config", "show", "--json"}), exit_ok) << error();
    EXPECT_THAT(
        out(),
        AllOf(Not(HasSubstr("canary")),
              HasSubstr(R"({"name":"http.workers","value":"7","from":"ASSAY_HTTP_WORKERS"})")));
    EXPECT_EQ(run_all({"config", "show"}), exit_ok);
    EXPECT_THAT(out(), AllOf(Not(HasSubstr("canary")), HasSubstr("\"***\"")));
}

TEST_F(CommandLineTest, CompletionKnowsEveryCommandOptionAndChoice) {
    const CommandNode program = tree();
    for (const char* shell : {"bash", "zsh", "fish"}) {
        ASSERT_EQ(run_all({"completion", shell}), exit_ok);
        const std::string script = out();
        each_command(program, [&](const CommandNode& node) {
            if (!node.words.empty()) {
                EXPECT_THAT(script, HasSubstr(node.words.back()));
            }
            for (const CommandNode::Option& option : node.options) {
                EXPECT_THAT(script, HasSubstr(std::string(shell) == "fish"
                                                  ? " -l " + option.name.substr(2) + " "
                                                  : option.name));
                for (const std::string& choice : option.choices)
                    EXPECT_THAT(script, HasSubstr(choice));
            }
        });
    }
    EXPECT_EQ(run_all({"completion", "tcsh"}), exit_usage);
    EXPECT_EQ(completion_script(program, "tcsh"), "");
}

// The real shell, asked what it would offer.
std::string bash_offers(const std::string& script, const std::string& words) {
    const testing::TemporaryDirectory directory;
    const std::string path = directory.path() / "c.bash";
    std::ofstream(path) << script << "COMP_WORDS=(" << words << ")\n"
                        << "COMP_CWORD=$((${#COMP_WORDS[@]}-1))\n_assay\n"
                        << "echo \"${COMPREPLY[@]}\" > " << path << ".out\n";
    if (std::system(("bash --norc " + path).c_str()) != 0) return "failed";
    std::string line;
    std::ifstream offers(path + ".out");
    std::getline(offers, line);
    return line;
}

TEST_F(CommandLineTest, BashOffersWhatFits) {
    ASSERT_EQ(run_all({"completion", "bash"}), exit_ok);
    const std::string script = out();
    EXPECT_EQ(bash_offers(script, "assay res"), "results");
    EXPECT_EQ(bash_offers(script, "assay webhooks del"), "delete deliveries");
    EXPECT_EQ(bash_offers(script, "assay results --format ''"), "ndjson csv");
    EXPECT_EQ(bash_offers(script, "assay results --format csv --sta"), "--status");
    EXPECT_EQ(bash_offers(script, "assay completion ''"), "bash zsh fish --help");
}

TEST(Wrapped, BreaksBetweenWordsAndKeepsLineEnds) {
    EXPECT_THAT(wrapped("a bc def", 4), ElementsAre("a bc", "def"));
    EXPECT_THAT(wrapped("a\nb", 10), ElementsAre("a", "b"));
    EXPECT_THAT(wrapped("longerthanthat x", 4), ElementsAre("longerthanthat", "x"));
    EXPECT_THAT(wrapped("", 4), ElementsAre(""));
}

}  // namespace
}  // namespace assay::tools
