// Identifiers as distinct types, so that a batch id is never passed where an endpoint id belongs.
// SPDX-License-Identifier: MIT
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>

namespace assay {

// A textual id. Comparable, hashable, and convertible to text only on request.
template <class Tag>
class Id {
  public:
    Id() = default;
    explicit Id(std::string text) : text_(std::move(text)) {}

    const std::string& text() const noexcept { return text_; }
    bool empty() const noexcept { return text_.empty(); }

    friend bool operator==(const Id&, const Id&) = default;
    friend auto operator<=>(const Id&, const Id&) = default;

  private:
    std::string text_;
};

using TenantId = Id<struct TenantTag>;      // "default" exists from the start
using BatchId = Id<struct BatchTag>;        // bare UUID
using ProductId = Id<struct ProductTag>;    // the user's own text, or a UUID
using EventId = Id<struct EventTag>;        // evt_ + UUID
using EndpointId = Id<struct EndpointTag>;  // wh_ + UUID
using DeliveryId = Id<struct DeliveryTag>;  // dlv_ + UUID
using KeyId = Id<struct KeyTag>;            // ak_ + UUID without hyphens

// Position in the event log: strictly increasing in commit order, 1 is the first event.
enum class EventSeq : std::int64_t {};
constexpr std::int64_t to_integer(EventSeq seq) noexcept {
    return static_cast<std::int64_t>(seq);
}

}  // namespace assay

template <class Tag>
struct std::hash<assay::Id<Tag>> {
    std::size_t operator()(const assay::Id<Tag>& id) const noexcept {
        return std::hash<std::string>{}(id.text());
    }
};
