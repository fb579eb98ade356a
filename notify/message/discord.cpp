// Writes embeds.
// SPDX-License-Identifier: MIT
#include "notify/message/discord.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <cassert>
#include <cmath>

#include "engine/base/json_writer.hpp"
#include "engine/base/limits.hpp"

namespace assay::notify {
namespace {

// What begins or ends formatting, links, mentions and quotes.
constexpr std::string_view markdown = "\\*_~`|[]()<>#@";
constexpr std::string_view cut_mark = "\u2026";

int colour_of(Tone tone) noexcept {
    switch (tone) {
        case Tone::good:
            return 0x2e8b57;
        case Tone::warning:
            return 0xe0a100;
        case Tone::bad:
            return 0xc0392b;
        case Tone::neutral:
            break;
    }
    return 0x4a6fa5;
}

// Bytes of the character that begins with `lead`, in valid UTF-8.
std::size_t character_bytes(char lead) noexcept {
    const auto byte = static_cast<unsigned char>(lead);
    return byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
}

// `escape`: Markdown is shown there.
std::string cut_text(std::string_view text, std::size_t units_max, bool escape) {
    assert(units_max >= 1);
    std::string out;
    std::size_t units = 0;
    std::size_t cut = 0;  // bytes of `out` behind which the mark still fits
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t bytes = std::min(character_bytes(text[at]), text.size() - at);
        const bool escaped =
            escape && bytes == 1 && markdown.find(text[at]) != std::string_view::npos;
        const std::size_t more = (bytes == 4 ? 2U : 1U) + (escaped ? 1U : 0U);
        if (units + more > units_max) {
            out.resize(cut);
            return out.append(cut_mark);
        }
        if (escaped) out += '\\';
        out.append(text, at, bytes);
        units += more;
        at += bytes;
        if (units + 1 <= units_max) cut = out.size();
    }
    return out;
}

// Takes from what all texts of a message share.
class Budget {
  public:
    // Empty where nothing is left.
    std::string take(std::string_view text, std::size_t units_max, bool escape = true) {
        const std::size_t most = std::min(units_max, left_);
        if (most == 0 || text.empty()) return {};
        std::string cut = cut_text(text, most, escape);
        left_ -= utf16_units(cut);
        return cut;
    }
    std::size_t left() const noexcept { return left_; }

  private:
    std::size_t left_ = discord_limits::all;
};

void write_fields(JsonWriter& json, const std::vector<Fact>& facts, Budget& budget) {
    json.key("fields").begin_array();
    std::size_t count = 0;
    for (const Fact& fact : facts) {
        if (count == discord_limits::fields || budget.left() < 2) break;
        // Discord takes no empty ones.
        const std::string name =
            budget.take(fact.name.empty() ? "-" : fact.name, discord_limits::field_name);
        const std::string value =
            budget.take(fact.value.empty() ? "-" : fact.value, discord_limits::field_value);
        if (value.empty()) break;  // the name took the rest
        json.begin_object()
            .member("name", name)
            .member("value", value)
            .member("inline", utf16_units(value) <= 32)
            .end_object();
        ++count;
    }
    json.end_array();
}

}  // namespace

std::size_t utf16_units(std::string_view text) noexcept {
    std::size_t units = 0;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte & 0xc0) == 0x80) continue;  // inside a character
        units += byte >= 0xf0 ? 2 : 1;
    }
    return units;
}

std::string discord_text(std::string_view text, std::size_t units_max) {
    return cut_text(text, units_max, true);
}

std::string discord_body(const Message& message) {
    Budget budget;
    std::string body;
    JsonWriter json(body);
    // The footer names the event, so it has its place before the facts can fill it.
    const std::string footer = budget.take(message.footer, discord_limits::footer, false);
    json.begin_object().key("embeds").begin_array().begin_object();
    json.member("title",
                budget.take(message.title.empty() ? "-" : message.title, discord_limits::title));
    if (!message.text.empty() && budget.left() > 0) {
        json.member("description", budget.take(message.text, discord_limits::description));
    }
    const bool links = message.link.starts_with("https://") || message.link.starts_with("http://");
    if (links && message.link.size() <= discord_limits::url) json.member("url", message.link);
    json.member("color", colour_of(message.tone)).member("timestamp", to_rfc3339(message.time));
    if (!message.facts.empty()) write_fields(json, message.facts, budget);
    if (!footer.empty()) json.key("footer").begin_object().member("text", footer).end_object();
    json.end_object().end_array();
    json.key("allowed_mentions").begin_object().key("parse").begin_array().end_array().end_object();
    json.end_object();
    return body;
}

std::optional<std::chrono::seconds> discord_retry_after(std::string_view body) {
    boost::system::error_code error;
    boost::json::parse_options options;
    options.max_depth = limits::json_depth_max;
    const boost::json::value value = boost::json::parse(body, error, {}, options);
    const boost::json::object* const object = error ? nullptr : value.if_object();
    const boost::json::value* const member =
        object == nullptr ? nullptr : object->if_contains("retry_after");
    if (member == nullptr || !member->is_number()) return std::nullopt;
    const double seconds = member->is_double()
                               ? member->get_double()
                               : static_cast<double>(member->is_int64() ? member->get_int64() : 0);
    if (!(seconds >= 0)) return std::nullopt;  // written so that NaN is refused
    const double most = static_cast<double>(
        std::chrono::duration_cast<std::chrono::seconds>(limits::retry_after_max).count());
    return std::chrono::seconds(static_cast<std::int64_t>(std::ceil(std::min(seconds, most))));
}

}  // namespace assay::notify
