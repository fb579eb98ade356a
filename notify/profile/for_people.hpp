// Events as messages for people: the bodies of the envelopes discord and email. Private to
// notify/profile.
// SPDX-License-Identifier: MIT
#pragma once

#include "engine/base/result.hpp"
#include "notify/message/message.hpp"
#include "notify/profile/envelope.hpp"

namespace assay::notify {

// What the event says, without a channel's limits. Errors: corrupt, and what `item` fails with.
Result<Message> message_of(const Page& page, const ItemSource& item);

// The same in the profile's envelope, which is one of those for people.
Result<Rendered> render_for_people(const Page& page, const ItemSource& item);

// A mail as its reader sees it, as JSON: {"subject", "text", "html"}. Errors: as message_of.
Result<std::string> mail_as_json(const Page& page, const ItemSource& item);

}  // namespace assay::notify
