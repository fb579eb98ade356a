// What the notifier's options mean to the parts behind it (private to notify).
// SPDX-License-Identifier: MIT
#pragma once

#include "notify/http/client_pool.hpp"
#include "notify/notifier.hpp"

namespace assay::notify {

ClientOptions client_options(const NotifierOptions& options);
// What endpoints may be dialled at, the mail server may too.
MailerOptions mailer_options(const NotifierOptions& options);

}  // namespace assay::notify
