// How help is laid out: names left, explanations right, wrapped to the terminal.
// SPDX-License-Identifier: MIT
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace assay::tools {

// `text` in lines of at most `columns` (words longer than that stand over); its own line ends stay.
// Pure.
std::vector<std::string> wrapped(std::string_view text, std::size_t columns);

// The choices that an option allows ("csv", "ndjson", "json"); empty: it allows anything.
std::vector<std::string> choices_of(const CLI::Option& option);

class HelpFormatter final : public CLI::Formatter {
  public:
    explicit HelpFormatter(int columns);

    std::string make_option(const CLI::Option* option, bool is_positional) const override;
    std::string make_subcommand(const CLI::App* command) const override;
    std::string make_description(const CLI::App* command) const override;
    std::string make_option_opts(const CLI::Option* option) const override;
    std::string make_option_desc(const CLI::Option* option) const override;

  private:
    std::string entry(const std::string& name, const std::string& text) const;
    std::size_t columns_;
};

}  // namespace assay::tools
