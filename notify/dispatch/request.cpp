// Builds signed requests.
// SPDX-License-Identifier: MIT
#include "notify/dispatch/request.hpp"

#include "engine/base/version.hpp"
#include "notify/endpoint/registry.hpp"

namespace assay::notify {

namespace {

// One scheme's signers, the new secret's first.
Result<std::vector<Signer>> signers_of(const Scheme& scheme, const Endpoint& endpoint) {
    std::vector<Signer> signers;
    Result<Signer> newest = Signer::make(scheme, endpoint.secret);
    if (!newest) return std::move(newest).error();
    signers.push_back(*std::move(newest));
    if (!endpoint.old_secret) return signers;
    Result<Signer> old = Signer::make(scheme, *endpoint.old_secret);
    if (!old) return std::move(old).error();
    signers.push_back(*std::move(old));
    return signers;
}

// In the order in which a rotation shows them: a layout with one signature sends the last.
void sign(std::vector<Signer>& signers, bool both, bool old_last, const SignInput& input,
          std::vector<Header>& headers) {
    if (signers.size() < 2 || !both) return sign_headers({signers.data(), 1}, input, headers);
    if (!old_last) std::swap(signers[0], signers[1]);
    sign_headers(signers, input, headers);
    if (!old_last) std::swap(signers[0], signers[1]);
}

// "dlv_<uuid>": receivers of these headers expect the bare UUID.
std::string uuid_of(const DeliveryId& delivery) {
    const std::string& text = delivery.text();
    return text.substr(text.find('_') + 1);
}

}  // namespace

Result<RequestBuilder::Prepared*> RequestBuilder::prepared(
    const std::shared_ptr<const Endpoint>& endpoint) {
    const auto known = prepared_.find(endpoint->id);
    if (known != prepared_.end() && known->second.endpoint == endpoint) return &known->second;
    Prepared fresh;
    fresh.endpoint = endpoint;
    fresh.profile = profiles_.find(endpoint->profile);
    if (fresh.profile == nullptr) {
        return fail(ErrorCode::invalid_argument, "unknown profile " + endpoint->profile);
    }
    const bool is_signed = !(endpoint->secret.empty() && fresh.profile->secret_optional);
    if (is_signed) {
        for (const Scheme& scheme : effective_schemes(*fresh.profile, *endpoint, profiles_)) {
            Result<std::vector<Signer>> signers = signers_of(scheme, *endpoint);
            if (!signers) return std::move(signers).error();
            fresh.schemes.push_back(*std::move(signers));
        }
    }
    fresh.headers.push_back({"Content-Type", fresh.profile->content_type});
    fresh.headers.push_back({"User-Agent", "Assay/" + std::string(version)});
    for (const Header& header : endpoint->overrides.headers)
        fresh.headers.push_back(header);
    fresh.timeout = endpoint->overrides.timeout.value_or(fresh.profile->timeout);
    return &prepared_.insert_or_assign(endpoint->id, std::move(fresh)).first->second;
}

Result<SignedRequest> RequestBuilder::build(const Delivery& delivery,
                                            const std::shared_ptr<const Endpoint>& endpoint,
                                            std::shared_ptr<const std::string> body, int attempt,
                                            TimePoint now, bool probe) {
    const Result<Prepared*> ready = prepared(endpoint);
    if (!ready) return ready.error();
    Prepared& keys = **ready;
    SignedRequest request;
    request.url = endpoint->url;
    request.partition = endpoint->tenant.text();
    request.allowed_addresses = endpoint->overrides.allowed_ips;
    request.timeout = keys.timeout;
    request.channel = endpoint->channel;
    if (endpoint->channel == Channel::email) request.message_id = delivery.message_id;
    request.headers.reserve(keys.headers.size() + 5 + 3 * keys.schemes.size());
    request.headers = keys.headers;
    request.headers.push_back({"X-Assay-Event-Id", delivery.event_id.text()});
    request.headers.push_back({"X-Assay-Delivery-Attempt", std::to_string(attempt)});
    if (delivery.sequence > 0 && !endpoint->overrides.strict) {
        request.headers.push_back({"X-Assay-Sequence", std::to_string(delivery.sequence)});
    }
    const MessageHeaders& named = keys.profile->headers;
    if (!named.type.empty()) request.headers.push_back({named.type, delivery.wire_type});
    if (!named.delivery.empty()) request.headers.push_back({named.delivery, uuid_of(delivery.id)});
    const SignInput input{delivery.message_id, to_unix_seconds(now), *body,
                          to_integer(delivery.event), to_unix_seconds(delivery.created_at)};
    const bool both = old_secret_holds(*endpoint, now);
    const bool old_last = keys.profile->old_secret_last && !probe;
    for (std::vector<Signer>& signers : keys.schemes)
        sign(signers, both, old_last, input, request.headers);
    request.body = std::move(body);
    return request;
}

void RequestBuilder::keep_only(const EndpointSnapshot& snapshot) {
    std::erase_if(prepared_, [&](const auto& entry) {
        const auto known = snapshot.by_id.find(entry.first);
        return known == snapshot.by_id.end() || known->second != entry.second.endpoint;
    });
}

}  // namespace assay::notify
