// When an owner is told by mail that webhooks fail, and what the mail says: pure decisions.
// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "engine/base/clock.hpp"
#include "engine/base/ids.hpp"
#include "notify/delivery/delivery.hpp"
#include "notify/message/message.hpp"

namespace assay::notify {

enum class FailureKind : std::uint8_t {
    bad_response,  // the receiver answered, but not as success
    unreachable,   // no answer came
    disabled,      // the endpoint was switched off
};
std::string_view to_string(FailureKind kind) noexcept;
std::optional<FailureKind> failure_kind(std::string_view text) noexcept;  // to_string()'s inverse

// Which kind a failed attempt is of; nullopt: none that its owner could mend (we stopped it).
std::optional<FailureKind> failure_kind_of(const Outcome& outcome) noexcept;

inline constexpr std::chrono::minutes failure_mail_retry{1};

// Counts failures and lets one through per tenant, kind and limits::failure_mail_interval. At most
// limits::failure_mail_states_max tenants and kinds are known at once; beyond that the quietest
// give way. Not thread-safe.
class FailureMails {
  public:
    // A mail is due: this many failures of the kind were held back since the last one.
    struct Due {
        std::int64_t held_back = 0;
        friend bool operator==(const Due&, const Due&) = default;
    };
    // nullopt: held back, and counted.
    std::optional<Due> note(const TenantId& tenant, FailureKind kind, TimePoint now);
    // The mail did not go out after all (no address, no server): what it would have told is held
    // back, and a failure after failure_mail_retry may send one. Not the very next: an account
    // without an address must not cost a look into the store for each failure.
    void take_back(const TenantId& tenant, FailureKind kind, const Due& due, TimePoint now);
    struct State {
        TimePoint sent{};
        std::int64_t held_back = 0;
        friend bool operator==(const State&, const State&) = default;
    };
    // What is known of one, to be kept; nullopt: nothing.
    std::optional<State> state(const TenantId& tenant, FailureKind kind) const;
    // What was kept by an earlier process. Before the first note().
    void restore(const TenantId& tenant, FailureKind kind, const State& state);
    std::size_t size() const noexcept { return states_.size(); }

  private:
    void make_room(TimePoint now);
    std::map<std::pair<TenantId, FailureKind>, State> states_;
};

// One failure, as the mail tells it.
struct Failure {
    FailureKind kind{};
    std::string endpoint;     // id
    std::string target;       // where it leads to, without anything secret
    std::string description;  // the owner's own words; may be empty
    std::string delivery;     // id
    std::string event_type;
    Outcome outcome;
    std::string why;  // what was decided
};

// With how to mend this kind of failure. Quotes nothing that the receiver sent. Pure.
Message failure_message(const Failure& failure, std::int64_t held_back);

}  // namespace assay::notify
