// What makes an endpoint acceptable, and the policy that applies to it.
// SPDX-License-Identifier: MIT
#include "notify/endpoint/endpoint.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <tuple>

#include "engine/base/ascii.hpp"
#include "engine/base/limits.hpp"
#include "notify/message/mail_address.hpp"
#include "notify/sign/header_name.hpp"

namespace assay::notify {
namespace {

constexpr std::size_t extra_schemes_max = 4;  // each signs every attempt

Error refused(std::string field, std::string message, std::string remedy = {}) {
    return fail(ErrorCode::invalid_argument, std::move(message), std::move(field),
                std::move(remedy));
}

// A stretch of user text for an error message: short, and nothing that breaks a line.
std::string quoted(std::string_view text) {
    std::string shown = "\"";
    for (const char c : text.substr(0, 64))
        shown += c >= 0x20 && c < 0x7f ? c : '?';
    return shown + (text.size() > 64 ? "...\"" : "\"");
}

std::string listed(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names)
        text += (text.empty() ? "" : ", ") + name;
    return text;
}

// "prefix.*" may stand for published types; whether its root is free is asked of one of them.
bool is_publishable_pattern(std::string_view pattern) {
    if (!pattern.ends_with(".*")) return is_publishable_type(pattern);
    return is_publishable_type(std::string(pattern.substr(0, pattern.size() - 1)) + "x");
}

bool matches_catalogue(const Profile& profile, const std::string& pattern) {
    return std::any_of(
        profile.catalogue.begin(), profile.catalogue.end(),
        [&](const std::string& type) { return subscribes(std::span(&pattern, 1), type); });
}

Result<void> check_events(const Endpoint& endpoint, const Profile& profile) {
    if (endpoint.events.empty()) {
        return refused("events", "no event is subscribed",
                       "name some of " + listed(profile.catalogue) + ", or * for all");
    }
    if (endpoint.events.size() > limits::event_types_per_endpoint_max) {
        return refused("events",
                       "more than " + std::to_string(limits::event_types_per_endpoint_max) +
                           " events are subscribed",
                       "use prefix.* or *");
    }
    for (const std::string& pattern : endpoint.events) {
        if (pattern == "*" || matches_catalogue(profile, pattern)) continue;
        if (profile.accepts_any_type && is_publishable_pattern(pattern)) continue;
        return refused("events", profile.name + " sends no event " + quoted(pattern),
                       "name some of " + listed(profile.catalogue) +
                           (profile.accepts_any_type ? ", types you publish" : "") +
                           ", or * for all");
    }
    return {};
}

// Each scheme's headers once, none of them taken by a custom one, and a secret that fits them all.
Result<void> check_schemes(const Endpoint& endpoint, const Profile& profile,
                           const ProfileBook& profiles) {
    const EndpointOverrides& overrides = endpoint.overrides;
    if (overrides.also_sign_with.size() > extra_schemes_max) {
        return refused("overrides.also_sign_with",
                       "more than " + std::to_string(extra_schemes_max) + " profiles");
    }
    std::vector<std::string> names{profile.headers.type, profile.headers.delivery};
    for (const Header& header : overrides.headers)
        names.push_back(header.name);
    for (const std::string& other : overrides.also_sign_with) {
        if (profiles.find(other) != nullptr) continue;
        return refused("overrides.also_sign_with", "there is no profile " + quoted(other),
                       "choose some of " + profiles.names());
    }
    if (overrides.digest && profile.signature.layout != SignatureLayout::object_hex) {
        return refused("overrides.digest", profile.name + " has no choice of digests");
    }
    for (const Scheme& scheme : effective_schemes(profile, endpoint, profiles)) {
        for (const std::string_view name : header_names(scheme)) {
            for (const std::string& taken : names) {
                if (!same_header_name(taken, name)) continue;
                return refused("overrides", "the header " + taken + " would stand there twice",
                               "leave one of them out");
            }
            names.emplace_back(name);
        }
        if (scheme.layout == SignatureLayout::object_hex && profile.envelope != Envelope::reusely) {
            return refused("overrides.also_sign_with",
                           "a signature over object_id needs a body that has one");
        }
        if (endpoint.secret.empty() && profile.secret_optional) continue;
        const Result<Signer> signer = Signer::make(scheme, endpoint.secret);
        if (!signer) return signer.error();
        if (!endpoint.old_secret) continue;
        const Result<Signer> old_signer = Signer::make(scheme, *endpoint.old_secret);
        if (!old_signer) return old_signer.error();
    }
    return {};
}

Result<void> check_store(const Endpoint& endpoint, const Profile& profile) {
    const std::optional<std::int64_t>& store = endpoint.overrides.store_id;
    if (profile.envelope != Envelope::sellapp) {
        if (store) return refused("overrides.store_id", profile.name + " sends no store");
        return {};
    }
    if (store && *store >= 0) return {};
    return refused("overrides.store_id",
                   store ? "the store's id is negative" : "the store's id is missing",
                   "give it here or as store_id of the account: a whole number");
}

// Discord's own: .../api[/vN]/webhooks/ID/TOKEN. On any host, so that a relay can stand before it.
bool is_discord_path(std::string_view path) {
    path = path.substr(0, path.find('?'));
    constexpr std::string_view part = "/webhooks/";
    const std::size_t found = path.find(part);
    if (!path.starts_with("/api/") || found == std::string_view::npos) return false;
    path.remove_prefix(found + part.size());
    const std::size_t slash = path.find('/');
    if (slash == 0 || slash == std::string_view::npos) return false;
    const std::string_view id = path.substr(0, slash);
    const std::string_view token = path.substr(slash + 1);
    return std::all_of(id.begin(), id.end(), is_digit) && !token.empty() &&
           std::all_of(token.begin(), token.end(),
                       [](char c) { return is_letter(c) || is_digit(c) || c == '-' || c == '_'; });
}

// Where it leads to, in the form of its channel.
Result<void> check_target(const Endpoint& endpoint, const UrlPolicy& policy) {
    if (endpoint.channel == Channel::email) {
        const Result<std::vector<std::string>> recipients = parse_mailto(endpoint.url);
        if (!recipients) return recipients.error();
        return {};
    }
    const Result<Url> url = parse_url(endpoint.url, policy);
    if (!url) return url.error();
    if (endpoint.channel == Channel::discord && !is_discord_path(url->target)) {
        return refused("url", "is no URL of a Discord webhook",
                       "copy it from the channel's settings, Integrations, Webhooks: "
                       "https://discord.com/api/webhooks/ID/TOKEN");
    }
    return {};
}

// What the channels for people leave no room for.
Result<void> check_channel(const Endpoint& endpoint, const Profile& profile) {
    const Channel channel = channel_of(profile.envelope);
    if (channel != endpoint.channel) {
        return refused("channel", "the profile " + profile.name + " is one of the channel " +
                                      std::string(to_string(channel)));
    }
    if (channel == Channel::http) return {};
    if (!endpoint.secret.empty()) {
        return refused("secret", "nothing is signed on this channel", "leave it out");
    }
    const EndpointOverrides& overrides = endpoint.overrides;
    if (!overrides.headers.empty() || !overrides.also_sign_with.empty() || overrides.digest) {
        return refused("overrides", "this channel has no headers and no signatures of its own");
    }
    if (overrides.success) {
        return refused("overrides.success", "what counts as success is this channel's own");
    }
    if (channel == Channel::email && !overrides.allowed_ips.empty()) {
        return refused("overrides.allowed_ips", "the mail server is the operator's choice");
    }
    return {};
}

Result<void> check_texts(const Endpoint& endpoint) {
    if (endpoint.description.size() > limits::description_bytes_max) {
        return refused("description", "the description is longer than 1024 bytes");
    }
    const bool plain =
        std::none_of(endpoint.description.begin(), endpoint.description.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
    if (!plain) return refused("description", "the description holds a control character");
    if (endpoint.metadata.size() > limits::metadata_bytes_max) {
        return refused("metadata", "the metadata is larger than 16 KiB");
    }
    boost::system::error_code error;
    boost::json::parse_options options;
    options.max_depth = limits::json_depth_max;
    const auto metadata = boost::json::parse(endpoint.metadata, error, {}, options);
    if (error || !metadata.is_object()) {
        return refused("metadata", "the metadata is not a JSON object", R"(write {"key":"value"})");
    }
    return {};
}

Result<void> check_schedule(const RetrySchedule& schedule) {
    if (schedule.delays.size() > limits::retries_max) {
        return refused("overrides.retry",
                       "more than " + std::to_string(limits::retries_max) + " retries");
    }
    for (const std::chrono::milliseconds delay : schedule.delays) {
        if (delay < limits::retry_delay_min || delay > limits::retry_delay_max) {
            return refused("overrides.retry", "a delay is not from 0.1 s to 7 days");
        }
    }
    if (!(schedule.jitter >= 0 &&
          schedule.jitter <= retry_jitter_max)) {  // written so that NaN is refused
        return refused("overrides.retry", "the jitter is not from 0 to 50 percent");
    }
    return {};
}

Result<void> check_headers(const std::vector<Header>& headers) {
    if (headers.size() > limits::custom_headers_max) {
        return refused("overrides.headers",
                       "more than " + std::to_string(limits::custom_headers_max) + " headers");
    }
    for (const Header& header : headers) {
        if (Result<void> checked = check_custom_header(header); !checked) return checked;
    }
    return {};
}

Result<void> check_addresses(const std::vector<std::string>& blocks) {
    if (blocks.size() > limits::endpoint_addresses_max) {
        return refused(
            "overrides.allowed_ips",
            "more than " + std::to_string(limits::endpoint_addresses_max) + " address blocks");
    }
    for (const std::string& block : blocks) {
        Result<Cidr> cidr = parse_cidr(block);
        if (cidr) continue;
        cidr.error().field = "overrides.allowed_ips";
        return std::move(cidr).error();
    }
    return {};
}

Result<void> check_overrides(const EndpointOverrides& overrides) {
    if (overrides.retry) {
        if (Result<void> checked = check_schedule(*overrides.retry); !checked) return checked;
    }
    if (overrides.timeout && (*overrides.timeout < limits::attempt_timeout_min ||
                              *overrides.timeout > limits::attempt_timeout_max)) {
        return refused("overrides.timeout", "the timeout is not from 0.1 s to 60 s");
    }
    if (overrides.max_body_bytes && (*overrides.max_body_bytes < limits::body_override_bytes_min ||
                                     *overrides.max_body_bytes > limits::body_strict_bytes_max)) {
        return refused("overrides.max_body_bytes", "the limit is not from 1 KiB to 64 MiB");
    }
    if (overrides.max_in_flight &&
        (*overrides.max_in_flight < 1 ||
         *overrides.max_in_flight > limits::connections_per_origin_max)) {
        return refused(
            "overrides.max_in_flight",
            "the number is not from 1 to " + std::to_string(limits::connections_per_origin_max));
    }
    if (overrides.rate_limit && !(*overrides.rate_limit >= limits::endpoint_rate_min &&
                                  *overrides.rate_limit <= limits::endpoint_rate_max)) {
        return refused("overrides.rate_limit", "the rate is not from 0.01 to 10000 a second");
    }
    if (Result<void> checked = check_addresses(overrides.allowed_ips); !checked) return checked;
    return check_headers(overrides.headers);
}

}  // namespace

Result<void> validate(const Endpoint& endpoint, const UrlPolicy& policy,
                      const ProfileBook& profiles) {
    if (Result<void> checked = check_target(endpoint, policy); !checked) return checked;
    const Profile* profile = profiles.find(endpoint.profile);
    if (profile == nullptr) {
        return refused("profile", "there is no profile " + quoted(endpoint.profile),
                       "choose one of " + profiles.names());
    }
    for (const Result<void>& checked :
         {check_channel(endpoint, *profile), check_events(endpoint, *profile),
          check_schemes(endpoint, *profile, profiles), check_store(endpoint, *profile),
          check_texts(endpoint), check_overrides(endpoint.overrides)}) {
        if (!checked) return checked.error();
    }
    return {};
}

bool differs_in_body(const Endpoint& a, const Endpoint& b) noexcept {
    const auto shape = [](const Endpoint& endpoint) {
        const EndpointOverrides& overrides = endpoint.overrides;
        return std::tie(endpoint.profile, overrides.payload, overrides.strict,
                        overrides.max_body_bytes, overrides.store_id, overrides.echo);
    };
    return shape(a) != shape(b);
}

bool old_secret_holds(const Endpoint& endpoint, TimePoint now) noexcept {
    return endpoint.old_secret && (!endpoint.old_secret_until || now < *endpoint.old_secret_until);
}

std::string shown_url(const Endpoint& endpoint) {
    if (endpoint.channel != Channel::discord) return endpoint.url;
    const std::string_view path = std::string_view(endpoint.url).substr(0, endpoint.url.find('?'));
    const std::size_t slash = path.rfind('/');
    // Nothing to keep where it has not the form that was checked.
    if (slash == std::string_view::npos) return "***";
    return std::string(path.substr(0, slash + 1)) + "***";
}

RetryPolicy effective_retry(const Profile& profile, const Endpoint& endpoint) {
    RetryPolicy policy = profile.retry;
    if (endpoint.overrides.retry) policy.schedule = *endpoint.overrides.retry;
    if (endpoint.overrides.success) policy.success = *endpoint.overrides.success;
    policy.full_body_only = endpoint.overrides.strict;
    return policy;
}

std::vector<Scheme> effective_schemes(const Profile& profile, const Endpoint& endpoint,
                                      const ProfileBook& profiles) {
    if (channel_of(profile.envelope) != Channel::http) return {};
    std::vector<Scheme> schemes{profile.signature};
    if (endpoint.overrides.digest) schemes.front().digest = *endpoint.overrides.digest;
    for (const std::string& name : endpoint.overrides.also_sign_with) {
        if (const Profile* const other = profiles.find(name)) schemes.push_back(other->signature);
    }
    return schemes;
}

}  // namespace assay::notify
