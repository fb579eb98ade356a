// Profiles: how one family of receivers expects to be called, as closed sets of choices.
// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/embedded.hpp"
#include "engine/base/ids.hpp"
#include "engine/base/result.hpp"
#include "notify/retry/attempt.hpp"
#include "notify/sign/scheme.hpp"

namespace assay::notify {

// How a body wraps its data; members in this order.
enum class Envelope : std::uint8_t {
    resell_scan,        // {"id","event","created_at","data"}
    standard_webhooks,  // {"type","timestamp","data"}
    reusely,            // {"object":"event","object_id","timestamp":"<unix seconds>","data","type"}
    sellapp,            // {"event","data","store"}
    resilientlink,      // {"event","timestamp","data"}
    ztrace,             // {"event","data","timestamp"}
    cloudevents,        // {"specversion","id","source","type","time","subject","data"}
    data_only,          // the data itself
    stripe,             // {"id","object":"event","created":<unix seconds>,"type","data":{"object"}}
    discord,            // Discord's own JSON, for people
    email,              // a mail, for people
};

// The envelope says how a message travels.
constexpr Channel channel_of(Envelope envelope) noexcept {
    return envelope == Envelope::discord ? Channel::discord
           : envelope == Envelope::email ? Channel::email
                                         : Channel::http;
}

// What stands in a message's `data`.
enum class EventData : std::uint8_t {
    batch_with_products,    // counts, success rate, and the products or a link to them
    batch_summary,          // counts, success rate, duration, verdicts
    batch_started,          // batch_id, collection_id, total_count
    batch_total,            // batch_id, total_count
    batch_progress,         // batch_id, completed_count, failed_count, total_count, progress
    batch_progress_counts,  // completed_count, total_count
    item_started,           // analysis_id, product_id, batch_id
    item_result,            // analysis_id, batch_id, and the whole result line
    item_failure,           // analysis_id, product_id, batch_id, error
    image_started,          // the same three for guides that call a product an image:
    image_result,           // image_id instead of product_id, no batch_id
    image_failure,
    quota_usage,  // usage_percent, remaining
    own,          // the event's own JSON, as it was published
    prose,        // sentences and named facts, of the envelopes for people
};

// One line of a catalogue: a wire type, the canonical events behind it, what it carries.
struct CatalogueEntry {
    std::string type;
    std::vector<std::string> of;
    EventData data{};
    friend bool operator==(const CatalogueEntry&, const CatalogueEntry&) = default;
};

// Headers that name the message; empty: not sent.
struct MessageHeaders {
    std::string type;      // the wire type
    std::string delivery;  // the delivery's UUID
    friend bool operator==(const MessageHeaders&, const MessageHeaders&) = default;
};

// A plain value, read from data/profiles/<name>.json or a user's own file: the file is the truth.
struct Profile {
    std::string name;
    int version = 1;  // bodies are a pure function of it
    Envelope envelope{};
    Scheme signature;  // of the channel http; the others sign nothing and take no secret
    // Order during a rotation. A layout without a list sends the last one: the old secret until its
    // grace ends, or, with false, the new one at once.
    bool old_secret_last = false;
    bool secret_optional = false;  // without one the signature's headers are left out
    bool keeps_response = true;    // false: the response's text is drained and never stored
    MessageHeaders headers;
    RetryPolicy retry;
    std::chrono::milliseconds timeout{};  // one deadline for the whole attempt
    std::string content_type = "application/json";
    std::vector<std::string>
        catalogue;  // wire types of its own, those of `events`; `*` and `prefix.*` match them
    bool accepts_any_type = false;  // user-published types too
    std::vector<CatalogueEntry> events;
    friend bool operator==(const Profile&, const Profile&) = default;
};

// Reads one profile. Unknown members, values outside the closed sets and impossible numbers are
// refused. Errors: invalid_argument with the member as field.
Result<Profile> parse_profile(std::string_view json);

// The profiles that endpoints may name: the built-in ones, the default (standard-webhooks) first,
// then a user's own. Immutable; pointers into it hold as long as it lives. Thread safety: any
// thread.
class ProfileBook {
  public:
    // `own`: whole files, named by `path` in errors. Errors: invalid_argument for a file that is no
    // profile or names one that there is already; a name says which bytes were sent, so a built-in
    // one never changes its meaning.
    static Result<ProfileBook> make(std::span<const embedded::EmbeddedFile> own);

    std::span<const Profile> all() const noexcept { return profiles_; }
    const Profile* find(std::string_view name) const noexcept;
    std::string names() const;  // "a, b, c", for messages

  private:
    std::vector<Profile> profiles_;
};

// The built-in profiles alone. Read from the program's embedded files at the first call; a fault in
// them ends the program there, with its place on stderr (a test reads them too).
const ProfileBook& built_in_book();
std::span<const Profile> built_in_profiles();
const Profile* find_profile(std::string_view name) noexcept;

// The wire types under which a canonical event goes to receivers of `profile`; empty: it does not.
// batch.completed is analysis.completed for resell-scan, and both for standard-webhooks. The views
// live as long as `profile` and the text behind `canonical_type`.
std::vector<std::string_view> wire_types(const Profile& profile, std::string_view canonical_type);

// What receivers deduplicate by: the event's id. An event that goes to one family under two wire
// types (native: batch.completed and analysis.completed) keeps its id under its own name; under the
// other one the message gets an id derived from event and wire type (evt_ + UUIDv8), so that a
// receiver that drops repeated ids loses neither. Pure: retries and replays give the same id.
std::string message_id_of(const EventId& event, const Profile& profile,
                          std::string_view canonical_type, std::string_view wire_type);

// "*", "prefix.*" or the exact name.
bool subscribes(std::span<const std::string> patterns, std::string_view wire_type) noexcept;

// Whether users may publish under this name: ^[a-z0-9_]+(\.[a-z0-9_]+)+$, at most 128 characters,
// and its root is none of ours (batch, item, analysis, quota, endpoint, delivery).
bool is_publishable_type(std::string_view type) noexcept;
bool is_event_type(std::string_view type) noexcept;  // the same with any root

}  // namespace assay::notify
