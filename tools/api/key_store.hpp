// API keys: who may do what for which tenant; only hashes of secrets are kept.
// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/clock.hpp"
#include "engine/base/ids.hpp"
#include "engine/base/random.hpp"
#include "engine/base/result.hpp"
#include "engine/store/database.hpp"
#include "engine/store/writer.hpp"

namespace assay::tools {

enum class Scope : std::uint8_t { submit, read, manage, admin };
std::string_view to_string(Scope scope) noexcept;
std::optional<Scope> parse_scope(std::string_view text) noexcept;

struct ApiKey {
    KeyId id;
    TenantId tenant;
    std::string name;
    std::vector<Scope> scopes;  // admin includes the others
    TimePoint created_at{};
    std::optional<TimePoint> expires_at;
    std::array<unsigned char, 32> secret_hash{};  // SHA-256 of the secret's text

    bool allows(Scope scope) const noexcept;
};

// The keys of one database, in memory for checking. Thread safety: all calls from any thread but
// the writer's; those that write block until durable.
class KeyStore {
  public:
    static std::span<const engine::Migration> migrations() noexcept;

    KeyStore(engine::Database& database, engine::Writer& writer, Clock& clock, Random& random);
    Result<void> load();
    bool empty() const;

    // The key's one and only appearance: `ak_<id>.<secret>`, 256 random bits in the secret.
    struct Created {
        ApiKey key;
        std::string text;
    };
    Created make(TenantId tenant, std::string name, std::vector<Scope> scopes,
                 std::optional<TimePoint> expires_at);
    // From here on the key opens doors. Apart from make(), so that the text can be put away first.
    Result<void> add(const ApiKey& key);
    // Ends the key at once: for requests that begin after the answer. Errors: not_found.
    Result<void> revoke(const TenantId& tenant, const KeyId& id);
    std::vector<ApiKey> list(const TenantId& tenant) const;  // newest first
    std::vector<TenantId> tenants() const;

    // The key behind the value of an Authorization header. The answer and the work are the same for
    // an unknown id and a wrong secret. Errors: unauthorized.
    Result<std::shared_ptr<const ApiKey>> check(const std::string* authorization) const;

  private:
    engine::Database& database_;
    engine::Writer& writer_;
    Clock& clock_;
    Random& random_;
    mutable std::shared_mutex mutex_;
    std::map<std::string, std::shared_ptr<const ApiKey>, std::less<>> keys_;  // by id
};

}  // namespace assay::tools
