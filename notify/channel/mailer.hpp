// Mails over SMTP: one thread with a bounded queue, so that no shard waits for a mail server.
// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/clock.hpp"
#include "engine/base/limits.hpp"
#include "engine/base/result.hpp"
#include "notify/delivery/delivery.hpp"
#include "notify/endpoint/address.hpp"
#include "notify/message/mail_address.hpp"

namespace assay::notify {

// required: no word goes out before the connection is encrypted. With smtps:// it is from the
// start.
enum class StartTls : std::uint8_t { required, opportunistic, off };
std::string_view to_string(StartTls rule) noexcept;
std::optional<StartTls> parse_start_tls(std::string_view text) noexcept;

struct MailerOptions {
    std::string url;  // smtp://HOST[:PORT] or smtps://HOST[:PORT]; empty: no mail is ever sent
    std::string starttls = "required";  // required | opportunistic | off
    std::string user, password;         // both or none
    std::string sender;                 // "Assay <assay@example.com>"
    std::string ca_bundle;              // PEM file instead of the system's authorities
    AddressPolicy addresses;            // of the mail server: a relay is often in the own network
    std::size_t queue_max = limits::mails_queued_max;
    // What went wrong between us and the mail server, with its address: for the operator's log.
    // Tenants, whose delivery log has the outcome, are told no more than that it cannot be used.
    // Called on the mailer's thread; none: nobody is told.
    std::function<void(OutcomeKind kind, const std::string& what)> tell_operator = {};
};
// Errors: invalid_argument with the member's name as field.
Result<void> validate(const MailerOptions& options);

struct Mail {
    std::vector<std::string> recipients;      // checked addresses
    std::string message_id;                   // without the domain
    std::vector<Header> headers;              // beside From, To and Message-ID; checked syntax
    std::shared_ptr<const std::string> body;  // of mail_body()
};

// Thread safety: any thread. Nothing blocks but the destructor, which breaks off the mail under
// way and drops the queue unanswered.
class Mailer {
  public:
    using Answer = std::function<void(Outcome)>;  // on the mailer's thread
    using Make = std::function<std::optional<Mail>()>;

    // Asserts that the options are valid and name a server.
    Mailer(MailerOptions options, const Clock& clock);
    ~Mailer();
    Mailer(const Mailer&) = delete;
    Mailer& operator=(const Mailer&) = delete;

    // One mail to all its recipients or to none: a server that refuses one of them gets it for
    // nobody. `timeout` counts from now; what is still queued by then is answered `aborted`. False:
    // the queue is full, and nothing was taken.
    bool try_send(Mail mail, std::chrono::milliseconds timeout, Answer answer);
    // The same for a mail that is written on the mailer's thread, when its turn comes. Nothing: it
    // is no longer wanted, and answered `aborted`.
    bool try_notice(Make make, std::chrono::milliseconds timeout, Answer answer);

  private:
    struct Body;
    std::unique_ptr<Body> body_;
};

// What an SMTP exchange that ended with `reply` means: 2xx delivered, 4xx to be tried again, 5xx
// final, except where it is our own set-up that is refused (530, 534, 535, 538), which its operator
// can mend. Pure.
Outcome outcome_of_reply(int reply, std::string text);

}  // namespace assay::notify
