// The names of a delivery's states and outcomes, as they are stored and shown.
// SPDX-License-Identifier: MIT
#include "notify/delivery/delivery.hpp"

#include <array>

namespace assay::notify {
namespace {

constexpr std::uint64_t revision_bits = 0xff;

// In the order of the enumerators; the names never change once released.
constexpr std::array<std::string_view, 4> status_names{"pending", "delivered", "failed",
                                                       "cancelled"};
constexpr std::array<std::string_view, 11> kind_names{
    "response", "response_too_large", "dns",    "blocked", "connect", "tls", "timeout", "reset",
    "protocol", "invalid_request",    "aborted"};
constexpr std::array<std::string_view, 3> channel_names{"http", "discord", "email"};

constexpr std::array<std::string_view, 8> phase_names{"none",  "dns",  "connect", "tls",
                                                      "write", "wait", "read",    "done"};

static_assert(phase_names.size() == static_cast<std::size_t>(AttemptPhase::done) + 1);
static_assert(status_names.size() == static_cast<std::size_t>(DeliveryStatus::cancelled) + 1);
static_assert(channel_names.size() == static_cast<std::size_t>(Channel::email) + 1);
static_assert(kind_names.size() == static_cast<std::size_t>(OutcomeKind::aborted) + 1);

template <class Enum, std::size_t N>
std::string_view name_of(Enum value, const std::array<std::string_view, N>& names) noexcept {
    const auto index = static_cast<std::size_t>(value);
    return index < names.size() ? names[index] : "unknown";
}

template <class Enum, std::size_t N>
std::optional<Enum> find_name(std::string_view text,
                              const std::array<std::string_view, N>& names) noexcept {
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (names[i] == text) return static_cast<Enum>(i);
    }
    return std::nullopt;
}

}  // namespace

std::string about_endpoint(const EndpointId& endpoint, std::string_view event_type) {
    return "about:" + endpoint.text() + ":" + std::string(event_type) + ":";
}

std::string_view to_string(DeliveryStatus status) noexcept {
    return name_of(status, status_names);
}

std::optional<DeliveryStatus> parse_delivery_status(std::string_view text) noexcept {
    return find_name<DeliveryStatus>(text, status_names);
}

std::string_view to_string(AttemptPhase phase) noexcept {
    return name_of(phase, phase_names);
}

std::optional<AttemptPhase> parse_attempt_phase(std::string_view text) noexcept {
    return find_name<AttemptPhase>(text, phase_names);
}

std::uint64_t body_mark(std::uint64_t hash, std::int64_t revision) noexcept {
    const std::uint64_t mark =
        (hash & ~revision_bits) | (static_cast<std::uint64_t>(revision) & revision_bits);
    return mark != 0 ? mark : revision_bits + 1;  // 0 says that nothing was sent yet
}

bool is_other_body(std::uint64_t sent, std::uint64_t now) noexcept {
    const bool comparable = sent != 0 && ((sent ^ now) & revision_bits) == 0;
    return comparable && sent != now;
}

std::string_view to_string(Channel channel) noexcept {
    return name_of(channel, channel_names);
}

std::optional<Channel> parse_channel(std::string_view text) noexcept {
    return find_name<Channel>(text, channel_names);
}

std::string_view to_string(OutcomeKind kind) noexcept {
    return name_of(kind, kind_names);
}

std::optional<OutcomeKind> parse_outcome_kind(std::string_view text) noexcept {
    return find_name<OutcomeKind>(text, kind_names);
}

}  // namespace assay::notify
