// Reads and writes targets.
// SPDX-License-Identifier: MIT
#include "tools/api/webhook_target.hpp"

#include "engine/base/limits.hpp"
#include "notify/message/channel_limits.hpp"
#include "notify/message/mail_address.hpp"

namespace assay::tools {
namespace {

using notify::Channel;
using notify::Endpoint;

// The profile that a channel has where none is named.
std::string profile_of(Channel channel) {
    return channel == Channel::http ? Endpoint().profile : std::string(to_string(channel));
}

void read_channel(MemberReader& reader, Endpoint& endpoint, const notify::ProfileBook& profiles) {
    const auto text = reader.text("channel", 16);
    const std::optional<Channel> named = text ? notify::parse_channel(*text) : std::nullopt;
    if (text && !named) return reader.refuse("channel", "must be http, discord or email");
    if (endpoint.profile.empty()) endpoint.profile = profile_of(named.value_or(endpoint.channel));
    const notify::Profile* const profile = profiles.find(endpoint.profile);
    if (named) {
        endpoint.channel = *named;
    } else if (profile != nullptr) {
        endpoint.channel = channel_of(profile->envelope);
    }
}

}  // namespace

void read_target(MemberReader& reader, Endpoint& endpoint, const notify::ProfileBook& profiles) {
    read_channel(reader, endpoint, profiles);
    auto url = reader.text("url", limits::url_bytes_max);
    const auto recipients =
        reader.texts("recipients", limits::mail_recipients_max, limits::mail_address_bytes_max);
    if (endpoint.channel == Channel::email) {
        if (url) return reader.refuse("url", "has no meaning for mails", "give recipients");
        if (recipients) endpoint.url = notify::to_mailto(*recipients);
        if (endpoint.url.empty()) reader.refuse("recipients", "are missing");
        return;
    }
    if (recipients) return reader.refuse("recipients", "are those of the channel email");
    if (url) endpoint.url = *std::move(url);
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
