// Splices result lines, and rewrites the few that were cancelled.
// SPDX-License-Identifier: MIT
#include "notify/profile/product_lines.hpp"

#include <optional>
#include <string>

namespace assay::notify {
namespace {

constexpr std::string_view cancelled_mark = R"("status":"cancelled")";
constexpr std::string_view failed_status = R"("failed")";
constexpr std::string_view cancelled_error =
    R"({"code":"cancelled","message":"the batch was cancelled before this product was analysed",)"
    R"("stage":null,"retryable":true,"attempts":0,"field":null})";

// The end of the JSON string that begins at `start` (a quote), behind its closing quote.
std::optional<std::size_t> string_end(std::string_view text, std::size_t start) noexcept {
    for (std::size_t i = start + 1; i < text.size(); ++i) {
        if (text[i] == '\\') {
            ++i;
        } else if (text[i] == '"') {
            return i + 1;
        }
    }
    return std::nullopt;
}

// The end of the value that begins at `start`: where the next comma or closing bracket of the
// object around it stands.
std::optional<std::size_t> value_end(std::string_view text, std::size_t start) noexcept {
    std::size_t depth = 0;
    for (std::size_t i = start; i < text.size();) {
        const char c = text[i];
        if (c == '"') {
            const auto end = string_end(text, i);
            if (!end) return std::nullopt;
            i = *end;
            continue;
        }
        if (c == '{' || c == '[') ++depth;
        if (c == '}' || c == ']') {
            if (depth == 0) return i;
            --depth;
        }
        if (c == ',' && depth == 0) return i;
        ++i;
    }
    return std::nullopt;
}

struct Span {
    std::size_t begin = 0, end = 0;
};

// Calls use(key, value) with the places of each member of the line's own object: its echoed input
// may hold the same words. The lines are ours, without spaces. False: it is no such line.
template <class Use>
bool for_each_member(std::string_view line, Use use) {
    if (line.empty() || line.front() != '{') return false;
    std::size_t i = 1;
    while (i < line.size() && line[i] == '"') {
        const auto key_end = string_end(line, i);
        if (!key_end || *key_end >= line.size() || line[*key_end] != ':') return false;
        const auto end = value_end(line, *key_end + 1);
        if (!end) return false;
        use(line.substr(i + 1, *key_end - i - 2), Span{*key_end + 1, *end});
        if (line[*end] == '}') return *end + 1 == line.size();
        i = *end + 1;
    }
    return false;
}

struct Places {
    std::optional<Span> status, error;
};

std::optional<Places> find_places(std::string_view line) noexcept {
    Places places;
    const bool whole = for_each_member(line, [&](std::string_view key, const Span& value) {
        if (key == "status") places.status = value;
        if (key == "error") places.error = value;
    });
    return whole ? std::optional(places) : std::nullopt;
}

std::string_view part(std::string_view line, const Span& span) noexcept {
    return line.substr(span.begin, span.end - span.begin);
}

// `line` with its status and, where there is none yet, its error rewritten; nullopt: it is no
// result line.
std::optional<std::string> as_failed(std::string_view line) {
    const std::optional<Places> places = find_places(line);
    if (!places || !places->status) return std::nullopt;
    if (part(line, *places->status) != R"("cancelled")") return std::string(line);
    std::string text;
    text.reserve(line.size() + cancelled_error.size());
    text += line.substr(0, places->status->begin);
    text += failed_status;
    if (!places->error) {  // behind the last member
        text += line.substr(places->status->end, line.size() - places->status->end - 1);
        text.append(R"(,"error":)").append(cancelled_error) += '}';
        return text;
    }
    if (places->error->begin < places->status->end) return std::nullopt;  // not our key order
    text += line.substr(places->status->end, places->error->begin - places->status->end);
    const std::string_view error = part(line, *places->error);
    text += error == "null" ? cancelled_error : error;
    text += line.substr(places->error->end);
    return text;
}

}  // namespace

Result<std::int64_t> append_products(JsonWriter& json, std::string_view ndjson,
                                     bool may_hold_cancelled) {
    std::int64_t count = 0;
    while (!ndjson.empty()) {
        const std::size_t end = ndjson.find('\n');
        const std::string_view line = ndjson.substr(0, end);
        ndjson.remove_prefix(end == std::string_view::npos ? ndjson.size() : end + 1);
        if (line.size() < 2 || line.front() != '{' || line.back() != '}') {
            return fail(ErrorCode::corrupt,
                        "result line " + std::to_string(count + 1) + " is not a JSON object");
        }
        ++count;
        if (!may_hold_cancelled || line.find(cancelled_mark) == std::string_view::npos) {
            json.raw(line);
            continue;
        }
        const std::optional<std::string> rewritten = as_failed(line);
        if (!rewritten) {
            return fail(ErrorCode::corrupt,
                        "result line " + std::to_string(count) + " has not the form of one");
        }
        json.raw(*rewritten);
    }
    return count;
}

std::optional<std::string_view> line_member(std::string_view line, std::string_view key) noexcept {
    std::optional<std::string_view> found;
    const bool whole = for_each_member(line, [&](std::string_view name, const Span& value) {
        if (name == key) found = part(line, value);
    });
    return whole ? found : std::nullopt;
}

std::optional<std::string> with_product_data(std::string_view line, std::string_view product_data) {
    std::optional<Span> place;
    const bool whole = for_each_member(line, [&](std::string_view key, const Span& value) {
        if (key == "product_data") place = value;
    });
    if (!whole || !place) return std::nullopt;
    std::string text;
    text.reserve(line.size() + product_data.size());
    text.append(line.substr(0, place->begin)).append(product_data).append(line.substr(place->end));
    return text;
}

bool append_members(JsonWriter& json, std::string_view line) {
    return for_each_member(line, [&](std::string_view key, const Span& value) {
        json.key(key).raw(part(line, value));
    });
}

}  // namespace assay::notify
