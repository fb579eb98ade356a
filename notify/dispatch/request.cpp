// Builds signed requests.
// SPDX-License-Identifier: MIT
#include "notify/dispatch/request.hpp"

#include "engine/base/version.hpp"
#include "notify/endpoint/registry.hpp"

namespace assay::notify {

namespace {

// One scheme's signers in the order in which a rotation shows them.
Result<std::vector<Signer>> signers_of(const Scheme& scheme, const Endpoint& endpoint,
                                       bool old_secret_last) {
    std::vector<Signer> signers;
    Result<Signer> newest = Signer::make(scheme, endpoint.secret);
    if (!newest) return std::move(newest).error();
    signers.push_back(*std::move(newest));
    if (!endpoint.old_secret) return signers;
    Result<Signer> old = Signer::make(scheme, *endpoint.old_secret);
    if (!old) return std::move(old).error();
    signers.insert(old_secret_last ? signers.end() : signers.begin(), *std::move(old));
    return signers;
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
            Result<std::vector<Signer>> signers =
                signers_of(scheme, *endpoint, fresh.profile->old_secret_last);
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
                                            TimePoint now) {
    const Result<Prepared*> ready = prepared(endpoint);
    if (!ready) return ready.error();
    Prepared& keys = **ready;
    SignedRequest request;
    request.url = endpoint->url;
    request.partition = endpoint->tenant.text();
    request.timeout = keys.timeout;
    request.channel = endpoint->channel;
    if (endpoint->channel == Channel::email) request.message_id = delivery.message_id;
    request.headers.reserve(keys.headers.size() + 4 + 3 * keys.schemes.size());
    request.headers = keys.headers;
    request.headers.push_back({"X-Assay-Event-Id", delivery.event_id.text()});
    request.headers.push_back({"X-Assay-Delivery-Attempt", std::to_string(attempt)});
    const MessageHeaders& named = keys.profile->headers;
    if (!named.type.empty()) request.headers.push_back({named.type, delivery.wire_type});
    if (!named.delivery.empty()) request.headers.push_back({named.delivery, uuid_of(delivery.id)});
    const SignInput input{delivery.message_id, to_unix_seconds(now), *body,
                          to_integer(delivery.event), to_unix_seconds(delivery.created_at)};
    for (const std::vector<Signer>& signers : keys.schemes)
        sign_headers(signers, input, request.headers);
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
