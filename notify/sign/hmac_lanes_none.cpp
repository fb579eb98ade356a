// Stands in for hmac_lanes.cpp where its library is not installed.
// SPDX-License-Identifier: MIT
#include "notify/sign/hmac_lanes.hpp"

namespace assay::notify {

struct HmacLanes::Body {};

HmacLanes::HmacLanes(std::unique_ptr<Body> body) : body_(std::move(body)) {}
HmacLanes::~HmacLanes() = default;

std::unique_ptr<HmacLanes> HmacLanes::make() {
    return nullptr;
}

std::size_t HmacLanes::jobs_min() const noexcept {
    return jobs_max + 1;
}

bool HmacLanes::sign(std::span<const LaneJob> /*jobs*/) noexcept {
    return false;
}

std::string_view HmacLanes::name() const noexcept {
    return "none";
}

}  // namespace assay::notify
