// The rules of `assay check`, one small function for each kind of check.
// SPDX-License-Identifier: MIT
#include "tools/cli/check_findings.hpp"

#include <algorithm>

namespace assay::tools {
namespace {

using notify::OutcomeKind;

constexpr std::int32_t slow_ms = 2'000;
constexpr std::int64_t certificate_days_low = 14;

bool is_2xx(const notify::Outcome& outcome) {
    return has_status(outcome.kind) && outcome.status >= 200 && outcome.status < 300;
}
bool is_success(const notify::Profile& profile, const notify::Outcome& outcome) {
    if (profile.retry.success == notify::SuccessRule::exactly_200) {
        return has_status(outcome.kind) && outcome.status == 200;
    }
    return is_2xx(outcome);
}

std::string_view success_words(const notify::Profile& profile) {
    return profile.retry.success == notify::SuccessRule::exactly_200 ? "exactly 200" : "any 2xx";
}

std::string answer_words(const notify::Outcome& outcome) {
    if (has_status(outcome.kind)) return "answered " + std::to_string(outcome.status);
    std::string text = "no answer: " + std::string(to_string(outcome.kind));
    if (!outcome.detail.empty()) text += " (" + outcome.detail + ")";
    return text;
}

// Why a delivery that should have been taken was not, and what helps.
std::string fix_of_refusal(const notify::Profile& profile, const notify::Outcome& outcome) {
    switch (outcome.kind) {
        case OutcomeKind::dns:
            return "check the host's name and its DNS records";
        case OutcomeKind::blocked:
            return "the address is not globally reachable; for a receiver of your own network give "
                   "--allow-insecure-endpoints or --allow-endpoint-cidr";
        case OutcomeKind::connect:
            return "start the receiver, and open its port in the firewall";
        case OutcomeKind::tls:
            return "serve the whole certificate chain, for this host name, with TLS 1.2 or newer";
        case OutcomeKind::timeout:
            return "answer first and work afterwards: the profile waits " +
                   std::to_string(profile.timeout.count() / 1'000) + " s";
        case OutcomeKind::reset:
        case OutcomeKind::protocol:
            return "answer with a whole HTTP/1.1 response";
        default:
            break;
    }
    const int status = outcome.status;
    if (status >= 300 && status < 400) {
        return "redirects are never followed: register the address that it leads to";
    }
    if (status == 401 || status == 403 || status == 400) {
        return "check the secret, and that the signature is made over the raw bytes of the body, "
               "before any parsing";
    }
    if (status == 404 || status == 405) return "let this path take POST";
    if (status == 413) return "take bodies of up to 1 MiB (nginx: client_max_body_size 2m)";
    if (status >= 500) return "see the receiver's log: the handler failed";
    return "answer " + std::string(success_words(profile)) + " once the message is stored";
}

struct Rule {
    std::string_view refused_fix;  // empty: must be accepted
    Verdict lapse = Verdict::failed;
};

Rule rule_of(Check check) {
    switch (check) {
        case Check::tampered:
            return {
                "compute the signature over the raw body that arrived, and refuse with 401 "
                "when it differs"};
        case Check::wrong_secret:
            return {"compare the signature with one that you compute yourself, in constant time"};
        case Check::no_signature:
            return {"refuse with 401 when the signature header is missing"};
        case Check::old_time:
            return {"refuse what was signed more than 5 minutes ago: it may be a replay"};
        case Check::future_time:
            return {
                "refuse what is signed more than 5 minutes ahead: it could be replayed until "
                "then",
                Verdict::advice};
        default:
            return {};
    }
}

Finding judge_refusal(Check check, const notify::Outcome& outcome) {
    const Rule rule = rule_of(check);
    Finding finding{check, Verdict::passed, answer_words(outcome), {}, outcome.status, {}};
    if (is_2xx(outcome)) {
        finding.verdict = rule.lapse;
        finding.said = "accepted with " + std::to_string(outcome.status);
        finding.fix = rule.refused_fix;
    } else if (!has_status(outcome.kind) || outcome.status >= 500 || outcome.status < 400) {
        finding.verdict = Verdict::advice;
        finding.fix =
            "refuse with 401 or 403: anything else looks like an outage in the sender's "
            "log";
    }
    return finding;
}

Finding judge_acceptance(Check check, const notify::Profile& profile,
                         const notify::Outcome& outcome) {
    Finding finding{check, Verdict::passed, answer_words(outcome), {}, outcome.status, {}};
    if (is_success(profile, outcome)) return finding;
    finding.verdict = Verdict::failed;
    finding.fix = fix_of_refusal(profile, outcome);
    if (is_2xx(outcome)) {
        finding.fix = "the profile counts exactly 200 as delivered: answer 200, not " +
                      std::to_string(outcome.status);
        return finding;
    }
    const bool refused = has_status(outcome.kind) && outcome.status / 100 == 4;
    if (check == Check::duplicate) {
        finding.fix =
            "acknowledge what you have seen already with a success: a refusal brings it "
            "back again";
    } else if (check == Check::rotation && refused) {
        finding.fix = "accept when any of the listed signatures matches";
    } else if (check == Check::exact_bytes && refused) {
        finding.fix = "verify the bytes as they came: no decoding, no parsing and writing again";
    } else if (check == Check::unknown_type) {
        finding.fix = "acknowledge types you do not use: new ones will come";
    } else if (check == Check::large && !refused && !has_status(outcome.kind)) {
        finding.fix = "take bodies of up to 1 MiB, or set the endpoint to payload: thin";
    }
    return finding;
}

Finding judge_speed(const notify::Profile& profile, std::span<const Observation> seen) {
    Finding finding{Check::quick, Verdict::passed, {}, {}, 0, -1};
    for (const Observation& one : seen) {
        if (is_success(profile, one.outcome)) {
            finding.duration_ms = std::max(finding.duration_ms, one.outcome.timings.done);
        }
    }
    finding.said = "the slowest took " + std::to_string(finding.duration_ms) + " ms of the " +
                   std::to_string(profile.timeout.count()) + " allowed";
    if (finding.duration_ms > slow_ms) {
        finding.verdict = Verdict::advice;
        finding.fix = "store the message, answer, and do the work afterwards";
    }
    return finding;
}

Finding judge_method(const Look& look) {
    Finding finding{Check::method, Verdict::passed, {}, {}, look.get_status, -1};
    finding.said = look.get_status == 0 ? std::string("GET was not answered")
                                        : "GET answered " + std::to_string(look.get_status);
    if (look.get_status >= 200 && look.get_status < 300) {
        finding.verdict = Verdict::advice;
        finding.fix = "answer GET with 405, so that no monitor or preview passes for a delivery";
    }
    return finding;
}

Finding judge_transport(const Look& look) {
    Finding finding{Check::transport, Verdict::passed, "https", {}, 0, -1};
    if (!look.https) {
        finding.said = look.loopback ? "http, on this machine" : "http";
        finding.verdict = look.loopback ? Verdict::skipped : Verdict::failed;
        finding.fix = "serve https before it leaves this machine: bodies travel in the clear";
    } else if (look.days_left) {
        finding.said = "https, certificate valid for " + std::to_string(*look.days_left) + " days";
        if (*look.days_left < certificate_days_low) {
            finding.verdict = Verdict::advice;
            finding.fix = "renew the certificate: deliveries fail from the moment it ends";
        }
    }
    return finding;
}

const Observation* find(std::span<const Observation> seen, Check check) {
    const auto found = std::find_if(seen.begin(), seen.end(),
                                    [&](const Observation& one) { return one.check == check; });
    return found == seen.end() ? nullptr : &*found;
}

Finding judge_one(Check check, const notify::Profile& profile, std::span<const Observation> seen,
                  const Look& look) {
    if (check == Check::quick) return judge_speed(profile, seen);
    if (check == Check::method) return judge_method(look);
    const Observation* const one = find(seen, check);
    if (one == nullptr) return {check, Verdict::skipped, "was not asked", {}, 0, -1};
    Finding finding = rule_of(check).refused_fix.empty()
                          ? judge_acceptance(check, profile, one->outcome)
                          : judge_refusal(check, one->outcome);
    finding.duration_ms = one->outcome.timings.done;
    return finding;
}

}  // namespace

std::string_view to_string(Check check) noexcept {
    switch (check) {
        case Check::valid:
            return "valid";
        case Check::duplicate:
            return "duplicate";
        case Check::tampered:
            return "tampered";
        case Check::wrong_secret:
            return "wrong_secret";
        case Check::no_signature:
            return "no_signature";
        case Check::old_time:
            return "old_time";
        case Check::future_time:
            return "future_time";
        case Check::rotation:
            return "rotation";
        case Check::exact_bytes:
            return "exact_bytes";
        case Check::unknown_type:
            return "unknown_type";
        case Check::large:
            return "large";
        case Check::quick:
            return "quick";
        case Check::method:
            return "method";
        case Check::transport:
            return "transport";
    }
    return "";
}

std::string_view to_string(Verdict verdict) noexcept {
    switch (verdict) {
        case Verdict::passed:
            return "passed";
        case Verdict::advice:
            return "advice";
        case Verdict::failed:
            return "failed";
        case Verdict::skipped:
            return "skipped";
    }
    return "";
}

std::string_view not_applicable(Check check, const notify::Profile& profile) noexcept {
    const notify::SignatureLayout layout = profile.signature.layout;
    if (check == Check::tampered && !signs_body(layout)) {
        return "the profile's signature does not cover the body: rely on https";
    }
    if ((check == Check::old_time || check == Check::future_time) && !signs_time(layout)) {
        return "the profile signs no time of sending: deduplicate by id";
    }
    if (check == Check::rotation && !holds_list(layout)) {
        return "the profile sends one signature at a time";
    }
    return {};
}

std::vector<Finding> judge(const notify::Profile& profile, std::span<const Observation> seen,
                           const Look& look) {
    const Observation* const first = find(seen, Check::valid);
    const bool accepted = first != nullptr && is_success(profile, first->outcome);
    std::vector<Finding> findings;
    for (const Check check : checks) {
        const std::string_view reason = not_applicable(check, profile);
        if (check == Check::transport) {
            findings.push_back(judge_transport(look));
        } else if (!reason.empty()) {
            findings.push_back({check, Verdict::skipped, std::string(reason), {}, 0, -1});
        } else if (!accepted && check != Check::valid) {
            findings.push_back({check,
                                Verdict::skipped,
                                "says nothing while the valid delivery is not accepted",
                                {},
                                0,
                                -1});
        } else {
            findings.push_back(judge_one(check, profile, seen, look));
        }
    }
    return findings;
}

char grade(std::span<const Finding> findings) noexcept {
    char worst = 'A';
    for (const Finding& finding : findings) {
        if (finding.verdict == Verdict::advice) worst = std::max(worst, 'B');
        if (finding.verdict != Verdict::failed) continue;
        const bool grave =
            finding.check == Check::valid || !rule_of(finding.check).refused_fix.empty();
        worst = std::max(worst, grave ? 'F' : 'C');
    }
    return worst;
}

}  // namespace assay::tools
