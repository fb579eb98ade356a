// Reads a profile's file: each choice by its name, nothing unknown, nothing out of range.
// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <initializer_list>
#include <optional>

#include "engine/base/ascii.hpp"
#include "engine/base/limits.hpp"
#include "notify/profile/profile.hpp"
#include "notify/sign/header_name.hpp"

namespace assay::notify {
namespace {

namespace json = boost::json;
using std::chrono::milliseconds;

constexpr std::int64_t version_max = 1'000;

template <class Choice>
struct Named {
    std::string_view name;
    Choice choice;
};

constexpr Named<Envelope> envelopes[] = {{"resell_scan", Envelope::resell_scan},
                                         {"standard_webhooks", Envelope::standard_webhooks},
                                         {"reusely", Envelope::reusely},
                                         {"sellapp", Envelope::sellapp},
                                         {"resilientlink", Envelope::resilientlink},
                                         {"ztrace", Envelope::ztrace},
                                         {"cloudevents", Envelope::cloudevents},
                                         {"data_only", Envelope::data_only},
                                         {"stripe", Envelope::stripe},
                                         {"discord", Envelope::discord},
                                         {"email", Envelope::email}};
constexpr Named<EventData> event_data[] = {
    {"batch_with_products", EventData::batch_with_products},
    {"batch_summary", EventData::batch_summary},
    {"batch_started", EventData::batch_started},
    {"batch_total", EventData::batch_total},
    {"batch_progress", EventData::batch_progress},
    {"batch_progress_counts", EventData::batch_progress_counts},
    {"item_started", EventData::item_started},
    {"item_result", EventData::item_result},
    {"item_failure", EventData::item_failure},
    {"image_started", EventData::image_started},
    {"image_result", EventData::image_result},
    {"image_failure", EventData::image_failure},
    {"quota_usage", EventData::quota_usage},
    {"own", EventData::own},
    {"prose", EventData::prose}};
constexpr Named<bool> secret_rules[] = {{"required", false}, {"optional", true}};
constexpr Named<bool> response_rules[] = {{"kept", true}, {"drained", false}};

// The choice of this name among `rows`.
template <class Choice, std::size_t count>
auto among(const Named<Choice> (&rows)[count]) {
    return [&rows](std::string_view text) -> std::optional<Choice> {
        for (const Named<Choice>& row : rows) {
            if (row.name == text) return row.choice;
        }
        return std::nullopt;
    };
}

// Takes the members out of one object and remembers the first thing that is wrong; `failed()` is
// asked once at the end, so that the reading code stays a plain list of members.
class Reader {
  public:
    Reader(const json::value& value, std::string path, std::optional<Error>& fault)
        : path_(std::move(path)), fault_(fault) {
        if (value.is_object()) {
            object_ = &value.get_object();
        } else {
            refuse("", "is not an object");
        }
    }

    std::string text(std::string_view key) {
        const json::value* value = member(key);
        if (value == nullptr) return {};
        if (!value->is_string() || value->get_string().empty()) {
            refuse(key, "is not a text");
            return {};
        }
        return std::string(value->get_string());
    }

    // Empty where the member is absent.
    std::string optional_text(std::string_view key) {
        const bool given = object_ != nullptr && object_->contains(key);
        return given ? text(key) : std::string();
    }

    bool has(std::string_view key) const { return object_ != nullptr && object_->contains(key); }

    std::int64_t integer(std::string_view key, std::int64_t least, std::int64_t most) {
        const json::value* value = member(key);
        if (value == nullptr) return least;
        if (!value->is_int64() || value->get_int64() < least || value->get_int64() > most) {
            refuse(key, "is not a whole number from " + std::to_string(least) + " to " +
                            std::to_string(most));
            return least;
        }
        return value->get_int64();
    }

    bool boolean(std::string_view key) {
        const json::value* value = member(key);
        if (value == nullptr) return false;
        if (!value->is_bool()) refuse(key, "is not true or false");
        return value->is_bool() && value->get_bool();
    }

    // False where the member is absent.
    bool optional_boolean(std::string_view key) {
        return object_ != nullptr && object_->contains(key) && boolean(key);
    }

    template <class Parse>
    auto choice(std::string_view key, Parse parse) {
        const std::string name = text(key);
        const auto value = parse(name);
        if (!value) refuse(key, "\"" + name + "\" is no choice we know");
        return value.value_or(typename decltype(value)::value_type{});
    }

    json::array array(std::string_view key, std::size_t most) {
        const json::value* value = member(key);
        if (value == nullptr) return {};
        if (!value->is_array() || value->get_array().size() > most) {
            refuse(key, "is not an array of at most " + std::to_string(most));
            return {};
        }
        return value->get_array();
    }

    Reader object(std::string_view key) {
        static const json::value none{json::object{}};
        const json::value* value = member(key);
        return Reader(value == nullptr ? none : *value, place(key), fault_);
    }

    // Everything beyond these is a slip of the pen that would otherwise go unnoticed.
    void only(std::initializer_list<std::string_view> keys) {
        if (object_ == nullptr) return;
        for (const auto& entry : *object_) {
            if (std::find(keys.begin(), keys.end(), std::string_view(entry.key())) == keys.end()) {
                refuse(entry.key(), "is not a member of a profile");
            }
        }
    }

    void refuse(std::string_view key, std::string what) {
        if (!fault_) {
            fault_ = fail(ErrorCode::invalid_argument, "profile: " + std::move(what), place(key));
        }
    }
    std::string place(std::string_view key) const {
        return key.empty() ? path_ : path_ + "/" + std::string(key);
    }

  private:
    const json::value* member(std::string_view key) {
        if (object_ == nullptr) return nullptr;
        const json::value* value = object_->if_contains(key);
        if (value == nullptr) refuse(key, "is missing");
        return value;
    }

    const json::object* object_ = nullptr;
    std::string path_;
    std::optional<Error>& fault_;
};

RetryPolicy read_retry(Reader reader, SuccessRule success) {
    reader.only(
        {"delays_s", "jitter_percent", "honours_retry_after", "gone_disables", "failing_disables"});
    RetryPolicy policy;
    policy.success = success;
    for (const json::value& delay : reader.array("delays_s", limits::retries_max)) {
        if (!delay.is_int64() || delay.get_int64() < 1 ||
            std::chrono::seconds(delay.get_int64()) > limits::retry_delay_max) {
            reader.refuse("delays_s", "a delay is not a whole number of seconds within a week");
            break;
        }
        policy.schedule.delays.push_back(std::chrono::seconds(delay.get_int64()));
    }
    policy.schedule.jitter = static_cast<double>(reader.integer("jitter_percent", 0, 50)) / 100.0;
    policy.honours_retry_after = reader.boolean("honours_retry_after");
    policy.gone_disables = reader.boolean("gone_disables");
    policy.failing_disables = reader.optional_boolean("failing_disables");
    return policy;
}

CatalogueEntry read_entry(const json::value& value, const std::string& path,
                          std::optional<Error>& fault) {
    Reader reader(value, path, fault);
    reader.only({"type", "of", "data"});
    CatalogueEntry entry;
    entry.type = reader.text("type");
    if (!is_event_type(entry.type)) {
        reader.refuse("type", "is not of two or more parts of a-z, 0-9 and _, joined by dots");
    }
    entry.data = reader.choice("data", among(event_data));
    for (const json::value& type : reader.array("of", 16)) {
        if (!type.is_string()) {
            reader.refuse("of", "holds something else than event types");
            break;
        }
        entry.of.emplace_back(type.get_string());
    }
    if (entry.of.empty()) reader.refuse("of", "names no event");
    return entry;
}

Scheme read_scheme(Reader reader) {
    reader.only({"layout", "header", "timestamp_header", "id_header", "prefix", "digest",
                 "old_secret_last"});
    Scheme scheme(reader.choice("layout", parse_signature_layout));
    scheme.signature_header = reader.text("header");
    scheme.timestamp_header = reader.optional_text("timestamp_header");
    scheme.id_header = reader.optional_text("id_header");
    scheme.prefix = reader.optional_text("prefix");
    if (const std::string digest = reader.optional_text("digest"); !digest.empty()) {
        scheme.digest = reader.choice("digest", parse_signature_digest);
    }
    if (const Result<void> checked = validate(scheme); !checked) {
        reader.refuse(checked.error().field, checked.error().message);
    }
    return scheme;
}

MessageHeaders read_headers(Reader reader, const Scheme& scheme) {
    reader.only({"type", "delivery"});
    MessageHeaders headers{reader.optional_text("type"), reader.optional_text("delivery")};
    std::vector<std::string_view> names = header_names(scheme);
    const auto check = [&](std::string_view key, const std::string& name) {
        if (name.empty()) return;
        const bool taken = std::any_of(names.begin(), names.end(), [&](std::string_view one) {
            return same_header_name(one, name);
        });
        if (!is_header_name(name) || is_reserved_header(name) || taken) {
            reader.refuse(key, "is no name of a header that is free");
        }
        names.push_back(name);
    };
    check("type", headers.type);
    check("delivery", headers.delivery);
    return headers;
}

// 1..64 of [a-z0-9-]: it stands in URLs, settings and messages.
bool is_profile_name(std::string_view name) noexcept {
    return name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || is_digit(c) || c == '-';
           });
}

// A header's value, so nothing that could end it.
bool is_content_type(std::string_view text) noexcept {
    return text.size() <= 128 && text.find('/') != std::string_view::npos &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

void read_signing(Reader& reader, Profile& profile) {
    Reader signature = reader.object("signature");
    profile.signature = read_scheme(signature);
    profile.old_secret_last = signature.boolean("old_secret_last");
    profile.secret_optional = reader.choice("secret", among(secret_rules));
    profile.headers = read_headers(reader.object("headers"), profile.signature);
    // Its signature is made of members that only one envelope has.
    if (profile.signature.layout == SignatureLayout::object_hex &&
        profile.envelope != Envelope::reusely) {
        signature.refuse("layout", "needs the envelope reusely");
    }
}

Profile read_profile(const json::value& value, std::optional<Error>& fault) {
    Reader reader(value, "", fault);
    reader.only({"name", "version", "source", "envelope", "content_type", "signature", "secret",
                 "headers", "success", "response", "timeout_ms", "retry", "events",
                 "accepts_published_types"});
    Profile profile;
    profile.name = reader.text("name");
    if (!is_profile_name(profile.name)) {
        reader.refuse("name", "is not of 1 to 64 lower-case letters, digits and hyphens");
    }
    profile.version = static_cast<int>(reader.integer("version", 1, version_max));
    (void)reader.text("source");  // for people; it has to be there
    profile.envelope = reader.choice("envelope", among(envelopes));
    profile.content_type = reader.text("content_type");
    if (!is_content_type(profile.content_type)) {
        reader.refuse("content_type", "is no media type");
    }
    if (channel_of(profile.envelope) == Channel::http) {
        read_signing(reader, profile);
    } else {
        profile.secret_optional = true;  // nobody there could check a signature
        for (const std::string_view key : {"signature", "secret", "headers"})
            if (reader.has(key)) reader.refuse(key, "has no place in an envelope for people");
    }
    profile.keeps_response = reader.choice("response", among(response_rules));
    const SuccessRule success = reader.choice("success", parse_success_rule);
    profile.timeout =
        milliseconds(reader.integer("timeout_ms", limits::attempt_timeout_min.count(),
                                    milliseconds(limits::attempt_timeout_max).count()));
    profile.retry = read_retry(reader.object("retry"), success);
    profile.accepts_any_type = reader.boolean("accepts_published_types");
    const json::array events = reader.array("events", limits::event_types_per_endpoint_max);
    for (std::size_t i = 0; i < events.size(); ++i) {
        profile.events.push_back(read_entry(events[i], "/events/" + std::to_string(i), fault));
        const bool is_prose = profile.events.back().data == EventData::prose;
        if (is_prose != (channel_of(profile.envelope) != Channel::http)) {
            reader.refuse("events", "prose is what envelopes for people carry, and only they");
        }
        const std::string& type = profile.events.back().type;
        if (std::find(profile.catalogue.begin(), profile.catalogue.end(), type) !=
            profile.catalogue.end()) {
            reader.refuse("events", "names " + type + " twice");
        }
        profile.catalogue.push_back(type);
    }
    return profile;
}

}  // namespace

Result<Profile> parse_profile(std::string_view text) {
    boost::system::error_code error;
    const json::value value = json::parse(text, error);
    if (error) return fail(ErrorCode::invalid_argument, "profile: is not JSON");
    std::optional<Error> fault;
    Profile profile = read_profile(value, fault);
    if (fault) return *std::move(fault);
    return profile;
}

}  // namespace assay::notify
