// An endpoint: who is called, for which events, in which profile, signed with what.
// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/base/clock.hpp"
#include "engine/base/ids.hpp"
#include "engine/base/result.hpp"
#include "notify/endpoint/filter.hpp"
#include "notify/endpoint/url.hpp"
#include "notify/profile/profile.hpp"
#include "notify/profile/render.hpp"
#include "notify/sign/secret.hpp"

namespace assay::notify {

struct EndpointOverrides {
    std::optional<RetrySchedule> retry;
    std::optional<std::chrono::milliseconds> timeout;
    std::vector<Header> headers;  // custom, checked: tchar names, no reserved ones
    std::optional<std::size_t> max_body_bytes;
    PayloadRule payload = PayloadRule::automatic;
    bool strict = false;
    EchoRule echo = EchoRule::reduced;
    std::optional<std::size_t> max_in_flight;
    std::optional<double> rate_limit;      // attempts a second; 0.5 is one in two seconds
    std::vector<std::string> allowed_ips;  // CIDRs: where it may lead to; empty: anywhere public
    std::optional<SuccessRule> success;
    // Profiles whose signatures go out beside the endpoint's own, with the same secret, so that a
    // receiver can move from one to the other without a gap.
    std::vector<std::string> also_sign_with;
    std::optional<SignatureDigest> digest;  // of layouts that have a choice
    std::optional<std::int64_t> store_id;   // of the envelope sellapp
};

struct Endpoint {
    EndpointId id;
    TenantId tenant;
    Channel channel = Channel::http;  // that of its profile
    // Of Discord it is a secret itself: whoever knows it may post. Of e-mail it holds the
    // recipients: see to_mailto().
    std::string url;
    std::string description;
    std::vector<std::string> events;  // names of its profile's catalogue, `*`, `prefix.*`
    std::string profile = "standard-webhooks";
    bool active = true;
    Secret secret;
    std::optional<Secret> old_secret;           // during a rotation's grace
    std::optional<TimePoint> old_secret_until;  // the end of it; none: until the new one is in use
    std::string metadata = "{}";                // a JSON object
    Filter filter;                              // which events of those; empty: all
    EndpointOverrides overrides;
    TimePoint created_at{};
    // Grows with every edit that gives later bodies other bytes: what waits is then sent anew,
    // where otherwise other bytes under the same id are a fault.
    std::int64_t body_revision = 0;
    EventSeq events_after{};  // it is owed what the log holds behind this: nothing from before it
};

// Checks everything a user may have written: URL, profile, events against the catalogue, headers,
// secret's form, ranges of the overrides. Errors: invalid_argument with the field ("url", "events",
// "overrides.retry" ...), the first fault found.
Result<void> validate(const Endpoint& endpoint, const UrlPolicy& policy,
                      const ProfileBook& profiles = built_in_book());

// The URL as it may be shown and logged: Discord's without its token.
std::string shown_url(const Endpoint& endpoint);

// Header checks, made at the API and again right before writing: name = tchar, value = VCHAR / SP /
// HTAB; for custom ones also: the name is not one of ours or of the framing (Host, Content-Length,
// Transfer-Encoding ...).
Result<void> check_header_syntax(const Header& header);
Result<void> check_custom_header(const Header& header);

// Whether the same event gives other bytes under `b` than under `a`.
bool differs_in_body(const Endpoint& a, const Endpoint& b) noexcept;
// Whether a rotation's grace still lasts at `now`.
bool old_secret_holds(const Endpoint& endpoint, TimePoint now) noexcept;

// What applies: the profile's, with the endpoint's overrides.
RetryPolicy effective_retry(const Profile& profile, const Endpoint& endpoint);
// The endpoint's own scheme first, then those of `also_sign_with`.
std::vector<Scheme> effective_schemes(const Profile& profile, const Endpoint& endpoint,
                                      const ProfileBook& profiles);

}  // namespace assay::notify
