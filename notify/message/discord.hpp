// Discord's own JSON for a message, within its limits; and what its 429 says about waiting.
// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "notify/message/message.hpp"

namespace assay::notify {

// Discord's published limits of an embed. It counts characters; here they are counted as UTF-16
// does (two for those beyond U+FFFF), which is never less.
namespace discord_limits {
inline constexpr std::size_t title = 256, description = 4'096, fields = 25, field_name = 256,
                             field_value = 1'024, footer = 2'048, all = 6'000, url = 2'048;
}

// The body of a webhook call: one embed, and no mention that anything in it could set off. Text
// shows as it is: Markdown's characters are escaped. What is over a limit is cut with "…"; facts
// that no longer fit are left out, the last first. Pure.
std::string discord_body(const Message& message);

// How long Discord's answer to too many requests asks to wait: `retry_after`, seconds with a
// fraction, rounded up. nullopt: it says nothing that can be read.
std::optional<std::chrono::seconds> discord_retry_after(std::string_view body);

// `text` as Discord shows it literally, at most `units_max` (at least 1) UTF-16 units long. Pure.
std::string discord_text(std::string_view text, std::size_t units_max);
// UTF-16 units of a UTF-8 text.
std::size_t utf16_units(std::string_view text) noexcept;

}  // namespace assay::notify
