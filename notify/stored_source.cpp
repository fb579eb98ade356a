// Renders bodies from the store.
// SPDX-License-Identifier: MIT
#include "notify/stored_source.hpp"

#include <algorithm>

#include "engine/base/hash.hpp"
#include "engine/batch_store/batch_store.hpp"
#include "notify/profile/product_lines.hpp"
#include "notify/profile/render.hpp"
#include "notify/profile/sample.hpp"

namespace assay::notify {
namespace {

constexpr std::size_t bodies_kept = 8;
constexpr std::size_t body_bytes_kept = 256 * limits::kibibyte;  // larger ones are read again
constexpr std::size_t damaged_rows_max = 10'000;  // counted; any more are stepped over as well
constexpr std::int64_t products_at_once = 1'000;  // of one read transaction

std::string key_of(const Delivery& delivery, const Endpoint& endpoint) {
    const EndpointOverrides& overrides = endpoint.overrides;
    std::string key = delivery.message_id;
    key += '\n';
    key += delivery.event_id.text();
    key += '\n';
    key += delivery.wire_type;
    key += '\n';
    key += endpoint.profile;
    key += '\n';
    key += static_cast<char>('0' + static_cast<int>(overrides.payload));
    key += overrides.strict ? 's' : '-';
    key += std::to_string(overrides.max_body_bytes.value_or(0));
    key += '\n';
    key += std::to_string(overrides.store_id.value_or(0));
    key += overrides.echo == EchoRule::full ? 'f' : '-';
    key += '\n';
    key += std::to_string(endpoint.body_revision);
    return key;
}

// Puts the whole inputs into result lines, where the endpoint asks for them. `first`: the index of
// the first line's product.
Result<void> echo_inputs(engine::Connection& db, const BatchId& batch, EchoRule echo,
                         std::int64_t first, std::string& lines) {
    if (echo == EchoRule::reduced) return {};
    const auto inputs = engine::batch_store::read_full_inputs(
        db, batch, first, std::count(lines.begin(), lines.end(), '\n'));
    if (!inputs) return inputs.error();
    std::string echoed;
    std::string_view rest = lines;
    for (const std::optional<std::string>& input : *inputs) {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(line.size() + 1);
        const auto whole = input ? with_product_data(line, *input) : std::nullopt;
        echoed.append(whole ? *whole : line) += '\n';
    }
    lines = std::move(echoed);
    return {};
}

}  // namespace

Result<DeliverySource::Body> StoredSource::body(const Delivery& delivery, const Endpoint& endpoint,
                                                const engine::Event* event) {
    std::string key = key_of(delivery, endpoint);
    const auto known =
        std::find_if(kept_.begin(), kept_.end(), [&](const Kept& kept) { return kept.key == key; });
    if (known != kept_.end()) return known->body;
    std::optional<engine::Event> stored;
    if (event == nullptr) {
        Result<engine::Database::ReadLease> lease = database_.read();
        if (!lease) return std::move(lease).error();
        Result<std::optional<engine::Event>> found =
            engine::batch_store::find_event(**lease, delivery.event);
        if (!found) return std::move(found).error();
        if (!*found) {
            return fail(ErrorCode::archived, "the event is no longer in the log");
        }
        stored = **std::move(found);
        event = &*stored;
    }
    Result<Body> body = render_body(delivery, endpoint, *event);
    if (body && body->bytes->size() <= body_bytes_kept) {
        kept_.push_back({std::move(key), *body});
        if (kept_.size() > bodies_kept) kept_.pop_front();
    }
    return body;
}

Result<DeliverySource::Body> StoredSource::render_body(const Delivery& delivery,
                                                       const Endpoint& endpoint,
                                                       const engine::Event& event) {
    const Profile* const profile = profiles_.find(endpoint.profile);
    if (profile == nullptr) {
        return fail(ErrorCode::invalid_argument, "unknown profile " + endpoint.profile);
    }
    RenderOptions options;
    options.payload = endpoint.overrides.payload;
    options.strict = endpoint.overrides.strict;
    options.full_bytes_max =
        endpoint.overrides.max_body_bytes.value_or(limits::body_full_bytes_default);
    options.store_id = endpoint.overrides.store_id.value_or(0);
    options.source = link_base(delivery.event);
    if (event.batch) {
        options.results_url = links_.make(event.tenant, *event.batch, options.source);
    }
    Result<Rendered> rendered = render(
        *profile, delivery.wire_type, delivery.message_id, event, options,
        [&](std::size_t bytes_max) { return products(event, endpoint.overrides.echo, bytes_max); },
        [&](std::int64_t index) { return item(event, endpoint.overrides.echo, index); });
    if (!rendered) return std::move(rendered).error();
    Body body;
    body.hash = body_mark(hash64(rendered->body), endpoint.body_revision);
    body.variant = rendered->variant;
    body.bytes = std::make_shared<const std::string>(std::move(rendered->body));
    return body;
}

std::string_view StoredSource::link_base(EventSeq event) const noexcept {
    std::string_view base = links_.base();
    for (const notify_store::LinkBase& known : bases_) {
        if (known.after < event) base = known.base;
    }
    return base;
}

Result<std::string> StoredSource::data(const engine::Event& event, const Endpoint& endpoint,
                                       std::string_view wire_type) {
    const Profile* const profile = profiles_.find(endpoint.profile);
    if (profile == nullptr) {
        return fail(ErrorCode::invalid_argument, "unknown profile " + endpoint.profile);
    }
    return render_data(*profile, wire_type, event,
                       [&](std::int64_t index) { return item(event, EchoRule::reduced, index); });
}

// Page by page, so that no read transaction is long.
Result<std::string> StoredSource::products(const engine::Event& event, EchoRule echo,
                                           std::size_t bytes_max) {
    if (!event.batch) return sample_lines(event.type);
    std::string lines;
    std::int64_t next = 0;
    for (;;) {
        Result<engine::Database::ReadLease> lease = database_.read();
        if (!lease) return std::move(lease).error();
        Result<engine::batch_store::ResultPage> page =
            engine::batch_store::read_results(**lease, *event.batch, next, products_at_once);
        if (!page) return std::move(page).error();
        if (page->next_index <= next) return lines;
        if (Result<void> done = echo_inputs(**lease, *event.batch, echo, next, page->lines); !done)
            return std::move(done).error();
        if (lines.size() + page->lines.size() > bytes_max) {
            return fail(ErrorCode::payload_too_large,
                        "the products take more than " + std::to_string(bytes_max) + " bytes");
        }
        lines += page->lines;
        next = page->next_index;
    }
}

Result<std::string> StoredSource::item(const engine::Event& event, EchoRule echo,
                                       std::int64_t index) {
    if (!event.batch) return sample_line(index);
    Result<engine::Database::ReadLease> lease = database_.read();
    if (!lease) return std::move(lease).error();
    Result<engine::batch_store::ResultPage> page =
        engine::batch_store::read_results(**lease, *event.batch, index, 1);
    if (!page) return std::move(page).error();
    if (page->lines.empty()) return fail(ErrorCode::corrupt, "the item has no result");
    if (Result<void> done = echo_inputs(**lease, *event.batch, echo, index, page->lines); !done)
        return std::move(done).error();
    return std::move(page->lines);
}

Result<DeliverySource::DueRows> StoredSource::due(const EndpointId& endpoint, TimePoint until,
                                                  std::size_t limit) {
    Result<engine::Database::ReadLease> lease = database_.read();
    if (!lease) return std::move(lease).error();
    std::vector<std::int64_t> damaged;
    Result<std::vector<Delivery>> rows = notify_store::due_deliveries(
        **lease, endpoint, until, static_cast<std::int64_t>(limit), &damaged);
    if (!rows) return std::move(rows).error();
    for (const std::int64_t number : damaged) {
        if (damaged_ == nullptr || damaged_rows_.size() >= damaged_rows_max) break;
        if (damaged_rows_.insert(number).second) damaged_->fetch_add(1, std::memory_order_relaxed);
    }
    DueRows due;
    due.rows = *std::move(rows);
    if (due.rows.size() >= limit) {
        due.next = due.rows.back().due;  // more of them are due already
        return due;
    }
    Result<std::optional<TimePoint>> next = notify_store::next_due(**lease, endpoint, until);
    if (!next) return std::move(next).error();
    due.next = *next;
    return due;
}

}  // namespace assay::notify
