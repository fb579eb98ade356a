// Checks the notifier's options and hands them on.
// SPDX-License-Identifier: MIT
#include "notify/notifier_options.hpp"

namespace assay::notify {

ClientOptions client_options(const NotifierOptions& options) {
    ClientOptions client;
    client.urls = options.urls;
    client.addresses = options.addresses;
    client.ca_bundle = options.ca_bundle;
    client.dns_timeout = options.dns_timeout;
    client.connect_timeout = options.connect_timeout;
    client.tls_timeout = options.tls_timeout;
    client.connection_age_max = options.connection_age_max;
    client.connection_idle_max = options.connection_idle_max;
    client.connections_per_origin_max = options.connections_per_origin_max;
    client.connections_idle_max = options.connections_idle_max;
    return client;
}

Result<void> validate(const NotifierOptions& options) {
    if (options.shards < 1 || options.shards > 16) {
        return fail(ErrorCode::invalid_argument, "shards must be 1 to 16", "shards");
    }
    if (options.disable_after < std::chrono::milliseconds(0)) {
        return fail(ErrorCode::invalid_argument,
                    "the time after which endpoints are switched off must not be negative",
                    "disable_after");
    }
    if (options.drain < std::chrono::milliseconds(0)) {
        return fail(ErrorCode::invalid_argument, "the drain time must not be negative", "drain");
    }
    if (Result<void> checked = validate(mailer_options(options)); !checked) {
        checked.error().field = "mail." + checked.error().field;
        return checked;
    }
    return validate(client_options(options));
}

MailerOptions mailer_options(const NotifierOptions& options) {
    MailerOptions mail = options.mail;
    if (options.addresses.allow_loopback) mail.addresses.allow_loopback = true;
    mail.addresses.allowed.insert(mail.addresses.allowed.end(), options.addresses.allowed.begin(),
                                  options.addresses.allowed.end());
    return mail;
}

}  // namespace assay::notify
