// Reads the samples that travel inside the program.
// SPDX-License-Identifier: MIT
#include "notify/profile/sample.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <cstdio>
#include <cstdlib>

#include "engine/base/embedded.hpp"
#include "notify/profile/for_people.hpp"
#include "notify/profile/render.hpp"

namespace assay::embedded {
std::span<const EmbeddedFile> sample_files();
}

namespace assay::notify {
namespace {

namespace json = boost::json;

constexpr std::string_view unknown_data = R"({"sample":true})";
constexpr std::string_view sample_id = "evt_018f3b8e-6b7a-7c3d-9d53-0a4f7f1c2b11";
constexpr std::string_view sample_time = "2026-05-25T10:30:00.000Z";

const json::object& samples() {
    static const json::object parsed = [] {
        boost::system::error_code error;
        const json::value value = json::parse(embedded::sample_files().front().bytes, error);
        if (error || !value.is_object()) {
            std::fputs("data/samples/events.json is not a JSON object\n", stderr);
            std::abort();  // built into the program: a test reads it too
        }
        return value.get_object();
    }();
    return parsed;
}

const json::value* sample_data(std::string_view type) {
    return samples().at("events").as_object().if_contains(type);
}

const json::array& results_of(std::string_view end) {
    return samples().at("results").as_object().at(end).as_array();
}

// The canonical type behind a wire type; empty: none.
std::string canonical_of(const Profile& profile, std::string_view wire_type) {
    for (const CatalogueEntry& entry : profile.events) {
        if (entry.type == wire_type) return entry.of.front();
    }
    return profile.accepts_any_type && is_publishable_type(wire_type) ? std::string(wire_type) : "";
}

std::string example_in(std::string_view schema) {
    boost::system::error_code error;
    const json::value parsed = json::parse(schema, error);
    if (error || !parsed.is_object()) return std::string(unknown_data);
    const json::value* const examples = parsed.get_object().if_contains("examples");
    if (examples == nullptr || !examples->is_array()) return std::string(unknown_data);
    for (const json::value& example : examples->get_array()) {
        if (example.is_object()) return json::serialize(example);
    }
    return std::string(unknown_data);
}

Result<std::string> body_of(const Profile& profile, std::string_view wire_type,
                            std::string_view type, std::string_view schema) {
    engine::Event event = sample_event(type, schema);
    if (const json::value* const data = sample_data(type)) {
        const json::value* const batch = data->as_object().if_contains("batch_id");
        if (batch != nullptr) event.batch = BatchId(std::string(batch->as_string()));
    }
    RenderOptions options;
    options.source = "https://assay.example";
    options.store_id = 1;
    const std::string message_id = message_id_of(event.id, profile, type, wire_type);
    if (profile.envelope == Envelope::email) {
        return mail_as_json({profile, wire_type, message_id, event, options}, sample_line);
    }
    Result<Rendered> rendered = render(
        profile, wire_type, message_id, event, options,
        [&](std::size_t) -> Result<std::string> { return sample_lines(type); }, sample_line);
    if (!rendered) return std::move(rendered).error();
    return std::move(rendered->body);
}

}  // namespace

engine::Event sample_event(std::string_view type, std::string_view schema) {
    engine::Event event;
    event.seq = EventSeq{1};
    event.id = EventId(std::string(sample_id));
    event.type = type;
    event.created_at = parse_time(sample_time).value();
    const json::value* const data = sample_data(type);
    event.data = data != nullptr ? json::serialize(*data) : example_in(schema);
    return event;
}

std::string sample_lines(std::string_view type) {
    if (!engine::is_terminal(type)) return {};
    std::string lines;
    for (const json::value& line : results_of(type.substr(type.find('.') + 1)))
        lines.append(json::serialize(line)) += '\n';
    return lines;
}

Result<std::string> sample_line(std::int64_t index) {
    const json::array& lines = results_of("completed");
    if (index < 0 || static_cast<std::size_t>(index) >= lines.size()) {
        return fail(ErrorCode::corrupt, "there is no sample of a result with this index");
    }
    return json::serialize(lines[static_cast<std::size_t>(index)]);
}

Result<std::string> sample_body(const Profile& profile, std::string_view wire_type,
                                std::string_view schema) {
    const std::string type = canonical_of(profile, wire_type);
    if (type.empty()) {
        return fail(ErrorCode::invalid_argument,
                    profile.name + " sends no event " + std::string(wire_type), "type");
    }
    return body_of(profile, wire_type, type, schema);
}

Result<void> check_catalogue(const Profile& profile) {
    for (std::size_t i = 0; i < profile.events.size(); ++i) {
        const CatalogueEntry& entry = profile.events[i];
        for (const std::string& type : entry.of) {
            const auto refuse = [&](std::string why) {
                return fail(ErrorCode::invalid_argument, "profile: " + std::move(why),
                            "/events/" + std::to_string(i));
            };
            if (sample_data(type) == nullptr && !is_publishable_type(type)) {
                return refuse("there is no event " + type);
            }
            // The log's own rows of these are ours alone: results and links are put in their place.
            if (entry.data == EventData::own &&
                (type.starts_with("batch.") || type.starts_with("item."))) {
                return refuse(type + " has no data of its own: choose another `data`");
            }
            if (const auto body = body_of(profile, entry.type, type, {}); !body) {
                return refuse(type + " cannot be sent with this `data`: " + body.error().message);
            }
        }
    }
    return {};
}

}  // namespace assay::notify
