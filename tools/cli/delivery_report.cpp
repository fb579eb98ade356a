// The words for a delivery: a table of causes and remedies, and the lines around it.
// SPDX-License-Identifier: MIT
#include "tools/cli/delivery_report.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <span>

#include "tools/cli/server_options.hpp"
#include "tools/cli/text_width.hpp"
#include "tools/settings/quantity.hpp"

namespace assay::tools {
namespace {

namespace json = boost::json;

constexpr std::size_t curl_body_bytes_max = 2'048;
constexpr std::size_t response_shown_bytes = 400;
constexpr const char* webhook_is_gone =
    "None: its webhook was deleted. A new one gets what happens from then on.";

struct StatusRule {
    std::int64_t first, last;
    const char* cause;
    const char* remedy;
};

// The first rule that holds.
constexpr StatusRule status_rules[] = {
    {200, 299, "The receiver answered well, but not with the status that its profile asks for.",
     "Answer exactly 200, or: assay webhooks update {webhook} --success any_2xx"},
    {300, 399, "The receiver redirects, and redirects are never followed.",
     "Give the final address: assay webhooks update {webhook} --url URL"},
    {400, 400, "The receiver could not read the request.",
     "Compare the body with its profile: assay deliveries get {delivery} --body"},
    {401, 401, "The receiver refused the signature or the login.",
     "Check that both sides have the same secret and profile; read the body as raw bytes."},
    {403, 403, "The receiver, or a firewall before it, does not let us in.",
     "Check secret and profile, and let this server's address through."},
    {404, 404, "Nothing answers at this path.", "Correct the URL's path, or deploy the route."},
    {405, 405, "The path is there but takes no POST.", "Let the route take POST."},
    {408, 408, "The receiver gave up waiting for the request.", "Look for a slow proxy before it."},
    {410, 410, "The receiver says that it is gone for good.", "Bring it back."},
    {413, 413, "The body is larger than the receiver takes.",
     "Raise its limit (nginx: client_max_body_size)."},
    {415, 415, "The receiver does not read this content type.",
     "Let the route take application/json, or choose the profile that it was written for."},
    {429, 429, "The receiver asks for fewer requests.",
     "Nothing, if it catches up; else: assay webhooks update {webhook} --rate-limit N"},
    {400, 499, "The receiver refused the request.", "Read its answer and its own log."},
    {502, 502, "A proxy answered; the receiver behind it did not.", "Start what stands behind it."},
    {503, 503, "The receiver is overloaded or being deployed.", "Nothing, if it comes back."},
    {504, 504, "A proxy waited for the receiver in vain.",
     "Answer first and work afterwards: put the event in a queue."},
    {500, 599, "The receiver's own code failed.", "Look into its log at this time."},
    {0, 999, "The receiver answered with a status that is no success.", "Answer 200."},
};

// Of mail servers (RFC 5321), whose numbers mean other things.
constexpr StatusRule mail_rules[] = {
    {421, 421, "The mail server is closing or overloaded.", "Nothing, if it comes back."},
    {450, 450, "The mailbox is busy, or the mail server greylists us.",
     "Nothing: mails are tried again for hours."},
    {452, 452, "The mail server has no room left.", "Nothing, if room is made there."},
    {400, 499, "The mail server cannot take the mail now.", "Read what it said."},
    {530, 538, "The mail server does not let us in.",
     "The operator checks smtp.user, its password and smtp.starttls."},
    {550, 551, "The mail server knows no such recipient, or refuses the sender.",
     "Correct the address: assay webhooks update {webhook} --recipient ADDRESS; the operator "
     "checks smtp.sender."},
    {552, 552, "The mailbox is full, or the mail too large for it.", "Make room there."},
    {500, 599, "The mail server refuses the mail for good.", "Read what it said."},
};

struct ErrorRule {
    const char* error;
    const char* phase;  // empty: any
    const char* cause;
    const char* remedy;
};

constexpr ErrorRule error_rules[] = {
    {"dns", "", "The host name leads nowhere.", "Check its spelling and its DNS record."},
    {"blocked", "", "The name leads to an address that must not be called.",
     "Give it a public address, one of the webhook's own --allowed-ips where it has any; private "
     "ones need the operator's leave: serve --allow-endpoint-cidr."},
    {"connect", "", "Nobody listens at this address and port.",
     "Start the receiver, and check port and firewall."},
    {"tls", "", "No trusted TLS connection came about.",
     "Check that the port speaks TLS; renew the certificate for this very name, and send its whole "
     "chain: openssl s_client "
     "-connect HOST:443."},
    {"timeout", "dns", "The DNS server did not answer in time.", "Check the name's DNS servers."},
    {"timeout", "connect", "Nobody answered the connection.",
     "Check address and port; a firewall may be dropping packets."},
    {"timeout", "tls", "The TLS handshake did not end in time.",
     "Check that the port speaks TLS, and how busy the receiver is."},
    {"timeout", "write", "The receiver did not take the whole request in time.",
     "Read the body at once; a small one: assay webhooks update {webhook} --payload thin"},
    {"timeout", "read", "The answer began but did not end in time.",
     "Send a short answer and close it."},
    {"timeout", "", "The receiver took the request and did not answer in time.",
     "Answer first and work afterwards: put the event in a queue. Or give it longer: assay "
     "webhooks update {webhook} --timeout 30s"},
    {"reset", "", "The connection broke before the answer was whole.",
     "Look for a crash or restart of the receiver, or a proxy that closes early."},
    {"protocol", "", "What came back is no HTTP/1.1 answer.",
     "Check that the port is the receiver's, and that it speaks HTTP/1.1."},
    {"response_too_large", "", "The answer was over its limits and was cut; its status counts.",
     "Answer with an empty or short body."},
    {"invalid_request", "", "The request could not be made.",
     "The attempt's detail says what stands against it."},
    {"aborted", "", "We stopped before the answer came.",
     "Nothing: the same attempt is made again."},
};

std::string time_of_day(const std::string& text) {
    return text.size() >= 23 ? text.substr(0, 10) + " " + text.substr(11, 12) : text;
}

std::string in_short(std::chrono::milliseconds left) {
    using namespace std::chrono;
    if (left < minutes(2)) return format_duration(floor<seconds>(left));
    if (left < hours(2)) return std::to_string(floor<minutes>(left).count()) + "m";
    if (left < days(2)) return std::to_string(floor<hours>(left).count()) + "h";
    return std::to_string(floor<days>(left).count()) + "d";
}

std::string quoted_for_shell(std::string_view text) {
    std::string quoted = "'";
    for (const char c : text) {
        if (c == '\'')
            quoted += R"('\'')";
        else
            quoted += c;
    }
    return quoted + "'";
}

// Short enough, and without anything that would steer a terminal.
bool fits_on_a_line(const std::string& body) {
    return body.size() <= curl_body_bytes_max && printable(body) == body;
}

const json::array* attempts_of(const json::value& delivery) {
    const json::value* const attempts = member(delivery, "attempts");
    return attempts != nullptr ? attempts->if_array() : nullptr;
}

// "dns 12 ms, connect 3 ms, first byte 80 ms": what each phase took.
std::string phases_of(const json::value& attempt) {
    static constexpr std::pair<const char*, const char*> names[] = {
        {"resolved", "dns"},  {"connected", "connect"},  {"secured", "tls"},
        {"written", "write"}, {"first_byte", "waiting"}, {"done", "reading"}};
    const json::value* const timings = member(attempt, "timings_ms");
    if (timings == nullptr || !timings->is_object()) return {};
    // The last phase of an attempt that broke off is the one it broke off in.
    const std::string ended_in = text_member(attempt, "phase");
    const bool broke_off = ended_in != "done" && ended_in != "read" && ended_in != "wait";
    std::string text;
    std::int64_t before = 0;
    for (const auto& [key, usual] : names) {
        const std::int64_t at = integer_member(*timings, key, -1);
        if (at < 0) continue;
        const bool is_end = key == std::string_view("done");
        const std::string name = is_end && broke_off            ? ended_in
                                 : is_end && ended_in == "wait" ? "waiting"
                                                                : usual;
        if (at > before)
            text += (text.empty() ? "" : ", ") + name + " " + std::to_string(at - before) + " ms";
        before = at;
    }
    return text;
}

void add_line(std::string& out, std::string_view label, const std::string& text) {
    if (text.empty()) return;
    out += std::string(label) + std::string(label.size() < 10 ? 10 - label.size() : 1, ' ') +
           printable(text) + '\n';
}

void add_attempt(std::string& out, const json::value& attempt) {
    const std::int64_t status = integer_member(attempt, "status_code");
    const std::string error = text_member(attempt, "error");
    std::string what = status > 0 ? "status " + std::to_string(status) : error;
    if (error == "response_too_large") what += ", answer cut";
    if (error == "timeout") what += " (" + text_member(attempt, "phase") + ")";
    out += "  " + time_of_day(text_member(attempt, "started_at")) + "  #" +
           std::to_string(integer_member(attempt, "number")) + "  " + printable(what);
    if (const std::string to = text_member(attempt, "remote_address"); !to.empty()) {
        const json::value* const reused = member(attempt, "connection_reused");
        const bool again = reused != nullptr && reused->is_bool() && reused->get_bool();
        out += "  " + printable(to) + (again ? ", open connection" : "");
    }
    out += '\n';
    const auto add = [&](const std::string& text) {
        if (!text.empty()) out += "      " + printable(text) + '\n';
    };
    add(phases_of(attempt));
    add(text_member(attempt, "detail"));
    std::string said = text_member(attempt, "response_text");
    if (said.size() > response_shown_bytes) said = said.substr(0, response_shown_bytes) + "...";
    if (!said.empty()) add("said: " + said);
    add("then: " + text_member(attempt, "why_next"));
}

bool is_true(const json::value* value) {
    return value != nullptr && value->is_bool() && value->get_bool();
}

bool is_mail(const DeliveryFacts& facts) {
    if (facts.webhook) return text_member(*facts.webhook, "channel") == "email";
    const json::value* const request = member(facts.delivery, "request");
    return request != nullptr && text_member(*request, "url").starts_with("mailto:");
}

bool is_switched_on(const DeliveryFacts& facts) {
    return facts.webhook && is_true(member(*facts.webhook, "active"));
}

bool is_strict(const DeliveryFacts& facts) {
    if (!facts.webhook) return false;
    const json::value* const overrides = member(*facts.webhook, "overrides");
    return overrides != nullptr && is_true(member(*overrides, "strict"));
}

std::string replaced(std::string text, std::string_view name, const std::string& value) {
    for (std::size_t at = 0; (at = text.find(name, at)) != std::string::npos; at += value.size())
        text.replace(at, name.size(), value);
    return text;
}

// The tables write ids as {webhook} and {delivery}: what is said can be copied and run.
std::string with_ids(const std::string& text, const DeliveryFacts& facts) {
    return replaced(replaced(text, "{webhook}", text_member(facts.delivery, "webhook_id")),
                    "{delivery}", text_member(facts.delivery, "id"));
}

// A full body that was too large is followed by the thin one without anybody's doing, so what is
// refused at last had no smaller one.
std::string remedy_of_too_large(const DeliveryFacts& facts) {
    const json::value* const request = member(facts.delivery, "request");
    std::string remedy = "Raise its limit (nginx: client_max_body_size)";
    if (request != nullptr && request->is_object()) {
        remedy += " above the " + std::to_string(text_member(*request, "body").size()) +
                  " bytes of the next body";
    }
    if (!is_strict(facts)) return remedy + ".";
    return remedy + ", or let it have a smaller one: assay webhooks update {webhook} --no-strict";
}

std::string remedy_of_gone(const DeliveryFacts& facts) {
    if (!is_switched_on(facts)) {
        return "Bring it back and switch its webhook on: assay webhooks enable {webhook}";
    }
    const bool waits = text_member(facts.delivery, "status") == "pending";
    return waits ? "Bring it back: this is tried again." : "Bring it back.";
}

// What stands in the tables, of one attempt alone.
Diagnosis diagnose_attempt(const json::value& attempt, bool is_mail) {
    const std::string error = text_member(attempt, "error");
    const std::string phase = text_member(attempt, "phase");
    if (is_true(member(attempt, "success"))) {
        if (error.empty()) {
            return {is_mail ? "The mail server took it." : "The receiver took it.", ""};
        }
    } else if (error == "http" || error == "response_too_large") {
        const std::int64_t status = integer_member(attempt, "status_code");
        const std::span<const StatusRule> rules =
            is_mail ? std::span<const StatusRule>(mail_rules) : status_rules;
        for (const StatusRule& rule : rules) {
            if (status >= rule.first && status <= rule.last) return {rule.cause, rule.remedy};
        }
    }
    for (const ErrorRule& rule : error_rules) {
        if (error == rule.error && (*rule.phase == '\0' || phase == rule.phase)) {
            return {rule.cause, rule.remedy};
        }
    }
    return {"It failed: " + error + ".", "The attempt's detail says more."};
}

Diagnosis diagnose_cancelled(const DeliveryFacts& facts) {
    if (!facts.webhook) return {"Its webhook was deleted while this waited.", webhook_is_gone};
    return {"Its webhook was switched off while this waited.",
            std::string(is_switched_on(facts) ? "It is on again: "
                                              : "assay webhooks enable {webhook}, then ") +
                "assay webhooks recover {webhook} --since TIME"};
}

// What can still come of it, and by whose doing.
std::string what_is_next(const DeliveryFacts& facts, TimePoint now) {
    const std::string status = text_member(facts.delivery, "status");
    const json::array* const attempts = attempts_of(facts.delivery);
    if (status == "failed" && !facts.webhook) return "None: its webhook was deleted.";
    if (status == "failed") {
        return std::string("None by itself. Once mended: ") +
               (is_switched_on(facts) ? "" : "assay webhooks enable {webhook}, then ") +
               "assay webhooks redeliver {delivery}";
    }
    if (status != "pending" || attempts == nullptr || attempts->empty()) return {};
    return next_attempt(facts.delivery, now) + ": " + text_member(attempts->back(), "why_next");
}

}  // namespace

Diagnosis diagnose(const DeliveryFacts& facts) {
    const json::array* const attempts = attempts_of(facts.delivery);
    Diagnosis found;
    if (text_member(facts.delivery, "status") == "cancelled") {
        found = diagnose_cancelled(facts);
    } else if (attempts == nullptr || attempts->empty()) {
        return {"It waits for its first attempt.", ""};
    } else {
        const json::value& last = attempts->back();
        found = diagnose_attempt(last, is_mail(facts));
        const bool http = text_member(last, "error") == "http" && !is_mail(facts);
        const std::int64_t code = http ? integer_member(last, "status_code") : 0;
        if (code == 410) found.remedy = remedy_of_gone(facts);
        if (code == 413) found.remedy = remedy_of_too_large(facts);
        if (!facts.webhook && !found.remedy.empty()) found.remedy = webhook_is_gone;
    }
    found.remedy = with_ids(found.remedy, facts);
    return found;
}

std::string next_attempt(const json::value& delivery, TimePoint now) {
    const std::string at = text_member(delivery, "next_attempt_at");
    const auto time = parse_time(at);
    if (at.empty() || !time) return "-";
    const auto left = *time - now;
    return left <= std::chrono::seconds(0) ? "now" : "in " + in_short(left);
}

std::string curl_line(const json::value& delivery) {
    const json::value* const request = member(delivery, "request");
    if (request == nullptr || !request->is_object()) return {};
    if (text_member(*request, "url").starts_with("mailto:")) return {};
    std::string line = "curl -i -X POST " + quoted_for_shell(text_member(*request, "url"));
    if (const json::value* const headers = member(*request, "headers");
        headers != nullptr && headers->is_object()) {
        for (const auto& [name, value] : headers->get_object()) {
            const std::string text = value.is_string() ? std::string(value.get_string()) : "";
            line += " \\\n  -H " + quoted_for_shell(std::string(name) + ": " + text);
        }
    }
    const std::string body = text_member(*request, "body");
    return line + " \\\n  --data-binary " +
           (fits_on_a_line(body) ? quoted_for_shell(body) : "@body.json");
}

std::string delivery_report(const DeliveryFacts& facts, TimePoint now) {
    const json::value& delivery = facts.delivery;
    const std::string id = text_member(delivery, "id");
    std::string out;
    add_line(out, "delivery", id);
    add_line(out, "event",
             text_member(delivery, "type") + "  " + text_member(delivery, "event_id"));
    add_line(out, "webhook",
             text_member(delivery, "webhook_id") + (facts.webhook ? "" : " (deleted)"));
    add_line(out, "status", text_member(delivery, "status"));
    out += "\nTimeline\n  " + time_of_day(text_member(delivery, "created_at")) + "  the event\n";
    if (const json::array* const attempts = attempts_of(delivery)) {
        for (const json::value& attempt : *attempts)
            add_attempt(out, attempt);
    }
    if (const std::string at = text_member(delivery, "next_attempt_at"); !at.empty()) {
        out += "  " + time_of_day(at) + "  next attempt, " + next_attempt(delivery, now) + '\n';
    }
    out += '\n';
    const Diagnosis found = diagnose(facts);
    add_line(out, "cause", found.cause);
    add_line(out, "remedy", found.remedy);
    add_line(out, "next", with_ids(what_is_next(facts, now), facts));
    const std::string curl = curl_line(delivery);
    if (curl.empty()) return out;
    const json::value* const request = member(delivery, "request");
    out += "\nTry it yourself";
    if (!fits_on_a_line(text_member(*request, "body"))) {
        out += " (body: assay deliveries get " + id + " --body > body.json)";
    }
    // Not folded or cut: it is there to be copied.
    return out + ":\n" + curl + '\n';
}

}  // namespace assay::tools
