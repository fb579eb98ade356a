// Any bytes as Discord's answer and as the texts of an embed: bounded waits, JSON within its
// limits.
// SPDX-License-Identifier: MIT
#include <boost/json/parse.hpp>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "engine/base/limits.hpp"
#include "engine/base/utf8.hpp"
#include "notify/message/discord.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace assay::notify;
    const std::string text(reinterpret_cast<const char*>(data), size);
    const auto wait = discord_retry_after(text);
    if (wait && (wait->count() < 0 || *wait > assay::limits::retry_after_max)) std::abort();
    if (!assay::is_utf8(text)) return 0;  // events are
    Message message;
    message.title = message.text = message.footer = text;
    message.facts = {{text, text}, {"n", text}};
    const auto body = boost::json::parse(discord_body(message));
    const auto& embed = body.at("embeds").at(0).as_object();
    std::size_t all = 0;
    const auto within = [&](const boost::json::value& value, std::size_t most) {
        const std::size_t units = utf16_units(std::string_view(value.as_string()));
        if (units > most) std::abort();
        all += units;
    };
    within(embed.at("title"), discord_limits::title);
    if (const auto* const shown = embed.if_contains("description"))
        within(*shown, discord_limits::description);
    if (const auto* const fields = embed.if_contains("fields")) {
        for (const auto& field : fields->as_array()) {
            within(field.at("name"), discord_limits::field_name);
            within(field.at("value"), discord_limits::field_value);
        }
    }
    if (const auto* const footer = embed.if_contains("footer"))
        within(footer->at("text"), discord_limits::footer);
    if (all > discord_limits::all) std::abort();
    return 0;
}
