// Builds signed requests.
// SPDX-License-Identifier: MIT
#include "notify/dispatch/request.hpp"

#include "engine/base/version.hpp"
#include "notify/endpoint/registry.hpp"

namespace assay::notify {

Result<RequestBuilder::Prepared*> RequestBuilder::prepared(
    const std::shared_ptr<const Endpoint>& endpoint) {
    const auto known = prepared_.find(endpoint->id);
    if (known != prepared_.end() && known->second.endpoint == endpoint) return &known->second;
    Prepared fresh;
    fresh.endpoint = endpoint;
    fresh.profile = find_profile(endpoint->profile);
    if (fresh.profile == nullptr) {
        return fail(ErrorCode::invalid_argument, "unknown profile " + endpoint->profile);
    }
    Result<Signer> newest = Signer::make(fresh.profile->signature, endpoint->secret);
    if (!newest) return std::move(newest).error();
    fresh.signers.push_back(*std::move(newest));
    if (endpoint->old_secret) {
        Result<Signer> old = Signer::make(fresh.profile->signature, *endpoint->old_secret);
        if (!old) return std::move(old).error();
        const auto place =
            fresh.profile->old_secret_last ? fresh.signers.end() : fresh.signers.begin();
        fresh.signers.insert(place, *std::move(old));
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
    request.headers.reserve(keys.headers.size() + 5);
    request.headers = keys.headers;
    request.headers.push_back({"X-Assay-Event-Id", delivery.event_id.text()});
    request.headers.push_back({"X-Assay-Delivery-Attempt", std::to_string(attempt)});
    sign_headers(keys.signers, {delivery.message_id, to_unix_seconds(now), *body}, request.headers);
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
