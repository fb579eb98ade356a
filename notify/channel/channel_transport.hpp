// One Transport over all channels: HTTP as it is, Discord's answers read, mails to the mailer.
// SPDX-License-Identifier: MIT
#pragma once

#include <memory>

#include "notify/channel/mailer.hpp"
#include "notify/dispatch/transport.hpp"

namespace boost::asio {
class io_context;
}

namespace assay::notify {

// `http` sends what goes over HTTP. `mailer` may be null: mails then fail as if its server were
// away, and are tried again. `io` (the shard's), `clock` and `mailer` outlive it; the mailer is
// destroyed before `io`.
std::unique_ptr<Transport> make_channel_transport(boost::asio::io_context& io, const Clock& clock,
                                                  std::unique_ptr<Transport> http, Mailer* mailer);

}  // namespace assay::notify
