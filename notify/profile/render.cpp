// Bodies: which data goes into which envelope, in full or thin.
// SPDX-License-Identifier: MIT
#include "notify/profile/render.hpp"

#include <algorithm>
#include <cassert>
#include <optional>

#include "engine/base/json_writer.hpp"
#include "engine/event/batch_facts.hpp"
#include "notify/profile/envelope.hpp"
#include "notify/profile/event_data.hpp"
#include "notify/profile/for_people.hpp"
#include "notify/profile/product_lines.hpp"

namespace assay::notify {
namespace {

using engine::BatchFacts;

constexpr std::size_t envelope_bytes = 1'024;  // room for everything but the products

// Everything of the profile-1 data before `products`. Products that were cancelled show as failed,
// so they count as failed here.
void write_counts(JsonWriter& json, const BatchFacts& facts) {
    json.member("batch_id", facts.batch.text());
    write_text(json, "collection_id", facts.collection_id);
    json.member("status", facts.status == "completed" ? "completed" : "failed")
        .member("total_products", facts.total)
        .member("successful_products", facts.successful)
        .member("failed_products", facts.failed + facts.cancelled);
    json.key("success_rate").number(engine::success_rate(facts.successful, facts.total), 2);
    write_time(json, "started_at", facts.started_at);
    write_time(json, "completed_at", facts.completed_at);
}

// `lines` empty: the thin variant. Errors: corrupt.
Result<std::string> write_with_products(const Page& page, const BatchFacts& facts,
                                        const std::optional<std::string>& lines) {
    std::string body;
    body.reserve(envelope_bytes + (lines ? lines->size() + lines->size() / 16 : 0));
    JsonWriter json(body);
    begin_envelope(json, page);
    json.begin_object();
    write_counts(json, facts);
    json.key("products").begin_array();
    if (lines) {
        const Result<std::int64_t> count = append_products(json, *lines, facts.cancelled > 0);
        if (!count) return count.error();
        if (facts.status == "completed" && *count != facts.total) {
            return fail(ErrorCode::corrupt, "the batch has " + std::to_string(facts.total) +
                                                " products and " + std::to_string(*count) +
                                                " result lines");
        }
    }
    json.end_array();
    if (!lines) {
        json.member("products_omitted", true).key("results_url");
        page.options.results_url.empty() ? json.null() : json.string(page.options.results_url);
    }
    if (facts.status == "cancelled" && !page.options.strict) json.member("cancelled", true);
    json.end_object();
    end_envelope(json, page);
    return body;
}

std::size_t full_limit(const RenderOptions& options) noexcept {
    if (options.strict || options.payload == PayloadRule::full) {
        return limits::body_strict_bytes_max;
    }
    return std::min(options.full_bytes_max, limits::body_strict_bytes_max);
}

Result<Rendered> render_thin(const Page& page, const BatchFacts& facts) {
    Result<std::string> body = write_with_products(page, facts, std::nullopt);
    if (!body) return body.error();
    return Rendered{std::move(body).value(), BodyVariant::thin};
}

Result<Rendered> render_with_products(const Page& page, const BatchFacts& facts,
                                      const ProductsSource& products) {
    const bool strict = page.options.strict;
    if (!strict && page.options.payload == PayloadRule::thin) return render_thin(page, facts);
    const std::size_t limit = full_limit(page.options);
    const Result<std::string> lines = products(limit);
    if (!lines && lines.error().code != ErrorCode::payload_too_large) return lines.error();
    if (lines) {
        Result<std::string> body = write_with_products(page, facts, *lines);
        if (!body) return body.error();
        if (body->size() <= limit) {
            return Rendered{std::move(body).value(),
                            strict ? BodyVariant::only : BodyVariant::full};
        }
    }
    if (!strict) return render_thin(page, facts);
    return fail(ErrorCode::payload_too_large,
                "the body with all products is larger than " + std::to_string(limit) + " bytes",
                "overrides.strict", "switch strict off to get a link to the results instead");
}

// What the profile writes for this wire type; nullopt: it does not send this event under it.
std::optional<EventData> data_of(const Page& page) {
    for (const CatalogueEntry& entry : page.profile.events) {
        if (entry.type != page.wire_type) continue;
        const bool known =
            std::find(entry.of.begin(), entry.of.end(), page.event.type) != entry.of.end();
        if (known) return entry.data;
    }
    const bool published = page.profile.accepts_any_type && page.wire_type == page.event.type &&
                           is_publishable_type(page.event.type);
    return published ? std::optional(EventData::own) : std::nullopt;
}

Result<Rendered> render_own(const Page& page) {
    const std::string_view data = page.event.data;
    if (data.size() < 2 || data.front() != '{' || data.back() != '}') {
        return fail(ErrorCode::corrupt, "the event's data is not a JSON object");
    }
    std::string body;
    body.reserve(envelope_bytes + data.size());
    JsonWriter json(body);
    begin_envelope(json, page);
    json.raw(data);
    end_envelope(json, page);
    return Rendered{std::move(body), BodyVariant::only};
}

// A batch that was cancelled goes out as completed to guides that know no such end; they get a
// mark.
bool needs_mark(const Page& page, const BatchFacts& facts) noexcept {
    return facts.status == "cancelled" && page.wire_type != page.event.type && !page.options.strict;
}

// `write(json)` writes the data and may fail.
template <class Write>
Result<Rendered> render_small(const Page& page, Write write) {
    std::string body;
    body.reserve(envelope_bytes);
    JsonWriter json(body);
    begin_envelope(json, page);
    if (const Result<void> written = write(json); !written) return written.error();
    end_envelope(json, page);
    return Rendered{std::move(body), BodyVariant::only};
}

Result<Rendered> render_batch(const Page& page, EventData data, const ProductsSource& products) {
    const Result<BatchFacts> facts = engine::parse_batch_facts(page.event.data);
    if (!facts) return facts.error();
    if (data == EventData::batch_with_products) {
        return render_with_products(page, *facts, products);
    }
    return render_small(page, [&](JsonWriter& json) -> Result<void> {
        write_batch_data(json, data, *facts, needs_mark(page, *facts));
        return {};
    });
}

}  // namespace

Result<std::string> render_data(const Profile& profile, std::string_view wire_type,
                                const engine::Event& event, const ItemSource& item) {
    Profile bare = profile;
    bare.envelope = Envelope::data_only;
    RenderOptions options;
    options.payload = PayloadRule::thin;
    Result<Rendered> rendered = render(bare, wire_type, {}, event, options, {}, item);
    if (!rendered) return std::move(rendered).error();
    return std::move(rendered->body);
}

Result<Rendered> render(const Profile& profile, std::string_view wire_type,
                        std::string_view message_id, const engine::Event& event,
                        const RenderOptions& options, const ProductsSource& products,
                        const ItemSource& item) {
    const Page page{profile, wire_type, message_id, event, options};
    const std::optional<EventData> data = data_of(page);
    if (!data) {
        return fail(ErrorCode::invalid_argument,
                    profile.name + " does not send " + event.type + " as " + std::string(wire_type),
                    "events");
    }
    switch (*data) {
        case EventData::own:
            // Published types reach every profile that takes them.
            if (channel_of(profile.envelope) == Channel::http) return render_own(page);
            [[fallthrough]];
        case EventData::prose:
            return render_for_people(page, item);
        case EventData::quota_usage:
            return render_small(page,
                                [&](JsonWriter& json) { return write_quota_usage(json, event); });
        case EventData::item_started:
        case EventData::item_result:
        case EventData::item_failure:
        case EventData::image_started:
        case EventData::image_result:
        case EventData::image_failure:
            return render_small(
                page, [&](JsonWriter& json) { return write_item_data(json, *data, event, item); });
        default:
            return render_batch(page, *data, products);
    }
}

}  // namespace assay::notify
