// The built-in profiles, and how canonical events map to the names that receivers know.
// SPDX-License-Identifier: MIT
#include "notify/profile/profile.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>

#include "engine/base/embedded.hpp"
#include "engine/base/hash.hpp"
#include "engine/base/random.hpp"
#include "notify/profile/sample.hpp"

namespace assay::embedded {
std::span<const EmbeddedFile> profile_files();
}

namespace assay::notify {
namespace {

constexpr std::array<std::string_view, 6> reserved_roots{"batch", "item",     "analysis",
                                                         "quota", "endpoint", "delivery"};
constexpr std::size_t type_characters_max = 128;

bool is_of(const CatalogueEntry& entry, std::string_view canonical_type) noexcept {
    return std::find(entry.of.begin(), entry.of.end(), canonical_type) != entry.of.end();
}

bool is_type_character(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

}  // namespace

Result<ProfileBook> ProfileBook::make(std::span<const embedded::EmbeddedFile> own) {
    ProfileBook book;
    const std::span<const embedded::EmbeddedFile> built_in = embedded::profile_files();
    for (const auto files : {built_in, own}) {
        for (const embedded::EmbeddedFile& file : files) {
            const auto at_fault = [&](Error fault) {
                fault.message = std::string(file.path) + ": " + fault.message;
                return fault;
            };
            Result<Profile> profile = parse_profile(file.bytes);
            if (!profile) return at_fault(profile.error());
            if (const auto checked = check_catalogue(*profile); !checked)
                return at_fault(checked.error());
            if (book.find(profile->name) != nullptr) {
                return fail(
                    ErrorCode::invalid_argument,
                    std::string(file.path) + ": there is a profile " + profile->name + " already",
                    "name", "choose another name");
            }
            book.profiles_.push_back(std::move(profile).value());
        }
    }
    return book;
}

const Profile* ProfileBook::find(std::string_view name) const noexcept {
    for (const Profile& profile : profiles_) {
        if (profile.name == name) return &profile;
    }
    return nullptr;
}

std::string ProfileBook::names() const {
    std::string text;
    for (const Profile& profile : profiles_)
        text += (text.empty() ? "" : ", ") + profile.name;
    return text;
}

const ProfileBook& built_in_book() {
    static const ProfileBook book = [] {
        Result<ProfileBook> made = ProfileBook::make({});
        if (!made) {
            std::fprintf(stderr, "%s\n", describe(made.error()).c_str());
            std::abort();  // a program with a broken profile must not deliver anything
        }
        return std::move(made).value();
    }();
    return book;
}

std::span<const Profile> built_in_profiles() {
    return built_in_book().all();
}

const Profile* find_profile(std::string_view name) noexcept {
    return built_in_book().find(name);
}

std::vector<std::string_view> wire_types(const Profile& profile, std::string_view canonical_type) {
    std::vector<std::string_view> types;
    for (const CatalogueEntry& entry : profile.events) {
        if (is_of(entry, canonical_type)) types.push_back(entry.type);
    }
    if (types.empty() && profile.accepts_any_type && is_publishable_type(canonical_type)) {
        types.push_back(canonical_type);
    }
    return types;
}

std::string message_id_of(const EventId& event, const Profile& profile,
                          std::string_view canonical_type, std::string_view wire_type) {
    const auto goes_as = [&](std::string_view type) {
        return std::any_of(profile.events.begin(), profile.events.end(),
                           [&](const CatalogueEntry& entry) {
                               return entry.type == type && is_of(entry, canonical_type);
                           });
    };
    if (wire_type == canonical_type || !goes_as(canonical_type)) return event.text();
    std::string seed = event.text();
    seed += '\n';  // stands in no id: two pairs never share one seed
    seed += wire_type;
    const Hash128 hash = hash128(seed);
    return "evt_" + uuid_from_hash(hash.high, hash.low);
}

bool subscribes(std::span<const std::string> patterns, std::string_view wire_type) noexcept {
    return std::any_of(patterns.begin(), patterns.end(), [&](std::string_view pattern) {
        if (pattern == "*" || pattern == wire_type) return true;
        if (!pattern.ends_with(".*")) return false;
        pattern.remove_suffix(1);  // the dot stays: "order.*" is not for "orders.created"
        return wire_type.size() > pattern.size() && wire_type.starts_with(pattern);
    });
}

bool is_publishable_type(std::string_view type) noexcept {
    const std::string_view root = type.substr(0, type.find('.'));
    return is_event_type(type) &&
           std::find(reserved_roots.begin(), reserved_roots.end(), root) == reserved_roots.end();
}

bool is_event_type(std::string_view type) noexcept {
    if (type.size() > type_characters_max || type.find('.') == std::string_view::npos) return false;
    char before = '.';  // no empty part: neither first, last nor in between
    for (const char c : type) {
        if (c == '.' ? before == '.' : !is_type_character(c)) return false;
        before = c;
    }
    return before != '.';
}

}  // namespace assay::notify
