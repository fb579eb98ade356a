// Judges what surrounds the program.
// SPDX-License-Identifier: MIT
#include "tools/cli/doctor_checks.hpp"

#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <sstream>

#include "engine/base/ascii.hpp"
#include "engine/base/limits.hpp"
#include "notify/profile/profile.hpp"
#include "tools/cli/number_text.hpp"
#include "tools/cli/profile_directory.hpp"
#include "tools/settings/private_file.hpp"
#include "tools/settings/quantity.hpp"

namespace assay::tools {
namespace {

using enum CheckOutcome;
using std::chrono::days;

constexpr days fee_table_age_max{90};
constexpr std::uint64_t disk_bytes_enough = std::uint64_t{2} << 30;  // a full batch with its WAL
constexpr std::uint64_t disk_bytes_min = std::uint64_t{256} << 20;   // the WAL alone may take that
constexpr std::uint64_t disk_files_min = 1'000;
constexpr std::uint64_t own_files = 512;  // store, listeners, receivers under way
constexpr std::uint64_t open_files_min = 256;
constexpr std::chrono::minutes clock_slack{5};

std::string size_text(std::uint64_t bytes) {
    const std::uint64_t mib = bytes >> 20;
    if (mib < 10'240) return grouped(static_cast<std::int64_t>(mib)) + " MiB";
    return grouped(static_cast<std::int64_t>(mib >> 10)) + " GiB";
}

std::string date_text(std::chrono::sys_days date) {
    return to_rfc3339(TimePoint(date)).substr(0, 10);
}

// The directory itself, or the nearest one above it that is there.
std::filesystem::path existing(std::filesystem::path path) {
    std::error_code none;
    path = std::filesystem::absolute(path, none);
    while (!std::filesystem::exists(path, none) && path.has_relative_path())
        path = path.parent_path();
    return path;
}

std::optional<std::string> text_of_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return std::nullopt;
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

std::optional<TimePoint> newest_file(const std::filesystem::path& directory) {
    std::optional<TimePoint> newest;
    std::error_code failed;
    for (const auto& entry : std::filesystem::directory_iterator(directory, failed)) {
        struct stat about {};
        if (::stat(entry.path().c_str(), &about) != 0) continue;
        const TimePoint changed =
            from_unix_milliseconds(std::int64_t{about.st_mtim.tv_sec} * 1'000);
        newest = std::max(newest.value_or(changed), changed);
    }
    return newest;
}

Check check_configuration(const LoadedSettings& loaded) {
    const std::string name = "configuration";
    if (!loaded.faults.empty())
        return {name, failure, describe(as_error(loaded)), "mend it; `assay config check` tells"};
    if (loaded.file.empty()) return {name, ok, "no file; the defaults hold", ""};
    return {name, ok, loaded.file + " is sound", ""};
}

// Of files that hold secrets; those that the configuration names must be there.
Check check_key_files(const LoadedSettings& loaded) {
    Check check{"key files", ok, "none is open to others", ""};
    const Settings& settings = loaded.settings;
    const std::filesystem::path data = settings.serve.data_directory;
    const auto look = [&](const std::filesystem::path& path, bool must_be) {
        const auto open = is_open_to_others(path);
        if (!open && !must_be) return;
        if (!open) {
            check = {check.name, failure, describe(open.error()),
                     "name the file that there is, or leave the setting out"};
        } else if (*open && check.outcome != failure) {
            check = {check.name, failure, path.string() + " can be read by others",
                     "chmod 600 it, and take a new key if somebody may have read it"};
        }
    };
    for (const std::string& path :
         {settings.serve.key_file, settings.client.key_file, settings.http.tls_key}) {
        if (!path.empty()) look(path, true);
    }
    look(data / "admin.key", false);
    look(data / "master.key", false);
    std::error_code none;
    if (check.outcome == ok && settings.serve.key_file.empty() &&
        std::filesystem::exists(data / "master.key", none)) {
        check = {check.name, warning, "the master key lies beside the data that it seals",
                 "move it elsewhere and name it with serve.key_file; back it up apart"};
    }
    return check;
}

std::size_t certificates_in(const std::string& file) {
    const std::unique_ptr<X509_STORE, decltype(&X509_STORE_free)> store(X509_STORE_new(),
                                                                        &X509_STORE_free);
    if (!store || X509_STORE_load_file(store.get(), file.c_str()) != 1) return 0;
    return static_cast<std::size_t>(sk_X509_OBJECT_num(X509_STORE_get0_objects(store.get())));
}

// What receivers' certificates are checked against.
Check check_authorities(const std::string& own_bundle) {
    const std::string name = "TLS authorities";
    if (!own_bundle.empty() && certificates_in(own_bundle) == 0) {
        return {name, failure, own_bundle + " holds no certificate",
                "name a PEM file with notify.ca_bundle"};
    }
    const auto from = [](const char* variable, const char* usual) {
        const char* given = std::getenv(variable);
        return std::string(given != nullptr ? given : usual);
    };
    const std::string file = from(X509_get_default_cert_file_env(), X509_get_default_cert_file());
    if (const std::size_t count = certificates_in(file); count > 0)
        return {name, ok, std::to_string(count) + " certificates in " + file, ""};
    const std::string directory =
        from(X509_get_default_cert_dir_env(), X509_get_default_cert_dir());
    std::error_code none;
    std::size_t links = 0;  // OpenSSL looks them up by hash: 3513523f.0
    for (const auto& entry : std::filesystem::directory_iterator(directory, none))
        links += entry.path().extension() == ".0" ? 1U : 0U;
    if (links > 0) return {name, ok, std::to_string(links) + " certificates in " + directory, ""};
    return {name, failure, "there are none, so no https receiver can be trusted",
            "apt-get install ca-certificates"};
}

Check check_disk_of(const std::filesystem::path& directory) {
    struct statvfs about {};
    const auto path = existing(directory);
    if (::statvfs(path.c_str(), &about) != 0)
        return {"disk", failure, "cannot look at " + path.string(), "see whether it is mounted"};
    // A file system without inode counts says 0 of 0.
    const std::uint64_t files = about.f_files == 0 ? disk_files_min : about.f_favail;
    return check_disk(std::uint64_t{about.f_bavail} * about.f_frsize, files);
}

}  // namespace

std::string_view to_string(CheckOutcome outcome) noexcept {
    switch (outcome) {
        case ok:
            return "ok";
        case skipped:
            return "skipped";
        case warning:
            return "warning";
        case failure:
            return "failure";
    }
    return "failure";
}

Check check_fee_tables(const engine::Tables& tables, TimePoint now) {
    const auto today = std::chrono::floor<days>(now);
    std::string old, fresh;
    for (const engine::Channel& channel : tables.channels) {
        const engine::FeeTable* table = channel.in_force(today);
        if (table == nullptr) {
            old += (old.empty() ? "" : "; ") + channel.name + " has none for today";
            continue;
        }
        const auto age = today - table->effective;
        std::string& list = age > fee_table_age_max ? old : fresh;
        list += (list.empty() ? "" : "; ") + channel.name + " " + date_text(table->effective) +
                " (" + std::to_string(age.count()) + " days)";
    }
    if (old.empty()) return {"fee tables", ok, fresh, ""};
    return {"fee tables", warning, "older than 90 days: " + old,
            "compare them with what the channel charges now; a newer Assay may bring newer ones"};
}

Check check_clock(TimePoint now, std::optional<TimePoint> newest) {
    using namespace std::chrono;
    constexpr TimePoint earliest = sys_days(year{2026} / January / 1);
    constexpr TimePoint latest = sys_days(year{2100} / January / 1);
    const std::string remedy = "set it, and keep it set: timedatectl set-ntp true";
    if (now < earliest || now > latest)
        return {"clock", failure, "it says " + to_rfc3339(now), remedy};
    if (newest && *newest > now + clock_slack) {
        return {
            "clock", failure,
            "it says " + to_rfc3339(now) + ", but the data was written at " + to_rfc3339(*newest),
            remedy};
    }
    return {"clock", ok, to_rfc3339(now), ""};
}

Check check_disk(std::uint64_t free_bytes, std::uint64_t free_files) {
    const std::string message = size_text(free_bytes) + " free for the data directory";
    const std::string remedy = "make room, or put the data directory on a larger disk";
    if (free_bytes < disk_bytes_min) return {"disk", failure, message, remedy};
    if (free_files < disk_files_min) return {"disk", failure, "hardly any inodes are free", remedy};
    if (free_bytes < disk_bytes_enough) return {"disk", warning, message, remedy};
    return {"disk", ok, message, ""};
}

Check check_open_files(std::uint64_t hard, std::uint64_t connections) {
    const std::string message =
        "a server may open " +
        grouped(static_cast<std::int64_t>(std::min<std::uint64_t>(hard, std::uint64_t{1} << 62)));
    if (hard < open_files_min) {
        return {"open files", failure, message,
                "raise the limit: ulimit -Hn, or LimitNOFILE= in its systemd unit"};
    }
    if (hard < connections + own_files) {
        return {
            "open files", warning,
            message + ", fewer than its " + grouped(static_cast<std::int64_t>(connections)) +
                " connections take",
            "raise the limit (LimitNOFILE= in its systemd unit), or lower http.connections_max"};
    }
    return {"open files", ok, message, ""};
}

Check check_resolver(const std::optional<std::string>& resolv_conf) {
    int servers = 0;
    std::istringstream lines(resolv_conf.value_or(""));
    for (std::string line; std::getline(lines, line);)
        servers += trim(line).starts_with("nameserver") ? 1 : 0;
    if (servers > 0)
        return {"resolver", ok,
                std::to_string(servers) + (servers == 1 ? " name server" : " name servers"), ""};
    return {"resolver", warning,
            std::string(resolv_conf ? "/etc/resolv.conf names no server"
                                    : "/etc/resolv.conf cannot be read"),
            "receivers by name are found only in /etc/hosts until it names one"};
}

Check check_mark(const Result<std::int64_t>& last_commit,
                 const Result<std::optional<std::int64_t>>& mark) {
    const std::string name = "commits";
    const std::string remedy = "restore a backup, or start once with --recover to go on without";
    if (!last_commit) return {name, failure, describe(last_commit.error()), remedy};
    if (!mark) return {name, failure, describe(mark.error()), remedy};
    const std::string last = "the last one is " + grouped(*last_commit);
    if (!*mark) return {name, ok, last + "; there is no mark to hold it against", ""};
    if (**mark <= *last_commit) return {name, ok, last + ", as the mark says", ""};
    return {name, failure,
            last + ", but " + grouped(**mark) + " was synced: " + grouped(**mark - *last_commit) +
                " commits are missing",
            remedy};
}

Check check_wal(std::uint64_t wal_bytes, std::uint64_t wal_bytes_max) {
    const std::string message = size_text(wal_bytes) + " of write-ahead log";
    if (wal_bytes <= 2 * wal_bytes_max) return {"log", ok, message, ""};
    return {"log", warning, message + ", more than twice its limit",
            "start a server once: it moves the log into the database"};
}

std::vector<Check> check_surroundings(const LoadedSettings& loaded, const Clock& clock) {
    const Settings& settings = loaded.settings;
    rlimit files{};
    ::getrlimit(RLIMIT_NOFILE, &files);
    return {check_configuration(loaded),
            check_clock(clock.now(), newest_file(settings.serve.data_directory)),
            check_disk_of(settings.serve.data_directory),
            check_key_files(loaded),
            check_open_files(files.rlim_max, settings.http.connections_max),
            check_resolver(text_of_file("/etc/resolv.conf")),
            check_authorities(settings.notify.ca_bundle)};
}

Check check_profiles(const std::string& directory) {
    if (directory.empty()) return {"profiles", CheckOutcome::ok, "the built-in ones alone", ""};
    const auto book = load_profiles_with(directory);
    if (!book) {
        const std::string& remedy = book.error().remedy;
        return {"profiles", CheckOutcome::failure, describe(book.error()),
                remedy.empty() ? "mend the file, or leave serve.profiles out" : remedy};
    }
    const std::size_t own = (*book)->all().size() - notify::built_in_profiles().size();
    return {"profiles", CheckOutcome::ok,
            counted(own, "profile", "profiles") + " in " + directory + ", beside the built-in ones",
            ""};
}

}  // namespace assay::tools
