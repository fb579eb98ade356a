// What stands around a message's data, member by member in the order the guides print. Private to
// notify/profile.
// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

#include "engine/base/json_writer.hpp"
#include "engine/event/event.hpp"
#include "notify/profile/profile.hpp"
#include "notify/profile/render.hpp"

namespace assay::notify {

// One body under way. Views live for the call.
struct Page {
    const Profile& profile;
    std::string_view wire_type;
    std::string_view message_id;
    const engine::Event& event;
    const RenderOptions& options;
};

// Between the two stands the data, one value.
void begin_envelope(JsonWriter& json, const Page& page);
void end_envelope(JsonWriter& json, const Page& page);

}  // namespace assay::notify
