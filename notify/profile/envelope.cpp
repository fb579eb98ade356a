// The envelopes.
// SPDX-License-Identifier: MIT
#include "notify/profile/envelope.hpp"

namespace assay::notify {

void begin_envelope(JsonWriter& json, const Page& page) {
    const engine::Event& event = page.event;
    switch (page.profile.envelope) {
        case Envelope::resell_scan:
            json.begin_object()
                .member("id", page.message_id)
                .member("event", page.wire_type)
                .member("created_at", to_rfc3339(event.created_at))
                .key("data");
            break;
        case Envelope::standard_webhooks:
            json.begin_object()
                .member("type", page.wire_type)
                .member("timestamp", to_rfc3339(event.created_at))
                .key("data");
            break;
        case Envelope::reusely:
            json.begin_object()
                .member("object", "event")
                .member("object_id", to_integer(event.seq))
                .member("timestamp", std::to_string(to_unix_seconds(event.created_at)))
                .key("data");
            break;
        case Envelope::sellapp:
        case Envelope::ztrace:
            json.begin_object().member("event", page.wire_type).key("data");
            break;
        case Envelope::resilientlink:
            json.begin_object()
                .member("event", page.wire_type)
                .member("timestamp", to_rfc3339(event.created_at))
                .key("data");
            break;
        case Envelope::cloudevents:
            json.begin_object()
                .member("specversion", "1.0")
                .member("id", page.message_id)
                .member("source", page.options.source.empty() ? "/" : page.options.source)
                .member("type", page.wire_type)
                .member("time", to_rfc3339(event.created_at));
            if (event.batch) json.member("subject", event.batch->text());
            json.key("data");
            break;
        case Envelope::data_only:
        case Envelope::discord:  // written whole by render_for_people
        case Envelope::email:
            break;
        case Envelope::stripe:
            json.begin_object()
                .member("id", page.message_id)
                .member("object", "event")
                .member("created", to_unix_seconds(event.created_at))
                .member("type", page.wire_type)
                .key("data")
                .begin_object()
                .key("object");
            break;
    }
}

void end_envelope(JsonWriter& json, const Page& page) {
    switch (page.profile.envelope) {
        case Envelope::data_only:
            return;
        case Envelope::reusely:
            json.member("type", page.wire_type);
            break;
        case Envelope::sellapp:
            json.member("store", page.options.store_id);
            break;
        case Envelope::ztrace:
            json.member("timestamp", to_rfc3339(page.event.created_at));
            break;
        case Envelope::stripe:
            json.end_object();
            break;
        default:
            break;
    }
    json.end_object();
}

}  // namespace assay::notify
