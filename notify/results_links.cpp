// Signed links to a batch's results.
// SPDX-License-Identifier: MIT
#include <string>

#include "engine/base/encoding.hpp"
#include "notify/notifier.hpp"
#include "notify/sign/hmac.hpp"

namespace assay::notify {
namespace {

std::string token_of(std::string_view key, const TenantId& tenant, const BatchId& batch) {
    HmacKey hmac(key);
    // The first words keep this use of the key apart from any other.
    const Digest digest = hmac.sign({"assay results link\n", tenant.text(), "\n", batch.text()});
    return to_hex(std::string_view(digest.data(), digest.size()));
}

}  // namespace

ResultsLinks::ResultsLinks(std::string public_url, std::string_view key)
    : public_url_(std::move(public_url)), key_(key) {
    while (!public_url_.empty() && public_url_.back() == '/')
        public_url_.pop_back();
}

std::string ResultsLinks::make(const TenantId& tenant, const BatchId& batch) const {
    return make(tenant, batch, public_url_);
}

std::string ResultsLinks::make(const TenantId& tenant, const BatchId& batch,
                               std::string_view base) const {
    return std::string(base) + "/v1/batches/" + batch.text() +
           "/results?token=" + token_of(key_, tenant, batch);
}

bool ResultsLinks::check(const TenantId& tenant, const BatchId& batch,
                         std::string_view token) const {
    return equal_in_constant_time(token_of(key_, tenant, batch), token);
}

}  // namespace assay::notify
