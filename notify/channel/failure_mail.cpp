// Decides about failure mails, and writes them.
// SPDX-License-Identifier: MIT
#include "notify/channel/failure_mail.hpp"

#include <algorithm>

#include "engine/base/limits.hpp"

namespace assay::notify {
namespace {

std::string title_of(FailureKind kind) {
    switch (kind) {
        case FailureKind::bad_response:
            return "A webhook was answered, but not as success";
        case FailureKind::unreachable:
            return "A webhook's receiver cannot be reached";
        case FailureKind::disabled:
            break;
    }
    return "A webhook was switched off";
}

std::string remedy_of(FailureKind kind) {
    switch (kind) {
        case FailureKind::bad_response:
            return "How to mend it: look into the receiver's log at the time below. Let it answer "
                   "with the status its profile counts as success as soon as it has stored the "
                   "event, and work on it afterwards; 401 or 403 mostly means that it checks with "
                   "an old secret, 404 that its path has changed.";
        case FailureKind::unreachable:
            return "How to mend it: see that the name resolves to a public address, that the port "
                   "is open from outside, that the certificate is valid for the name, and that the "
                   "receiver answers within the timeout. `assay check URL` tries all of it.";
        case FailureKind::disabled:
            break;
    }
    return "How to mend it: make the receiver work (a test event shows it), then enable the "
           "webhook "
           "again and recover what it missed. Nothing is sent to it until then.";
}

std::string outcome_text(const Outcome& outcome) {
    if (has_status(outcome.kind)) return "status " + std::to_string(outcome.status);
    return std::string(to_string(outcome.kind));
}

}  // namespace

std::string_view to_string(FailureKind kind) noexcept {
    switch (kind) {
        case FailureKind::bad_response:
            return "bad_response";
        case FailureKind::unreachable:
            return "unreachable";
        case FailureKind::disabled:
            break;
    }
    return "disabled";
}

std::optional<FailureKind> failure_kind(std::string_view text) noexcept {
    for (const FailureKind kind :
         {FailureKind::bad_response, FailureKind::unreachable, FailureKind::disabled}) {
        if (to_string(kind) == text) return kind;
    }
    return std::nullopt;
}

std::optional<FailureKind> failure_kind_of(const Outcome& outcome) noexcept {
    if (outcome.kind == OutcomeKind::aborted || outcome.kind == OutcomeKind::invalid_request) {
        return std::nullopt;
    }
    return has_status(outcome.kind) ? FailureKind::bad_response : FailureKind::unreachable;
}

std::optional<FailureMails::Due> FailureMails::note(const TenantId& tenant, FailureKind kind,
                                                    TimePoint now) {
    const std::pair key(tenant, kind);
    auto found = states_.find(key);
    if (found == states_.end()) {
        if (states_.size() >= limits::failure_mail_states_max) make_room(now);
        states_[key].sent = now;
        return Due{};
    }
    State& state = found->second;
    // A clock that was set back must not silence it for longer than the interval.
    const bool quiet = now >= state.sent && now - state.sent < limits::failure_mail_interval;
    if (quiet) {
        ++state.held_back;
        return std::nullopt;
    }
    const Due due{state.held_back};
    state = {now, 0};
    return due;
}

void FailureMails::take_back(const TenantId& tenant, FailureKind kind, const Due& due,
                             TimePoint now) {
    const auto found = states_.find({tenant, kind});
    if (found == states_.end()) return;
    found->second.held_back += due.held_back + 1;
    found->second.sent = now - limits::failure_mail_interval + failure_mail_retry;
}

std::optional<FailureMails::State> FailureMails::state(const TenantId& tenant,
                                                       FailureKind kind) const {
    const auto found = states_.find({tenant, kind});
    return found == states_.end() ? std::nullopt : std::optional(found->second);
}

void FailureMails::restore(const TenantId& tenant, FailureKind kind, const State& state) {
    if (states_.size() < limits::failure_mail_states_max) states_[{tenant, kind}] = state;
}

// First all whose hour is over, else the one that was told of longest ago.
void FailureMails::make_room(TimePoint now) {
    std::erase_if(states_, [&](const auto& entry) {
        return now - entry.second.sent >= limits::failure_mail_interval;
    });
    if (states_.size() < limits::failure_mail_states_max) return;
    states_.erase(std::min_element(
        states_.begin(), states_.end(),
        [](const auto& a, const auto& b) { return a.second.sent < b.second.sent; }));
}

Message failure_message(const Failure& failure, std::int64_t held_back) {
    Message message;
    message.title = title_of(failure.kind);
    message.text = remedy_of(failure.kind);
    if (held_back > 0) {
        message.text += "\n\n" + std::to_string(held_back) +
                        (held_back == 1 ? " more failure" : " more failures") +
                        " of this kind happened since the last mail about it. At most one such "
                        "mail is sent an hour; the delivery log has them all.";
    } else {
        message.text +=
            "\n\nAt most one mail about this kind of failure is sent an hour; the delivery log has "
            "all of them.";
    }
    const auto add = [&](std::string_view name, const std::string& value) {
        if (!value.empty()) message.facts.push_back({std::string(name), value});
    };
    add("Webhook", failure.endpoint);
    add("Leads to", failure.target);
    add("Description", failure.description);
    add("Event", failure.event_type);
    add("Delivery", failure.delivery);
    add("Outcome", outcome_text(failure.outcome));
    add("Detail", failure.outcome.detail);
    add("Decision", failure.why);
    add("Time", to_rfc3339(failure.outcome.ended));
    message.tone = Tone::bad;
    message.time = failure.outcome.ended;
    message.footer = std::string(to_string(failure.kind));
    return message;
}

}  // namespace assay::notify
