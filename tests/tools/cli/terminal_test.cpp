// The conventions about colour and width, against each other.
// SPDX-License-Identifier: MIT
#include "tools/cli/terminal.hpp"

#include <gtest/gtest.h>

#include <map>

namespace assay::tools {
namespace {

TerminalFacts facts_with(std::map<std::string, std::string> environment, bool out = true,
                         bool error = true, int columns = 0) {
    environment.emplace("TERM", "xterm-256color");
    return terminal_facts({[environment](const std::string& name) -> std::optional<std::string> {
                               const auto found = environment.find(name);
                               if (found == environment.end()) return std::nullopt;
                               return found->second;
                           },
                           out, error, columns});
}

TEST(Terminal, IsColouredOnlyWhereAPersonLooks) {
    EXPECT_TRUE(facts_with({}).colour_out);
    EXPECT_FALSE(facts_with({}, false).colour_out);
    EXPECT_TRUE(facts_with({}, false).colour_error);
    EXPECT_FALSE(facts_with({}, true, false).colour_error);
}

TEST(Terminal, ObeysNoColorBeforeEverythingElse) {
    EXPECT_FALSE(facts_with({{"NO_COLOR", "1"}}).colour_out);
    EXPECT_TRUE(facts_with({{"NO_COLOR", ""}}).colour_out) << "empty means not set";
    EXPECT_FALSE(facts_with({{"NO_COLOR", "1"}, {"CLICOLOR_FORCE", "1"}}).colour_out);
    EXPECT_FALSE(facts_with({{"CLICOLOR", "0"}}).colour_out);
}

TEST(Terminal, ColoursAPipeWhenItIsForced) {
    EXPECT_TRUE(facts_with({{"CLICOLOR_FORCE", "1"}}, false, false).colour_out);
    EXPECT_FALSE(facts_with({{"CLICOLOR_FORCE", "0"}}, false, false).colour_out);
    EXPECT_TRUE(facts_with({{"CLICOLOR_FORCE", "1"}, {"TERM", "dumb"}}).colour_out);
    EXPECT_FALSE(facts_with({{"CLICOLOR_FORCE", "1"}}, false, false).redraws);
}

TEST(Terminal, DrawsNothingAnewOnADumbOne) {
    EXPECT_TRUE(facts_with({}).redraws);
    for (const char* term : {"dumb", ""}) {
        EXPECT_FALSE(facts_with({{"TERM", term}}).redraws);
        EXPECT_FALSE(facts_with({{"TERM", term}}).colour_out);
    }
}

TEST(Terminal, IsAsWideAsItSaysWithinReason) {
    EXPECT_EQ(facts_with({}).columns, 80);
    EXPECT_EQ(facts_with({}, true, true, 140).columns, 140);
    EXPECT_EQ(facts_with({{"COLUMNS", "100"}}, true, true, 140).columns, 100);
    EXPECT_EQ(facts_with({{"COLUMNS", "wide"}}, true, true, 140).columns, 140);
    EXPECT_EQ(facts_with({{"COLUMNS", "5"}}).columns, 20);
    EXPECT_EQ(facts_with({{"COLUMNS", "99999"}}).columns, 400);
}

TEST(Inked, WritesNoEscapeWithoutColour) {
    EXPECT_EQ(inked(Ink::good, "ok", false), "ok");
    EXPECT_EQ(inked(Ink::good, "ok", true), "\x1b[32mok\x1b[0m");
    EXPECT_EQ(inked(Ink::none, "ok", true), "ok");
    EXPECT_EQ(inked(Ink::bad, "", true), "");
}

}  // namespace
}  // namespace assay::tools
