// Builds signed requests.
// SPDX-License-Identifier: MIT
#include "notify/dispatch/request.hpp"

#include <array>
#include <cassert>
#include <charconv>
#include <span>

#include "engine/base/version.hpp"
#include "notify/endpoint/registry.hpp"

namespace assay::notify {

namespace {

// Of one request: an endpoint has up to five schemes, each with two secrets during a rotation.
constexpr std::size_t signatures_max = 16;
static_assert(signatures_max <= HmacBatch::texts_max);

// One scheme's signers: one, or while a rotation lasts three, the old secret's, the new one's and
// the old one's again: both orders in which they are shown are a part of it, and nothing has to
// move while the batch borrows their keys.
Result<std::vector<Signer>> signers_of(const Scheme& scheme, const Endpoint& endpoint) {
    std::vector<const Secret*> secrets{&endpoint.secret};
    if (endpoint.old_secret) {
        secrets = {&*endpoint.old_secret, &endpoint.secret, &*endpoint.old_secret};
    }
    std::vector<Signer> signers;
    for (const Secret* const secret : secrets) {
        Result<Signer> signer = Signer::make(scheme, *secret);
        if (!signer) return std::move(signer).error();
        signers.push_back(*std::move(signer));
    }
    return signers;
}

// In the order in which a rotation shows them: a layout with one signature sends the last.
std::span<const Signer> those_sent(const std::vector<Signer>& signers,
                                   const RequestBuilder::Begun& begun) {
    const std::span<const Signer> all(signers);
    if (all.size() == 1) return all;
    if (!begun.both_secrets) return all.subspan(1, 1);
    return begun.old_last ? all.last(2) : all.first(2);
}

SignInput input_of(const RequestBuilder::Begun& begun) {
    const Delivery& delivery = *begun.delivery;
    return {delivery.message_id, begun.timestamp, *begun.body, to_integer(delivery.event),
            to_unix_seconds(delivery.created_at)};
}

// "dlv_<uuid>": receivers of these headers expect the bare UUID.
std::string_view uuid_of(const DeliveryId& delivery) noexcept {
    const std::string_view text = delivery.text();
    return text.substr(text.find('_') + 1);
}

void add_number(HeaderLines& lines, std::string_view name, std::int64_t number) {
    std::array<char, 20> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number);
    lines.add(name, {digits.data(), static_cast<std::size_t>(end.ptr - digits.data())});
}

std::shared_ptr<const Destination> destination_of(const Endpoint& endpoint,
                                                  const Profile& profile) {
    Destination to;
    to.url = endpoint.url;
    to.headers.add("Content-Type", profile.content_type);
    to.headers.add("User-Agent", "Assay/" + std::string(version));
    for (const Header& header : endpoint.overrides.headers)
        to.headers.add(header.name, header.value);
    to.timeout = endpoint.overrides.timeout.value_or(profile.timeout);
    to.partition = endpoint.tenant.text();
    to.allowed_addresses = endpoint.overrides.allowed_ips;
    to.channel = endpoint.channel;
    return std::make_shared<const Destination>(std::move(to));
}

}  // namespace

Result<std::shared_ptr<const RequestBuilder::Prepared>> RequestBuilder::prepared(
    const std::shared_ptr<const Endpoint>& endpoint) {
    const auto known = prepared_.find(endpoint.get());
    if (known != prepared_.end()) return known->second;
    const auto fresh = std::make_shared<Prepared>();
    fresh->endpoint = endpoint;
    fresh->profile = profiles_.find(endpoint->profile);
    if (fresh->profile == nullptr) {
        return fail(ErrorCode::invalid_argument, "unknown profile " + endpoint->profile);
    }
    const bool is_signed = !(endpoint->secret.empty() && fresh->profile->secret_optional);
    if (is_signed) {
        for (const Scheme& scheme : effective_schemes(*fresh->profile, *endpoint, profiles_)) {
            Result<std::vector<Signer>> signers = signers_of(scheme, *endpoint);
            if (!signers) return std::move(signers).error();
            fresh->schemes.push_back(*std::move(signers));
        }
    }
    if (2 * fresh->schemes.size() > signatures_max) {
        return fail(ErrorCode::invalid_argument, "the endpoint has too many ways of signing",
                    "overrides.also_sign_with", "take some of the other profiles away");
    }
    fresh->to = destination_of(*endpoint, *fresh->profile);
    prepared_[endpoint.get()] = fresh;
    return std::shared_ptr<const Prepared>(fresh);
}

bool RequestBuilder::has_room() const noexcept {
    return batch_.size() + signatures_max <= HmacBatch::texts_max;
}

Result<RequestBuilder::Begun> RequestBuilder::begin(const Delivery& delivery,
                                                    const std::shared_ptr<const Endpoint>& endpoint,
                                                    std::shared_ptr<const std::string> body,
                                                    int attempt, TimePoint now, bool probe) {
    assert(has_room() && next_digest_ == 0);
    Result<std::shared_ptr<const Prepared>> keys = prepared(endpoint);
    if (!keys) return std::move(keys).error();
    Begun begun;
    begun.keys = *std::move(keys);
    begun.delivery = &delivery;
    begun.body = std::move(body);
    begun.attempt = attempt;
    begun.timestamp = to_unix_seconds(now);
    begun.both_secrets = old_secret_holds(*endpoint, now);
    begun.old_last = begun.keys->profile->old_secret_last && !probe;
    for (const std::vector<Signer>& signers : begun.keys->schemes)
        start_headers(those_sent(signers, begun), input_of(begun), batch_);
    return begun;
}

void RequestBuilder::sign() noexcept {
    batch_.run();
    next_digest_ = 0;
}

const SignedRequest& RequestBuilder::finish(Begun& begun) {
    const Prepared& keys = *begun.keys;
    const Delivery& delivery = *begun.delivery;
    const Endpoint& endpoint = *keys.endpoint;
    request_.to = keys.to;
    request_.message_id = endpoint.channel == Channel::email ? delivery.message_id : std::string();
    HeaderLines& lines = request_.headers;
    lines.clear();
    lines.add("X-Assay-Event-Id", delivery.event_id.text());
    add_number(lines, "X-Assay-Delivery-Attempt", begun.attempt);
    if (delivery.sequence > 0 && !endpoint.overrides.strict) {
        add_number(lines, "X-Assay-Sequence", delivery.sequence);
    }
    const MessageHeaders& named = keys.profile->headers;
    if (!named.type.empty()) lines.add(named.type, delivery.wire_type);
    if (!named.delivery.empty()) lines.add(named.delivery, uuid_of(delivery.id));
    const SignInput input = input_of(begun);
    for (const std::vector<Signer>& signers : keys.schemes)
        sign_headers(those_sent(signers, begun), input, batch_, next_digest_, lines);
    if (next_digest_ == batch_.size()) {
        batch_.clear();
        next_digest_ = 0;
    }
    request_.body = std::move(begun.body);
    return request_;
}

void RequestBuilder::keep_only(const EndpointSnapshot& snapshot) {
    std::erase_if(prepared_, [&](const auto& entry) {
        const auto known = snapshot.by_id.find(entry.first->id);
        return known == snapshot.by_id.end() || known->second != entry.second->endpoint;
    });
}

}  // namespace assay::notify
