// Event -> the exact body bytes that are signed and sent.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "engine/base/limits.hpp"
#include "engine/base/result.hpp"
#include "engine/event/event.hpp"
#include "notify/profile/profile.hpp"

namespace assay::notify {

// automatic: full while the body stays within full_bytes_max, else thin. full: up to
// limits::body_strict_bytes_max, above it thin. thin: always thin.
enum class PayloadRule : std::uint8_t { automatic, full, thin };
// What `product_data` holds: the input without what is bulky, or all of it (decisions.md 21).
enum class EchoRule : std::uint8_t { reduced, full };

struct RenderOptions {
    PayloadRule payload = PayloadRule::automatic;
    std::size_t full_bytes_max = limits::body_full_bytes_default;  // of the whole body
    // No fields beyond the guide's, so never thin: full up to limits::body_strict_bytes_max,
    // whatever `payload` says, and above that an error.
    bool strict = false;
    std::string results_url;    // for the thin variant; empty: null
    std::string source;         // of CloudEvents: the public URL
    std::int64_t store_id = 0;  // of sellapp
};

// Result lines (NDJSON) of the event's batch, in input order; asked only by bodies that carry
// products. Gives up with payload_too_large once more than `bytes_max` would be read.
using ProductsSource = std::function<Result<std::string>(std::size_t bytes_max)>;

// The result line of one product of the event's batch; asked only by bodies of item events.
using ItemSource = std::function<Result<std::string>(std::int64_t index)>;

struct Rendered {
    std::string body;
    BodyVariant variant = BodyVariant::only;
    bool thin() const noexcept { return variant == BodyVariant::thin; }
};

// A pure function of its arguments (and of what the sources answer). `message_id`: see Delivery.
// Products are spliced in byte for byte; a cancelled one shows as failed with the error code
// `cancelled`. Thread safety: any thread.
// The data of an event in the log: BatchFacts for batch.*; {"batch_id","index"} for item.*;
// percent_used, requests_used, requests_limit, plan_limit, bonus_requests, threshold and reset for
// quota.warning; reset_date for quota.exceeded; its own for any other.
// Errors: payload_too_large (strict); corrupt (the event's data or a result line cannot be read, or
// a completed batch has fewer or more lines than products); invalid_argument (the profile does not
// send this event under this type); and what `products` fails with.
Result<Rendered> render(const Profile& profile, std::string_view wire_type,
                        std::string_view message_id, const engine::Event& event,
                        const RenderOptions& options, const ProductsSource& products,
                        const ItemSource& item = {});

// The data of that body alone, as it stands inside the envelope: what filters look at. Where the
// products would ride along, the list is empty, whatever the body carries; so nothing is read for
// it but the result of an item event. Errors: as render().
Result<std::string> render_data(const Profile& profile, std::string_view wire_type,
                                const engine::Event& event, const ItemSource& item = {});

}  // namespace assay::notify
