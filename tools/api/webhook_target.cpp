// Reads and writes targets.
// SPDX-License-Identifier: MIT
#include "tools/api/webhook_target.hpp"

#include "engine/base/limits.hpp"
#include "notify/message/mail_address.hpp"

namespace assay::tools {
namespace {

using notify::Channel;
using notify::Endpoint;

// The profile that a channel has where none is named.
std::string profile_of(Channel channel) {
    return channel == Channel::http ? Endpoint().profile : std::string(to_string(channel));
}

// An endpoint that leads somewhere already keeps its channel.
void read_channel(MemberReader& reader, Endpoint& endpoint, const notify::ProfileBook& profiles) {
    const bool is_new = endpoint.url.empty();
    Channel wanted = endpoint.channel;
    const auto text = reader.text("channel", 16);
    if (text) {
        const std::optional<Channel> named = notify::parse_channel(*text);
        if (!named) return reader.refuse("channel", "must be http, discord or email");
        if (!is_new && *named != endpoint.channel) {
            return reader.refuse("channel", "cannot be changed", "make another webhook");
        }
        wanted = *named;
    }
    if (endpoint.profile.empty()) endpoint.profile = profile_of(wanted);
    if (!is_new) return;
    const notify::Profile* const profile = profiles.find(endpoint.profile);
    endpoint.channel = text || profile == nullptr ? wanted : channel_of(profile->envelope);
}

}  // namespace

void read_target(MemberReader& reader, Endpoint& endpoint, const notify::ProfileBook& profiles) {
    read_channel(reader, endpoint, profiles);
    auto url = reader.text("url", limits::url_bytes_max);
    const auto recipients =
        reader.texts("recipients", limits::mail_recipients_max, limits::mail_address_bytes_max);
    if (endpoint.channel == Channel::email) {
        if (url) return reader.refuse("url", "has no meaning for mails", "give recipients");
        if (recipients && recipients->empty()) {
            return reader.refuse("recipients", "are none", "name whom the mails are for");
        }
        if (recipients) endpoint.url = notify::to_mailto(*recipients);
        return;
    }
    if (recipients) {
        return reader.refuse("recipients", "are those of mails", "say channel email with them");
    }
    // Sent back as it was shown, it stays what it is.
    if (url && *url != notify::shown_url(endpoint)) endpoint.url = *std::move(url);
}

Result<void> check_has_target(const Endpoint& endpoint) {
    if (!endpoint.url.empty()) return {};
    if (endpoint.channel == Channel::email) {
        return fail(ErrorCode::invalid_argument, "are missing", "recipients",
                    "name whom the mails are for");
    }
    return fail(ErrorCode::invalid_argument, "is missing", "url",
                "give the URL that is to be called");
}

void write_target(JsonWriter& writer, const Endpoint& endpoint) {
    if (endpoint.channel != Channel::email) {
        writer.member("url", notify::shown_url(endpoint));
        return;
    }
    writer.key("url").null();
    writer.key("recipients").begin_array();
    if (const auto recipients = notify::parse_mailto(endpoint.url)) {
        for (const std::string& recipient : *recipients)
            writer.string(recipient);
    }
    writer.end_array();
}

}  // namespace assay::tools
