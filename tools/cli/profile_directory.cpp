// Reads the directory, bounded, and hands its files to the book.
// SPDX-License-Identifier: MIT
#include "tools/cli/profile_directory.hpp"

#include <CLI/CLI.hpp>

#include "tools/cli/json_directory.hpp"

namespace assay::tools {
namespace {

constexpr std::size_t profile_files_max = 100;
constexpr std::size_t profile_file_bytes_max = 64 * 1024;  // the longest shipped has 3 KB

bool signs(const notify::Profile& profile) {
    return channel_of(profile.envelope) == notify::Channel::http;
}

}  // namespace

Result<std::shared_ptr<const notify::ProfileBook>> load_profiles_with(
    const std::string& directory) {
    std::vector<NamedFile> files;
    if (!directory.empty()) {
        auto read = read_json_directory(
            directory, {"profiles", "--profiles",
                        "name a directory with profiles (*.json); docs/profiles.md has their form",
                        profile_files_max, profile_file_bytes_max});
        if (!read) return std::move(read).error();
        files = *std::move(read);
    }
    auto book = notify::ProfileBook::make(views_of(files));
    if (!book) return std::move(book).error();
    return std::make_shared<const notify::ProfileBook>(*std::move(book));
}

Result<const notify::Profile*> find_signing_profile(const notify::ProfileBook& book,
                                                    const std::string& name) {
    const notify::Profile* const profile = book.find(name);
    if (profile != nullptr && signs(*profile)) return profile;
    return fail(ErrorCode::invalid_argument,
                profile == nullptr ? "\"" + name + "\" is no profile"
                                   : name + " is for people: nothing is signed there",
                "--profile", "use one of " + signing_names(book));
}

std::string signing_names(const notify::ProfileBook& book) {
    std::string names;
    for (const notify::Profile& profile : book.all()) {
        if (signs(profile)) names += (names.empty() ? "" : ", ") + profile.name;
    }
    return names;
}

void add_profiles_option(CLI::App& command, std::string& directory) {
    command
        .add_option("--profiles", directory,
                    "Your own profiles (*.json), beside ours; see docs/profiles.md")
        ->type_name("DIR");
}

}  // namespace assay::tools
